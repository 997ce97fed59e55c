"""Limits a desk sets itself, for one account or for all: what a slip of the finger must not pass unseen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: What is done with a new price while there is no market price to compare it with.
ASK, REFUSE = "ask", "refuse"


@dataclass(frozen=True, slots=True)
class Limits:
    """The desk's own limits. A soft one asks for consent, a hard one refuses; None stands for no limit.

    Attributes:
        soft_distance: how far a new price may lie from the mid before a confirmation is asked: 0.5 is half as much
            again above it, or as far below by ratio (two thirds of it).
        hard_distance: the same, beyond which the ticket refuses: 2 is three times the mid, or a third of it.
        soft_growth: factor by which a quantity may grow before a confirmation is asked.
        hard_growth: the same, beyond which the ticket refuses.
        soft_change, hard_change: share by which a price may change, up or down: 0.05 is five percent of the old one.
        soft_size, hard_size: largest size an order may be changed to, in the units of its quantity.
        soft_notional, hard_notional: largest value of what remains to be traded, in the currency of the price.
        soft_per_minute, hard_per_minute: amendments of the account that may leave within sixty seconds.
        repeat_within: seconds within which the same change of the same order, asked for again, asks for consent.
        stale_after: seconds after which a market price is too old to be compared with.
        without_reference: what is done with a new price where there is no market price: "ask" or "refuse".
    """

    soft_distance: Decimal = Decimal("0.50")
    hard_distance: Decimal = Decimal("2")
    soft_growth: Decimal = Decimal("2")
    hard_growth: Decimal | None = None
    soft_change: Decimal | None = None
    hard_change: Decimal | None = None
    soft_size: Decimal | None = None
    hard_size: Decimal | None = None
    soft_notional: Decimal | None = None
    hard_notional: Decimal | None = None
    soft_per_minute: Decimal | None = None
    hard_per_minute: Decimal | None = None
    repeat_within: Decimal | None = None
    stale_after: Decimal = Decimal(300)
    without_reference: str = ASK


#: Pairs of a soft limit and its hard one.
TIERS = (
    ("soft_distance", "hard_distance"),
    ("soft_growth", "hard_growth"),
    ("soft_change", "hard_change"),
    ("soft_size", "hard_size"),
    ("soft_notional", "hard_notional"),
    ("soft_per_minute", "hard_per_minute"),
)
