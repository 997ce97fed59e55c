"""Everything read from Bitget becomes events here: lists, look-ups, pushes; late rows are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Fill, Order, OrderStatus
from app.domain.ports import Clock
from app.venues.bitget import profile
from app.venues.bitget.link.newest import LAG, Newest
from app.venues.bitget.link.rest import Failed, Rest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire import rows as parsing
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.answers import Kind
from app.venues.bitget.wire.codec import Call
from app.venues.bitget.wire.rows import MILLISECOND, Malformed

#: More open orders than the venue lets an account have; a longer list is cut and said to be incomplete.
_MOST_PAGES = 12

#: Pages of history searched for an order that is neither open nor known by its id.
_HISTORY_PAGES = 3

_THIRTY_DAYS_MS = 30 * 86_400_000

#: Permissions that this program never needs and a stolen key should not have.
_WITHDRAWALS = frozenset({"withdraw", "wallet_withdraw"})


class Reader:
    """Reads one account's state and reports it.

    Attributes:
        newest: the newest row of every order.
    """

    def __init__(
        self,
        account: Account,
        rest: Rest,
        sink: Callable[[ev.Event], None],
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        """Args: changed: called when an order's terms, fills or state moved; balances and tickers may follow."""
        self.newest = Newest()
        self._name = account.name
        self._categories = profile.categories_of(account)
        self._rest = rest
        self._sink = sink
        self._clock = clock
        self._changed = changed
        self._may_read_balances = True
        self._sizes: dict[str, Decimal] = {}

    def sent(self, command: Command) -> None:
        """A change is about to leave: from now on the order may be of the size it asks for."""
        order_id, size = command.order.order_id, command.target.quantity
        if size is not None:
            self._sizes[order_id] = max(size, self._sizes.get(order_id, ZERO))

    def notice(self, text: str, *, serious: bool = True) -> None:
        """Tell the person one sentence."""
        self._sink(ev.Noticed(self._name, self._clock.now(), text, serious))

    # -- lists -----------------------------------------------------------------------------------------------------

    async def instruments(self) -> None:
        """Load the rules of every market of the account's categories.

        Raises:
            Failed: if Bitget gave no usable answer for a category it has.
        """
        wanted = [each for each in self._categories if each != words.MARGIN]
        if words.MARGIN in self._categories and words.SPOT not in wanted:
            wanted.append(words.SPOT)
        loaded: dict[str, list[Any]] = {}

        async def load(category: str) -> None:
            reply = await self._rest.read(codec.instruments(category), private=False)
            loaded[category] = codec.page_of(reply)[0]

        await together(*(load(category) for category in wanted))
        found = []
        for category in self._categories:
            # A margin order trades on the spot book, by the spot market's rules.
            for row in loaded[words.SPOT if category == words.MARGIN else category]:
                try:
                    found.append(parsing.instrument_of(parsing.object_of(row, "a market"), category))
                except Malformed as error:
                    self.notice(f"Bitget sent {error}; that {category} market is left out.", serious=False)
        self._sink(ev.InstrumentsLoaded(self._name, self._clock.now(), tuple(found)))

    async def open_orders(self, *, routine: bool = False) -> None:
        """List the open orders of every category, page by page.

        A row older than what is known is left out. Either a push overtook the list, or the list lacks what was known
        when it was asked for. Then it shows an older state of the account: it is not called complete, and told as if it
        had been asked for before what it lacks, so that none of its rows passes for a late reading.

        Raises:
            Failed: if Bitget gave no usable answer.
        """
        asked_at = self._clock.now()
        rows: dict[str, Any] = {}
        complete = True

        async def load(category: str) -> None:
            nonlocal complete
            cursor = ""
            for _ in range(_MOST_PAGES):
                reply = await self._rest.read(codec.open_orders(category, cursor), routine=routine)
                page, following = codec.page_of(reply)
                for row in page:
                    key = f"{category}/{row.get('orderId')}" if isinstance(row, dict) else f"{category}/{len(rows)}?"
                    rows[key] = row
                if len(page) < codec.PAGE or not following or following == cursor:
                    return
                cursor = following
            complete = False

        try:
            await together(*(load(category) for category in self._categories))
        except Malformed as error:
            raise Failed(f"Bitget sent {error} for the open orders; try again later.") from error
        orders: list[Order] = []
        lacks: list[int] = []
        for row in rows.values():
            try:
                order = parsing.order_of(self._name, parsing.object_of(row, "an order"))
            except Malformed as error:
                complete = False
                self.notice(f"Bitget sent {error}; it is missing from the list, look at it on Bitget.")
                continue
            current = self._admit(order, asked_at)
            if current is None:
                # Older than what is known, and what is known was not read now: neither may pass for a reading of now.
                known = self.newest.known(order)
                if known is not None and known.seen_at <= asked_at:
                    lacks.append(known.seen_at)
            elif current.is_open:
                orders.append(current)
        if lacks:
            asked_at, complete = min(lacks) - LAG, False
        self._sink(ev.OpenOrdersListed(self._name, self._clock.now(), asked_at, tuple(orders), complete))

    async def balances(self, *, routine: bool = False) -> None:
        """Read the balances; a key that may not is told once and not asked again.

        Raises:
            Failed: if Bitget gave no usable answer.
        """
        if not self._may_read_balances:
            return
        try:
            reply = await self._rest.read(codec.assets(), routine=routine)
            data = parsing.object_of(reply.data, "balances")
            now = self._clock.now()
            found = parsing.balances_of(parsing.list_of(data.get("assets"), "balances"), now)
        except Failed as error:
            if error.kind is not Kind.PERMISSION:
                raise
            self._may_read_balances = False
            self.notice(
                f"Bitget: this key may not read balances ({error.code}), so what is available is known only "
                "as far as Bitget pushes it; give the key “UTA mgt (read)” to see all of it.",
                serious=False,
            )
            return
        except Malformed as error:
            self.notice(f"Bitget sent {error}; the balances shown are older.")
            return
        self._sink(ev.BalancesSeen(self._name, now, found, complete=True))

    async def key_check(self) -> None:
        """Say if the key may do more than this program needs, or less; an unanswered question is let be."""
        try:
            reply = await self._rest.read(codec.account_info())
        except Failed:
            return
        data = reply.data if isinstance(reply.data, dict) else {}
        granted = data.get("permissions")
        names = {str(each).lower() for each in granted} if isinstance(granted, list) else set()
        if names & _WITHDRAWALS:
            self.notice("Bitget: this key may withdraw funds; use one that only trades and reads.")
        if str(data.get("permType") or "").lower() in ("read-only", "readonly"):
            self.notice("Bitget: this key may only read; amending needs “UTA trade (read and write)”.")

    # -- one order -------------------------------------------------------------------------------------------------

    async def fetch(self, order: Order) -> Order:
        """Read one order by its id and report it.

        Raises:
            Failed: with kind GONE if Bitget knows no such order; otherwise if nothing is proven.
        """
        asked_at = self._clock.now()
        reply = await self._rest.read(codec.order_info(order.order_id), urgent=True)
        if not reply.data:
            raise Failed("Bitget knows no such order.", reply.code, Kind.GONE)
        try:
            seen = parsing.order_of(self._name, parsing.object_of(reply.data, "an order"))
        except Malformed as error:
            raise Failed(f"Bitget sent {error}; nothing is known about order {order.order_id}.") from error
        if seen.order_id != order.order_id:
            raise Failed(f"Bitget answered with another order than {order.order_id}; nothing is known about it.")
        current = self._admit(seen, asked_at)
        if current is None:
            raise Failed(f"Bitget's answer about order {order.order_id} is older than what it pushed; asking again.")
        self._sink(ev.OrderSeen(self._name, self._clock.now(), current, Source.LOOKUP, asked_at))
        return current

    async def look_up(self, order: Order) -> None:
        """Find out what became of an order: its details, else the history, else its executions."""
        asked_at = self._clock.now()
        try:
            await self.fetch(order)
        except Failed as error:
            if error.kind is not Kind.GONE:
                self._sink(ev.LookUpFailed(self._name, self._clock.now(), order.order_id, str(error)))
                return
            await self.search(order, asked_at)

    async def search(self, order: Order, asked_at: int) -> None:
        """Look for an order that Bitget no longer knows by its id: in the history, then by its executions."""
        try:
            ended = await self._ended(order)
            fills = await self._fills(order) if ended is None else []
        except (Failed, Malformed) as error:
            text = str(error) if isinstance(error, Failed) else f"Bitget sent {error} in its history; asking again."
            self._sink(ev.LookUpFailed(self._name, self._clock.now(), order.order_id, text))
            return
        now = self._clock.now()
        if ended is not None:
            current = self._admit(ended, asked_at)
            if current is None and ended.is_open:
                text = f"Bitget's history of order {order.order_id} is older than what it pushed; asking again."
                self._sink(ev.LookUpFailed(self._name, now, order.order_id, text))
            else:
                self._sink(ev.OrderSeen(self._name, now, current or ended, Source.HISTORY, asked_at))
            return
        for fill in fills:
            self._sink(ev.FillSeen(self._name, now, fill, Source.HISTORY))
        with exact():
            filled = sum((fill.quantity for fill in fills), ZERO)
        size = self._largest_size(order)
        if size is not None and filled >= size > ZERO:
            marked = (*order.attributes, (words.BY_EXECUTIONS, "yes"))
            gone = replace(
                order, status=OrderStatus.FILLED, raw_status="filled", filled=filled, quantity=filled, attributes=marked
            )
            self._sink(ev.OrderSeen(self._name, now, self._admit(gone, asked_at) or gone, Source.HISTORY, asked_at))
            return
        text = f"Bitget finds no such order, open or ended{_filled_words(filled)}."
        self._sink(ev.OrderMissing(self._name, now, asked_at, order.order_id, text))

    def _largest_size(self, order: Order) -> Decimal | None:
        """The largest size the order may have had, if changes that were sent took effect; None if that is not known.

        An order that was never seen since the start may have been made larger by a change that left before.
        """
        known = self.newest.known(order)
        if known is None:
            return None
        return max(order.quantity, known.order.quantity, self._sizes.get(order.order_id, ZERO))

    async def _ended(self, order: Order) -> Order | None:
        created = order.created_at // MILLISECOND if order.created_at is not None else None
        windows = [(None, None)] if created is None else [(created - 1000, created + _THIRTY_DAYS_MS), (None, None)]
        for start, end in windows:
            cursor = ""
            for _ in range(_HISTORY_PAGES):
                call = codec.history(order.attribute(words.CATEGORY), order.symbol, start, end, cursor)
                page, following = await self._page(call)
                for row in page:
                    if isinstance(row, dict) and str(row.get("orderId")) == order.order_id:
                        return parsing.order_of(self._name, row)
                if len(page) < codec.PAGE or not following or following == cursor:
                    break
                cursor = following
        return None

    async def _fills(self, order: Order) -> list[Fill]:
        found: dict[str, Fill] = {}
        cursor = ""
        for _ in range(_MOST_PAGES):
            page, following = await self._page(codec.fills(order.attribute(words.CATEGORY), order.order_id, cursor))
            for row in page:
                fill = parsing.fill_of(self._name, parsing.object_of(row, "an execution"), order.side)
                if fill.order_id == order.order_id:
                    found[fill.fill_id] = fill
            if len(page) < codec.PAGE or not following or following == cursor:
                break
            cursor = following
        return list(found.values())

    async def _page(self, call: Call) -> tuple[list[Any], str]:
        return codec.page_of(await self._rest.read(call, urgent=True))

    # -- pushes ----------------------------------------------------------------------------------------------------

    def pushed_orders(self, rows: tuple[Any, ...], at_ms: int | None) -> list[Order]:
        """Take the rows of an order push; returns the open orders that were not known before."""
        fresh: list[Order] = []
        now = self._clock.now()
        for row in rows:
            try:
                order = parsing.order_of(self._name, parsing.object_of(row, "an order"))
            except Malformed as error:
                self.notice(f"Bitget pushed {error}; it is left out.")
                continue
            new = self.newest.known(order) is None
            current = self._admit(order, now, at_ms if at_ms is not None else now // MILLISECOND)
            if current is None:
                continue
            self._sink(ev.OrderSeen(self._name, now, current, Source.PUSH))
            if new and current.is_open:
                fresh.append(current)
        return fresh

    def pushed_fills(self, rows: tuple[Any, ...]) -> None:
        """Take the rows of a fill push; a repeated execution is told again, which changes nothing."""
        now = self._clock.now()
        for row in rows:
            try:
                fill = parsing.fill_of(self._name, parsing.object_of(row, "an execution"))
            except Malformed as error:
                self.notice(f"Bitget pushed {error}; it is left out.")
                continue
            self._sink(ev.FillSeen(self._name, now, fill, Source.PUSH))

    def pushed_account(self, rows: tuple[Any, ...]) -> None:
        """Take an account push; currencies it does not name are unchanged."""
        now = self._clock.now()
        for row in rows:
            try:
                coins = parsing.list_of(parsing.object_of(row, "balances").get("coin"), "balances")
                found = parsing.balances_of(coins, now)
            except Malformed as error:
                self.notice(f"Bitget pushed {error}; it is left out.")
                continue
            if found:
                self._sink(ev.BalancesSeen(self._name, now, found))

    def _admit(self, order: Order, seen_at: int, pushed_ms: int | None = None) -> Order | None:
        before = self.newest.known(order)
        current = self.newest.admit(order, seen_at, pushed_ms)
        if current is not None and (before is None or _terms(before.order) != _terms(current)):
            self._changed()
        return current


def _terms(order: Order) -> tuple[object, ...]:
    return (order.status, order.price, order.quantity, order.filled)


def _filled_words(filled: Decimal) -> str:
    return f"; its executions come to {tidy(filled)}" if filled > ZERO else ""


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run reads side by side; the first failure ends the others and is raised as itself.

    Raises:
        Failed, Malformed: whichever a read raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as errors:
        first = errors.exceptions[0]
        if all(isinstance(each, (Failed, Malformed)) for each in errors.exceptions):
            raise first from None
        raise
