"""Bitget's lists and pushes as events; late rows are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from functools import partial
from typing import Any

from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.evidence import MILLISECOND
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.terms import changed_terms
from app.venues.bitget import profile
from app.venues.bitget.link.rest import Rest
from app.venues.bitget.rules.newest import LAG, Newest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.rows import balances_of, fill_of, instrument_of, read_order
from app.venues.bitget.wire.values import list_of, object_of
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter

#: More open orders than the venue lets an account have; a longer list is cut and said to be incomplete.
MOST_PAGES = 12

#: Permissions that this program never needs and a stolen key should not have.
_WITHDRAWALS = frozenset({"withdraw", "wallet_withdraw"})


class Listener:
    """Reads one account's state and reports it.

    Attributes:
        newest: the newest row of every order.
    """

    def __init__(
        self,
        account: Account,
        rest: Rest,
        reporter: Reporter,
        changed: Callable[[], None],
    ) -> None:
        """Start with nothing known.

        Args:
            account: checked.
            rest: towards the venue.
            reporter: tells what is read.
            changed: called when an order's terms, fills or state moved; balances and tickers may follow.
        """
        self.newest = Newest()
        self._categories = profile.categories_of(account)
        self._rest = rest
        self._reporter = reporter
        self._changed = changed
        self._may_read_balances = True
        #: The largest size each order may have had by changes that were sent.
        self.sizes: dict[str, Decimal] = {}

    def sent(self, command: Command) -> None:
        """Note that a change is about to leave: from now on the order may be of the size it asks for."""
        order_id, size = command.order.order_id, command.target.quantity
        if size is not None:
            self.sizes[order_id] = max(size, self.sizes.get(order_id, ZERO))

    # -- lists -----------------------------------------------------------------------------------------------------

    async def instruments(self) -> None:
        """Load the rules of every market of the account's categories.

        Raises:
            ReadFailed: if Bitget gave no usable answer for a category it has.
        """
        wanted = [each for each in self._categories if each != words.MARGIN]
        if words.MARGIN in self._categories and words.SPOT not in wanted:
            wanted.append(words.SPOT)
        loaded: dict[str, list[Any]] = {}

        async def load(category: str) -> None:
            reply = await self._rest.read(codec.instruments(category), private=False)
            loaded[category] = codec.page_of(reply)[0]

        await together(*(load(category) for category in wanted))
        instruments = []
        for category in self._categories:
            # A margin order trades on the spot book, by the spot market's rules.
            for row in loaded[words.SPOT if category == words.MARGIN else category]:
                try:
                    instruments.append(instrument_of(object_of(row, "a market"), category))
                except Malformed as error:
                    self._reporter.notice(f"Bitget sent {error}; that {category} market is left out.", serious=False)
        self._reporter.instruments(instruments)

    async def open_orders(self, *, routine: bool = False) -> None:
        """List the open orders of every category, page by page.

        A row older than what is known is left out. Either a push overtook the list, or the list lacks what was known
        when it was asked for. Then it shows an older state of the account: it is not called complete, and told as if it
        had been asked for before what it lacks, so that none of its rows passes for a late reading.

        Raises:
            ReadFailed: if Bitget gave no usable answer.
        """
        asked_at = self._reporter.now()
        rows: dict[str, Any] = {}
        complete = True

        async def load(category: str) -> None:
            nonlocal complete
            read, whole = await self._rest.rows(partial(codec.open_orders, category), MOST_PAGES, routine=routine)
            complete = complete and whole
            for row in read:
                key = f"{category}/{row.get('orderId')}" if isinstance(row, dict) else f"{category}/{len(rows)}?"
                rows[key] = row

        try:
            await together(*(load(category) for category in self._categories))
        except Malformed as error:
            raise ReadFailed(f"Bitget sent {error} for the open orders; try again later.") from error
        orders: list[Order] = []
        lacks: list[int] = []
        for row in rows.values():
            try:
                order = read_order(object_of(row, "an order"), self._reporter.account)
            except Malformed as error:
                complete = False
                self._reporter.notice(f"Bitget sent {error}; it is missing from the list, look at it on Bitget.")
                continue
            current = self.admit(order, asked_at)
            if current is None:
                # Older than what is known, and what is known was not read now: neither may pass for a reading of now.
                known = self.newest.known(order)
                if known is not None and known.seen_at <= asked_at:
                    lacks.append(known.seen_at)
            elif current.is_open:
                orders.append(current)
        if lacks:
            asked_at, complete = min(lacks) - LAG, False
        self._reporter.open_orders(orders, asked_at, complete=complete)

    async def balances(self, *, routine: bool = False) -> None:
        """Read the balances; a key that may not is told once and not asked again.

        Raises:
            ReadFailed: if Bitget gave no usable answer.
        """
        if not self._may_read_balances:
            return
        try:
            reply = await self._rest.read(codec.assets(), routine=routine)
            data = object_of(reply.data, "balances")
            now = self._reporter.now()
            balances = balances_of(list_of(data.get("assets"), "balances"), now)
        except ReadFailed as error:
            if error.proof is not Proof.PERMISSION:
                raise
            self._may_read_balances = False
            self._reporter.notice(
                f"Bitget: this key may not read balances ({error.code}), so what is available is known only "
                "as far as Bitget pushes it; give the key “UTA mgt (read)” to see all of it.",
                serious=False,
            )
            return
        except Malformed as error:
            self._reporter.notice(f"Bitget sent {error}; the balances shown are older.")
            return
        self._reporter.balances(balances)

    async def key_check(self) -> None:
        """Say if the key may do more than this program needs, or less; an unanswered question is let be."""
        try:
            reply = await self._rest.read(codec.account_info())
        except ReadFailed:
            return
        data = reply.data if isinstance(reply.data, dict) else {}
        granted = data.get("permissions")
        names = {str(each).lower() for each in granted} if isinstance(granted, list) else set()
        if names & _WITHDRAWALS:
            self._reporter.notice("Bitget: this key may withdraw funds; use one that only trades and reads.")
        if str(data.get("permType") or "").lower() in ("read-only", "readonly"):
            self._reporter.notice("Bitget: this key may only read; amending needs “UTA trade (read and write)”.")

    # -- pushes ----------------------------------------------------------------------------------------------------

    def pushed_orders(self, rows: tuple[Any, ...], at_ms: int | None) -> list[Order]:
        """Take the rows of an order push; returns the open orders that were not known before."""
        fresh: list[Order] = []
        now = self._reporter.now()
        for row in rows:
            try:
                order = read_order(object_of(row, "an order"), self._reporter.account)
            except Malformed as error:
                self._reporter.notice(f"Bitget pushed {error}; it is left out.")
                continue
            new = self.newest.known(order) is None
            current = self.admit(order, now, at_ms if at_ms is not None else now // MILLISECOND)
            if current is None:
                continue
            self._reporter.order_seen(current, Source.PUSH)
            if new and current.is_open:
                fresh.append(current)
        return fresh

    def pushed_fills(self, rows: tuple[Any, ...]) -> None:
        """Take the rows of a fill push; a repeated execution is told again, which changes nothing."""
        for row in rows:
            try:
                fill = fill_of(self._reporter.account, object_of(row, "an execution"))
            except Malformed as error:
                self._reporter.notice(f"Bitget pushed {error}; it is left out.")
                continue
            self._reporter.fill(fill, Source.PUSH)

    def pushed_account(self, rows: tuple[Any, ...]) -> None:
        """Take an account push; currencies it does not name are unchanged."""
        now = self._reporter.now()
        for row in rows:
            try:
                coins = list_of(object_of(row, "balances").get("coin"), "balances")
                balances = balances_of(coins, now)
            except Malformed as error:
                self._reporter.notice(f"Bitget pushed {error}; it is left out.")
                continue
            if balances:
                self._reporter.balances(balances, complete=False)

    def admit(self, order: Order, seen_at: int, pushed_ms: int | None = None) -> Order | None:
        """Take a row in, unless it is older than what is known; arguments and result as of `Newest.admit`."""
        before = self.newest.known(order)
        current = self.newest.admit(order, seen_at, pushed_ms)
        if current is not None and (before is None or _moved(before.order, current)):
            self._changed()
        return current


def _moved(before: Order, now: Order) -> bool:
    """Return True if state, fills or terms of an order differ; its balances and its market's prices may follow."""
    return bool(changed_terms(before, now)) or (before.status, before.filled) != (now.status, now.filled)


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run reads side by side; the first failure ends the others and is raised as itself.

    Raises:
        ReadFailed, Malformed: whichever a read raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as errors:
        first = errors.exceptions[0]
        if all(isinstance(each, (ReadFailed, Malformed)) for each in errors.exceptions):
            raise first from None
        raise
