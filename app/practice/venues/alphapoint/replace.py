"""CancelReplaceOrder: a new order with a new id at the back of the queue, and the end of the old one.

Source: AlphaPoint API documentation, "CancelReplaceOrder" and "CancelReplaceOrderRejectEvent", read 2026-11-21. A
success answers four ids and neither result nor error code. Whether both legs happen together, what becomes of the old
order when the new one is refused, and when its hold is freed, is not documented: `replace_mode` and `replace_hold`
choose. Fills of the old order in between are not taken off the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import Force, NewOrder, Side, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.venues.alphapoint.auth import User
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.effects import Effects
from app.practice.venues.alphapoint.errors import OPERATION_FAILED, rejected, scripted
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.place import Placing, TellAccount
from app.practice.venues.alphapoint.tickets import read_ticket

_FORCES = {Force.GTC: "GTC", Force.IOC: "IOC", Force.FOK: "FOK"}


class Replacer:
    """Replaces orders of the account."""

    def __init__(
        self,
        server: VenueServer,
        directory: Directory,
        effects: Effects,
        placing: Placing,
        tell: TellAccount,
        oms_id: int,
    ) -> None:
        self._exchange = server.exchange
        self._switches = server.switches
        self._gate = server.gate
        self._directory = directory
        self._effects = effects
        self._placing = placing
        self._tell = tell
        self._oms_id = oms_id

    async def replace(self, user: User, payload: Payload) -> Mapping[str, Any]:
        """One CancelReplaceOrder.

        Raises:
            ApiError: generic 20, 100, 101, 104, 106; a rejected order entry for a size, a price, funds, a client id.
        """
        directory = self._directory
        directory.check_oms(payload)
        directory.check_account(payload, user)
        old = directory.open_order(payload.whole("OrderIdToReplace"))
        new_id = self._exchange.policy.order_id(self._exchange)
        new = read_ticket(payload, directory, user, new_id, replaces=old)
        directory.need_running(new.symbol)
        if not directory.can_afford(new, self._freed(old)):
            raise rejected("Not_Enough_Funds", OPERATION_FAILED)
        planned = await self._gate.before_apply(Operation.REPLACE, old)
        if planned.refuse is not None:
            raise scripted(planned)
        self._effects.after(planned, lambda: self.swap(old, new, user))
        return {
            "ReplacementOrderId": int(new_id),
            "ReplacementClOrdId": int(new.client_id or 0),
            "OrigOrderId": int(old.order_id),
            "OrigClOrdId": int(old.client_id or 0),
        }

    def swap(self, old: SimOrder, new: NewOrder, user: User) -> None:
        """Make both legs happen, or as much of them as the mode says."""
        if not old.is_open:
            self._tell_rejected(old, new, user, "Order Not Found")
            return
        match self._switches.choice("replace_mode"):
            case "cancel_first":
                self._cancel(old, new)
                gap_ms = self._switches.integer("replace_gap_ms")
                if gap_ms > 0:
                    self._effects.later(gap_ms, lambda: self._enter(new, user))
                else:
                    self._enter(new, user)
            case "new_rejected":
                self._cancel(old, new)
                self._placing.tell_rejected(new, user, "Not_Enough_Funds")
            case "old_kept":
                self._tell_rejected(old, new, user, "Not_Enough_Funds")
            case "both_kept":
                self._enter(new, user)
                self._tell_rejected(old, new, user, "Order Not Found")
            case _:
                self._swap_at_once(old, new, user)

    def _swap_at_once(self, old: SimOrder, new: NewOrder, user: User) -> None:
        why = ""
        if not self._exchange.is_trading(new.symbol):
            why = "Market Not Running"
        elif self._directory.would_match(new):
            why = "Post Only Order Would Match"
        elif not self._directory.can_afford(new, self._freed(old)):
            why = "Not_Enough_Funds"
        if why:
            self._tell_rejected(old, new, user, why)
            return
        self._cancel(old, new)
        self._enter(new, user)

    def _enter(self, new: NewOrder, user: User) -> None:
        self._placing.enter(new, user)

    def _cancel(self, old: SimOrder, new: NewOrder) -> None:
        old.attributes["replaced_by"] = new.order_id
        self._exchange.cancel(old, "replaced")

    def _freed(self, old: SimOrder) -> tuple[str, Decimal] | None:
        """Money the old order's end gives back in time for the new one."""
        if self._switches.choice("replace_hold") == "after":
            return None
        instrument = self._exchange.instrument(old.symbol)
        currency = instrument.base if old.side is Side.SELL else instrument.quote
        return currency, self._exchange.ledger.lock_of(old.owner, currency, old.uid)

    def _tell_rejected(self, old: SimOrder, new: NewOrder, user: User, why: str) -> None:
        """CancelReplaceOrderRejectEvent."""
        fields = {
            "OMSId": self._oms_id,
            "AccountId": user.account_id,
            "OrderId": int(new.order_id or 0),
            "ClientOrderId": int(new.client_id or 0),
            "OrderIdToReplace": int(old.order_id),
            "LimitPrice": new.price,
            "Quantity": new.quantity,
            "Side": "Buy" if new.side is Side.BUY else "Sell",
            "TimeInForce": _FORCES[new.force],
            "PegPriceType": "Unknown",
            "Status": "Rejected",
            "RejectReason": why,
        }
        self._tell("CancelReplaceOrderRejectEvent", fields, old.order_id)
