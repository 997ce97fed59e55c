"""Reads on which no amendment hinges: the markets' rules, balances, and what the key may do.

Each fails by itself and is said once. What is missing is asked for again in the background, after a growing wait; the
link and the orders do not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from app.domain.account import Account
from app.domain.market import Instrument, LinkState
from app.venues.bitget import profile
from app.venues.bitget.link.rest import Rest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.answers import KEY_LACKS
from app.venues.bitget.wire.rows import balances_of, instrument_of
from app.venues.bitget.wire.values import list_of, object_of
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error, fault_words

log = logging.getLogger("redline.venues")

#: Seconds until what is missing is asked for again; doubled each further time.
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0

#: Seconds for which the rules of all categories are waited for, so that they are told at once.
_PATIENCE_S = 2.0

#: Characters of a row that are shown.
_SHOWN = 300

#: Unreadable rows of one list that are named, each for itself.
_TOLD = 3

#: Permissions that this program never needs and a stolen key should not have.
_WITHDRAWALS = frozenset({"withdraw", "wallet_withdraw"})

_BALANCES = "balances"

_Value = TypeVar("_Value")


def each_of(
    reporter: Reporter, rows: Iterable[Any], read: Callable[[Any], _Value], what: str, *, serious: bool = True
) -> tuple[list[_Value], bool]:
    """Read rows, each for itself; one that cannot be read is said once, with its raw text, and left out.

    Returns:
        The readable ones, and whether that is all of them.
    """
    values: list[_Value] = []
    faults = 0
    for row in rows:
        try:
            values.append(read(row))
        except Malformed as error:
            text = str(error)
        except Exception as error:
            # A value nobody thought of costs its row, not the connector.
            log.exception("%s of %s could not be read", what, reporter.account)
            text = f"{what} that cannot be read ({fault_words(error)})"
        else:
            continue
        faults += 1
        if faults <= _TOLD:
            cause = f"Bitget sent {text}; it is left out"
            reporter.notice_once(f"{cause}: {str(row)[:_SHOWN]}", serious=serious, key=cause)
    if faults > _TOLD:
        reporter.notice_once(f"Bitget sent {faults} of {what} that cannot be read; all are left out.", serious=serious)
    return values, not faults


def _instrument(category: str, row: Any) -> Instrument:
    return instrument_of(object_of(row, "a market"), category)


def _sources(category: str) -> tuple[str, ...]:
    """Return the categories whose instruments tell the rules of one: its own, and a spare one.

    MARGIN has instruments of its own, whose steps may differ from those of the spot market it trades in (samples of
    public clients, ccxt 4.5.90, read 2026-11-30).
    """
    return (category, words.SPOT) if category == words.MARGIN else (category,)


def _of_spot(instrument: Instrument) -> Instrument:
    """Return a market with a word that its rules are those of the spot market."""
    return replace(instrument, attributes=tuple(sorted((*instrument.attributes, (words.RULES_OF, words.SPOT)))))


class Extras:
    """Keeps one account's market rules and balances, as far as Bitget gives them."""

    def __init__(self, account: Account, rest: Rest, reporter: Reporter) -> None:
        """Start with nothing loaded.

        Args:
            account: checked.
            rest: towards the venue.
            reporter: tells what is read, and what could not be.
        """
        self._categories = profile.categories_of(account)
        self._rest = rest
        self._reporter = reporter
        self._markets_due = set(self._categories)
        self._balances_due = True
        self._may_read_balances = True
        self._key_checked = False
        self._failing: set[str] = set()
        self._wake = asyncio.Event()
        self._through = asyncio.Event()
        self._busy = asyncio.Lock()
        self._wait = _FIRST_WAIT

    def ask(self) -> None:
        """Read the balances again, and what is still missing, in the background."""
        self._balances_due = True
        self._through.clear()
        self._wake.set()

    async def tried(self, seconds: float) -> None:
        """Wait until everything asked for was tried once, for so long at most."""
        try:
            async with asyncio.timeout(seconds):
                await self._through.wait()
        except TimeoutError:
            return

    async def round(self) -> None:
        """Wait until there is something to read, and read it; what failed is due again after a wait."""
        await self._wake.wait()
        self._wake.clear()
        await self.load()
        if not (self._markets_due or self._balances_due):
            self._wait = _FIRST_WAIT
            return
        wait, self._wait = self._wait, min(2 * self._wait, _LONGEST_WAIT)
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            if self._reporter.link not in (LinkState.DOWN, LinkState.REFUSED):
                self._wake.set()

    async def load(self, *, routine: bool = True) -> None:
        """Read now what is due."""
        async with self._busy:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(as_error(self._balances(routine=routine)))
                    group.create_task(as_error(self._markets()))
            finally:
                self._through.set()
            await self._key()

    # -- what is read ----------------------------------------------------------------------------------------------

    async def _markets(self) -> None:
        """Read the rules of the categories that lack them; a slow one does not hold the others back."""
        due = [each for each in self._categories if each in self._markets_due]
        async with asyncio.TaskGroup() as group:
            wanted = {source for each in due for source in _sources(each)}
            tasks = {each: group.create_task(as_error(self._market_rows(each))) for each in wanted}
            if tasks:
                await asyncio.wait(tasks.values(), timeout=_PATIENCE_S)
            early = [each for each in due if all(tasks[source].done() for source in _sources(each))]
            self._take({each: [tasks[source].result() for source in _sources(each)] for each in early})
        late = [each for each in due if each not in early]
        self._take({each: [tasks[source].result() for source in _sources(each)] for each in late})

    def _take(self, rows: dict[str, list[list[Any] | None]]) -> None:
        """Take the rows of categories, each its own first; a market it does not list gets the rules of a spare one."""
        loaded: list[Instrument] = []
        for category, (own, *spare) in rows.items():
            if own or (own is not None and all(each is not None for each in spare)):
                self._markets_due.discard(category)
            read, known = partial(_instrument, category), f"a {category} market"
            mine = each_of(self._reporter, own or (), read, known, serious=False)[0]
            listed = {each.symbol for each in mine}
            for others in spare:
                borrowed = each_of(self._reporter, others or (), read, known, serious=False)[0]
                mine += [_of_spot(each) for each in borrowed if each.symbol not in listed]
            loaded += mine
        if loaded:
            self._reporter.instruments(loaded)

    async def _market_rows(self, category: str) -> list[Any] | None:
        try:
            rows = codec.page_of(await self._rest.read(codec.instruments(category), private=False))[0]
        except (ReadFailed, Malformed) as error:
            self._failed(f"the rules of the {category} markets", error)
            return None
        self._works(f"the rules of the {category} markets")
        return rows

    async def _balances(self, *, routine: bool) -> None:
        """Read the balances; a key that may not is told once and not asked again."""
        if not (self._balances_due and self._may_read_balances):
            self._balances_due = False
            return
        self._balances_due = False
        try:
            reply = await self._rest.read(codec.assets(), routine=routine)
            rows = list_of(object_of(reply.data, "balances").get("assets"), "balances")
        except ReadFailed as error:
            if error.code not in KEY_LACKS:
                self._balances_due = True
                self._failed(_BALANCES, error)
                return
            self._may_read_balances = False
            self._reporter.notice(
                f"Bitget: this key may not read balances ({error.code}), so what is available is known only "
                "as far as Bitget pushes it; give the key “UTA mgt (read)” to see all of it.",
                serious=False,
            )
            return
        except Malformed as error:
            self._balances_due = True
            self._failed(_BALANCES, error)
            return
        self._works(_BALANCES)
        now = self._reporter.now()
        balances, whole = each_of(self._reporter, rows, lambda row: balances_of([row], now), "a balance")
        self._reporter.balances(chain.from_iterable(balances), complete=whole)

    async def _key(self) -> None:
        """Say once if the key may do more than this program needs, or less; an unanswered question is let be."""
        if self._key_checked:
            return
        self._key_checked = True
        try:
            reply = await self._rest.read(codec.account_info())
        except ReadFailed:
            return
        data = reply.data if isinstance(reply.data, dict) else {}
        granted = data.get("permissions")
        names = {str(each).lower() for each in granted} if isinstance(granted, list) else set()
        if names & _WITHDRAWALS:
            self._reporter.notice("Bitget: this key may withdraw funds; use one that only trades and reads.")
        if str(data.get("permType") or "").lower().replace("_", "-") in ("read-only", "readonly"):
            self._reporter.notice("Bitget: this key may only read; amending needs “UTA trade (read and write)”.")

    # -- what is said of it ----------------------------------------------------------------------------------------

    def _failed(self, what: str, error: ReadFailed | Malformed) -> None:
        """Say once that something is missing, until it has come."""
        if what not in self._failing:
            self._failing.add(what)
            why = str(error) if isinstance(error, ReadFailed) else f"Bitget sent {error}."
            text = (
                f"Bitget does not give {what} now; what is shown of them is older or missing, and is asked for again: "
            )
            self._reporter.notice(f"{text}{why}", serious=False)

    def _works(self, what: str) -> None:
        if what in self._failing:
            self._failing.discard(what)
            self._reporter.notice(f"Bitget gives {what} again.", serious=False)
