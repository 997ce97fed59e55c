"""ModifyOrder: a receipt at once, a smaller order of the same id in the same place later, or nothing and no word of it.

Source: AlphaPoint API documentation, "ModifyOrder" (KIIEX, 3.3, 3.5 and v4 generations), read 2026-11-21. Documented:
the quantity can only be reduced; the place in the queue is kept; the answer is a receipt; codes 20, 100, 101, 102 and
104; "Invalid Quantity" 100 for more than there is, "Not all required fields are provided" 100. Not documented, each a
switch: what the quantity means on a partly filled order, what the revision does, whether OrigQuantity changes. There is
no event for a modify that fails after its receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import SimChange, SimKind, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.venues.alphapoint.auth import User
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.effects import Effects
from app.practice.venues.alphapoint.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    OPERATION_FAILED,
    RECEIVED,
    generic,
    scripted,
)
from app.practice.venues.alphapoint.fields import Payload


class Modifier:
    """Reduces orders of the account."""

    def __init__(self, server: VenueServer, directory: Directory, effects: Effects) -> None:
        self._exchange = server.exchange
        self._switches = server.switches
        self._gate = server.gate
        self._directory = directory
        self._effects = effects

    async def modify(self, user: User, payload: Payload) -> Mapping[str, Any]:
        """One ModifyOrder; the answer says that it was received.

        Raises:
            ApiError: 20, 100, 101, 104.
        """
        directory = self._directory
        number, instrument_id = payload.whole("OrderId"), payload.whole("InstrumentId")
        asked = payload.number("Quantity")
        directory.check_oms(payload)
        directory.check_account(payload, user, needed=self._switches.choice("account_id") == "required")
        order = directory.open_order(number)
        if self._exchange.instrument(order.symbol).attributes["id"] != instrument_id:
            raise generic(NOT_FOUND)
        directory.need_running(order.symbol)
        self._check_kind(order)
        self._check_revision(order, payload)
        self._check_size(order, asked)
        planned = await self._gate.before_apply(Operation.AMEND, order)
        if planned.refuse is not None:
            raise scripted(planned)
        new_id = self._exchange.policy.order_id(self._exchange) if planned.new_id else None
        forced = dict(planned.alter)
        self._effects.after(planned, lambda: self._apply(order, asked, new_id, forced))
        return RECEIVED

    def reduce(self, order: SimOrder, remaining: Decimal) -> None:
        """Lower what is left, now; the place is kept.

        Raises:
            Refused: as `Exchange.reduce`.
        """
        self._exchange.reduce(order, remaining, "modified")
        order.attributes["revision"] = revision_of(order) + 1

    # -- before the receipt --------------------------------------------------------------------------------------------

    def _check_kind(self, order: SimOrder) -> None:
        plain = order.placed_as is SimKind.LIMIT and not order.attributes.get("is_quote")
        if not plain and not self._switches.flag("modify_any_type"):
            raise generic(OPERATION_FAILED)

    def _check_revision(self, order: SimOrder, payload: Payload) -> None:
        given = payload.maybe_whole("PreviousOrderRevision") or 0
        if self._switches.choice("revision") == "strict" and given != revision_of(order):
            raise generic(INVALID_REQUEST, detail="PreviousOrderRevision does not match")

    def _check_size(self, order: SimOrder, asked: Decimal) -> None:
        instrument = self._exchange.instrument(order.symbol)
        remaining = self._remaining(order, asked)
        too_small = self._switches.choice("below_minimum") == "refuse"
        least = instrument.attributes["minimum_quantity"] if too_small else instrument.step
        bad = asked <= 0 or bool(asked % instrument.step) or remaining < least
        if self._switches.choice("size_check") == "pre_ack":
            bad = bad or remaining >= order.remaining
        if bad:
            raise generic(INVALID_REQUEST, "Invalid Quantity")

    def _remaining(self, order: SimOrder, asked: Decimal) -> Decimal:
        return asked - order.filled if self._switches.choice("quantity_means") == "total" else asked

    # -- after the receipt ---------------------------------------------------------------------------------------------

    def _apply(self, order: SimOrder, asked: Decimal, new_id: str | None, forced: Mapping[str, Decimal]) -> None:
        """Make the change if it still is a reduction; otherwise nothing happens and nobody is told."""
        if not order.is_open:
            return
        remaining = self._remaining(order, forced.get("quantity", asked))
        least = self._exchange.instrument(order.symbol).attributes["minimum_quantity"]
        try:
            if forced or new_id is not None:
                total = order.filled + remaining
                change = SimChange(forced.get("price"), total, order_id=new_id, cause="modified")
                self._exchange.amend(order, change)
            elif remaining < least and self._switches.choice("below_minimum") == "cancel":
                self._exchange.cancel(order, "below_minimum")
            else:
                self.reduce(order, remaining)
        except Refused:
            return


def revision_of(order: SimOrder) -> int:
    """Number of modifications of the order. No row ever shows it; a CancelOrderRejectEvent does."""
    number = order.attributes.get("revision", 0)
    return number if isinstance(number, int) else 0
