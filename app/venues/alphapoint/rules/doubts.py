"""Doubts about a draft: what no document tells and no rule known here settles. They are told, and stop nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from app.domain.checking import Findings
from app.domain.form import FieldName
from app.domain.market import Instrument
from app.domain.money import tidy
from app.domain.order import Order
from app.venues.alphapoint.rules import citations
from app.venues.alphapoint.rules.form import STOPS, UNDESCRIBED, odd_kind
from app.venues.alphapoint.wire.values import plain_word
from app.venues.alphapoint.wire.vocabulary import MODIFY_ORDER, RUNNING_POST_ONLY

#: Largest number over 10^9 that 64 bits hold: how far the venue's own prices go for certain.
LARGEST = Decimal(2**63 - 1).scaleb(-9)

#: Every documented reason for a change of state, as compared.
_CHANGE_REASONS = frozenset(
    {
        "unknown",
        "newinputaccepted",
        "newinputrejected",
        "otherrejected",
        "expired",
        "trade",
        "systemcancelednomoremarket",
        "systemcanceledbelowminimum",
        "systemcanceledpricecollar",
        "systemcanceledmarginfailed",
        "nochange",
        "usermodified",
    }
)


class Wanted(Protocol):
    """Numbers of a draft: the price, and the amount that should remain."""

    @property
    def price(self) -> Decimal | None:
        """The price, None where there is none."""

    @property
    def remaining(self) -> Decimal:
        """The amount that should remain."""


def check_doubts(
    findings: Findings, asked: Wanted, order: Order, instrument: Instrument | None, *, replaces: bool
) -> None:
    """Point out what cannot be checked, or is not documented."""
    findings.checked += 5
    _rules(findings, asked, order, instrument, replaces)
    _session(findings, order, instrument, replaces)
    _kind(findings, order)
    _reason(findings, order)
    _size(findings, asked, order)


def _rules(findings: Findings, asked: Wanted, order: Order, instrument: Instrument | None, replaces: bool) -> None:
    if instrument is None:
        text = (
            f"The rules of market {order.symbol} are not known here: step, minimum and limits are not checked before "
            "sending. Refresh to load them, or let the venue decide."
        )
        findings.caution(text, None, citations.STEP, confirm=True)
        return
    if instrument.attribute(UNDESCRIBED):
        text = "The venue gives no rules for this market: step, minimum and limits are not checked before sending."
        findings.caution(text, None, citations.STEP, confirm=True)
        return
    if instrument.lot is None and asked.remaining != order.remaining:
        text = f"The venue gives no step of quantities for {instrument.symbol}: it is not checked before sending."
        findings.caution(text, FieldName.QUANTITY, citations.STEP, confirm=True)
    if instrument.tick is None and replaces and asked.price != order.price:
        text = f"The venue gives no step of prices for {instrument.symbol}: it is not checked before sending."
        findings.caution(text, FieldName.PRICE, citations.STEP, confirm=True)


def _session(findings: Findings, order: Order, instrument: Instrument | None, replaces: bool) -> None:
    if instrument is None:
        return
    gone = "; if the new order is refused, the old one may be gone" if replaces else ""
    if not instrument.trading:
        status = instrument.status or "not running"
        text = f"The market is {status}: whether an order changes while it does not run is not documented{gone}."
        findings.caution(text, None, citations.SESSION, confirm=True)
    elif plain_word(instrument.status) == plain_word(RUNNING_POST_ONLY):
        text = f"The market takes post-only orders alone now ({instrument.status})"
        if replaces and not order.post_only:
            text += ", and the new order is not known to be one; if it is refused, the old one may be gone"
        findings.caution(f"{text}.", None, citations.POST_ONLY_SESSION, confirm=replaces)


def _kind(findings: Findings, order: Order) -> None:
    odd = (f"{order.raw_kind} order", citations.NOT_PLAIN) if order.kind in STOPS else odd_kind(order)
    if odd is not None:
        text = f"Whether {MODIFY_ORDER} acts on a {odd[0]} is not documented; the result is checked."
        findings.caution(text, None, odd[1], confirm=True)
    elif order.display_quantity is not None:
        shown = f"{tidy(order.display_quantity)} of {tidy(order.remaining)}"
        text = f"This is an iceberg order (shows {shown}); what a reduction does to the shown part is not documented."
        findings.caution(text, None, citations.ICEBERG, confirm=True)


def _reason(findings: Findings, order: Order) -> None:
    change = order.attribute("change_reason")
    if change and plain_word(change) not in _CHANGE_REASONS:
        text = f"The venue gives the reason “{change}” for the order's state, which is in no document of it."
        findings.caution(text, None, citations.REASON, confirm=True)


def _size(findings: Findings, asked: Wanted, order: Order) -> None:
    for name, value, own in (
        (FieldName.PRICE, asked.price, order.price),
        (FieldName.QUANTITY, asked.remaining, order.remaining),
    ):
        if value is not None and value > LARGEST and value != own:
            text = f"{tidy(value)} is more than the venue's own numbers are known to hold; it may refuse it."
            findings.caution(text, name, citations.LARGEST, confirm=True)
