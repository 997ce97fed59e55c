"""Proof by the venue's histories of an order that has ended: what took its place, and what it was before.

That no replacement is seen proves nothing: `GetOrderHistory` has at most 100 rows (NDAX HTTP documentation,
documented), and where more can be had, `StartIndex` and `Depth` give them (`GetOrdersHistory`: AlphaPoint
documentation, documented; `GetOrderHistory`: Notbank's own clients, client code; all read 2026-11-21). So absence is
concluded only from rows that can all be told from a replacement and that reach back, newest first, past the moment it
was asked for; or from the whole history. Times of the venue are compared with times of the venue only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.amendment import Source
from app.domain.money import plain
from app.domain.order import Order, OrderStatus
from app.domain.plan import WireValue
from app.venues.alphapoint.link.look_up import Ask, Found, QuestionRefused, Read, ask_rows, trusting
from app.venues.alphapoint.rules.judge import NO_HEIR, STATES
from app.venues.alphapoint.rules.legs import Legs
from app.venues.alphapoint.rules.swaps import Wanted
from app.venues.alphapoint.wire.codec import GatewaySession, account_payload, fold, order_payload
from app.venues.alphapoint.wire.values import identity, plain_word, time_of, whole
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Malformed, ReadFailed

#: Rows asked for at once, and how often at most: for a replacement of this run, for one that an earlier run may have
#: asked for, and beside an order that still works, where nothing is to be proven.
PAGE = 100
PAGES, PAGES_UNASKED, PAGES_WORKING = 5, 2, 1


@dataclass(slots=True)
class _Reading:
    """Progress through the account's history. `last` is when the oldest order so far was made.

    Attributes:
        readable: whether every row could be told from the one looked for.
        ordered: whether they came newest first.
        reached: whether one is older than what is looked for can be.
        exhausted: whether there are no more.
    """

    seen: set[str]
    readable: bool = True
    ordered: bool = True
    reached: bool = False
    exhausted: bool = False
    last: int | None = None

    def proves_absence(self, old: Order) -> bool:
        """Return True if an order not found in it does not exist."""
        whole = self.exhausted and old.order_id in self.seen
        return self.readable and (whole or (self.reached and self.ordered))


class History:
    """The account's past, over whichever gateway `ask` uses."""

    def __init__(
        self,
        ask: Ask,
        session: GatewaySession,
        account: str,
        symbols: Mapping[int, str],
        legs: Legs,
        read: Read | None = None,
    ) -> None:
        """Ask nothing yet.

        Args:
            ask: asks one question.
            session: whose orders.
            account: configured name.
            symbols: symbol by instrument id.
            legs: the replacements asked for in this run.
            read: reads one row; None believes whatever can be read.
        """
        self._ask = ask
        self._session = session
        self._read_row = read or trusting(account, symbols)
        self._legs = legs

    async def trace(self, ended: Found) -> tuple[Found, Found | None]:
        """The order with what the histories prove of its end, and the order that took its place, if one did.

        Raises:
            ReadFailed: what is there could not be read, and may be there at another time.
        """
        order, wanted = ended.order, self._legs.wanted(ended.order.order_id)
        if order.is_open:
            return ended, (await self._heir(order, wanted, PAGES_WORKING))[0] if wanted is not None else None
        try:
            heir, ruled_out = await self._heir(order, wanted, PAGES if wanted is not None else PAGES_UNASKED)
        except ReadFailed:
            if wanted is not None or was_changed_by_user(order):
                raise
            heir, ruled_out = None, False
        if heir is not None:
            return ended, heir
        proven: list[tuple[str, str]] = []
        # A cancelled order may be the first of two steps; an order that ended otherwise cannot be replaced any more
        # (“Order Not Found”, AlphaPoint documentation, CancelReplaceOrderRejectEvent, documented).
        in_time = wanted is None or order.status is not OrderStatus.CANCELLED or ended.asked_at >= wanted.settled_at
        if ruled_out and in_time:
            proven.append((NO_HEIR, "true"))
        if order.status is not OrderStatus.FILLED:
            states = await self._states(order)
            proven.extend([(STATES, states)] if states else [])
        return replace(ended, order=replace(order, attributes=(*order.attributes, *proven))), None

    async def _heir(self, old: Order, wanted: Wanted | None, pages: int) -> tuple[Found | None, bool]:
        """The order that took the place of `old`, and where there is none whether that is certain."""
        reading = _Reading(set())
        start = 0
        for _ in range(pages):
            payload: dict[str, WireValue] = dict(account_payload(self._session))
            if start:
                payload |= {"StartIndex": start, "Depth": PAGE}
            try:
                asked_at, rows = await ask_rows(self._ask, "GetOrderHistory", payload)
            except QuestionRefused:
                reading.readable = False
                break
            known = len(reading.seen)
            heir = self._take(rows, old, wanted, reading)
            if heir is not None:
                return Found(heir, Source.HISTORY, asked_at), False
            reading.exhausted = not rows
            if reading.proves_absence(old):
                return None, True
            if len(reading.seen) == known:
                break  # the venue has no more, or it ignores StartIndex
            start += len(rows)
        return (await self._named(old, wanted) if old.status.is_terminal else None), False

    async def _named(self, old: Order, wanted: Wanted | None) -> Found | None:
        """The same by the venue's own search, which finds it however long ago; that it finds nothing proves nothing."""
        sought = (
            {"ClientOrderId": wanted.request_id} if wanted else {"OriginalOrderId": whole(old.order_id, "the order id")}
        )
        try:
            asked_at, rows = await ask_rows(self._ask, "GetOrdersHistory", account_payload(self._session) | sought)
        except ReadFailed:
            return None
        heir = self._take(rows, old, wanted, _Reading(set()))
        return Found(heir, Source.HISTORY, asked_at) if heir is not None else None

    def _take(self, rows: Sequence[Any], old: Order, wanted: Wanted | None, reading: _Reading) -> Order | None:
        """Take rows in; gives the order that took the place of `old`, the one we asked for first.

        Raises:
            ReadFailed: it is there and cannot be read.
        """
        since = wanted.since if wanted is not None else old.created_at
        apart = self._legs.is_apart(old.order_id)
        another: Order | None = None
        for row in rows:
            fields = fold(row) if isinstance(row, dict) else {}
            order_id = identity(fields.get("orderid"))
            if not order_id:
                reading.readable = False
                continue
            if order_id in reading.seen:
                continue
            reading.seen.add(order_id)
            made_at = time_of(fields.get("receivetimeticks"), fields.get("receivetime"))
            if made_at is None or (reading.last is not None and made_at > reading.last):
                reading.ordered = False
            reading.last = made_at
            if order_id == old.order_id:
                reading.reached = True
                continue
            client_id = identity(fields.get("clientorderid", fields.get("clorderid")))
            names_old = identity(fields.get("origorderid")) == old.order_id
            is_ours = wanted is not None and client_id == str(wanted.request_id)
            if is_ours or (names_old and (wanted is None or not client_id) and not apart):
                return self._read(row, order_id)
            if names_old:
                # Somebody else's, or of an earlier amendment of ours. One that is shown has a row of its own.
                reading.readable = False
                if another is None and old.status.is_terminal and not self._legs.knows(order_id):
                    another = self._read(row, order_id)
            elif since is not None and made_at is not None and made_at < since:
                reading.reached = True
            elif "origorderid" not in fields and (wanted is None or not client_id):
                reading.readable = False
        return another

    async def _states(self, order: Order) -> str:
        """Return what the order was before it ended, by its own history: each “remaining/executed”; "" where not told.

        It is documented as its “full history, including any changes” (AlphaPoint documentation,
        GetOrderHistoryByOrderId, documented); one without the end, or with the end alone, is not full.
        """
        try:
            payload = order_payload(order, self._session, account=False)
            _, rows = await ask_rows(self._ask, "GetOrderHistoryByOrderId", payload)
            past = [self._read_row(row, Source.HISTORY, None) for row in rows]
        except (ReadFailed, Malformed):
            return ""
        if any(each.order_id != order.order_id for each in past) or all(each.is_open for each in past):
            return ""
        return " ".join(dict.fromkeys(f"{plain(each.remaining)}/{plain(each.filled)}" for each in past if each.is_open))

    def _read(self, row: Any, order_id: str) -> Order:
        try:
            return self._read_row(row, Source.HISTORY, None)
        except Malformed as error:
            text = f"{TITLE} described the replacement {order_id} in a way that cannot be read: {error}."
            raise ReadFailed(text) from error


def was_changed_by_user(order: Order) -> bool:
    """Return True if the order was cancelled by its owner, which is also how the old half of a replacement ends."""
    reasons = {plain_word(order.reason), plain_word(order.attribute("change_reason"))}
    return order.status is OrderStatus.CANCELLED and "usermodified" in reasons
