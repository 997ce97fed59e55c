"""A desk for one headless verb: start it, wait until the venues have answered, let go of it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.cli.output import tell
from app.cli.stopping import aside
from app.desk.desk import Desk, DeskError
from app.desk.fold.orders import NOT_FOUND
from app.desk.state import AccountState, DeskState, Doubt, Lineage, Notice
from app.domain.amendment import AmendmentStage
from app.domain.events import Condition
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.plain import one_line
from app.domain.ports import Venue
from app.runtime.opening import open_desk
from app.runtime.settings import load
from app.runtime.unhindered import settle

log = logging.getLogger(__name__)

#: Seconds a refused order may take to be read again before its last known terms are told as such.
READ_AGAIN_LIMIT = 10.0

#: Seconds the rules of an order's market may lag behind the list before a verb goes on without them.
RULES_LIMIT = 10.0

#: Seconds prices and balances may lag behind the list before a verb goes on without them.
EXTRAS_LIMIT = 3.0

#: Seconds an account that has listed its orders may take to be in step: until then its rows may be told as old.
READY_LIMIT = 5.0

#: A wait of so many nanoseconds is over before a person has read of it.
_SHORT = 5 * SECOND

#: The registry, as the door hands it over: venue names to the venues themselves.
Registry = Callable[[set[str]], Mapping[str, Venue]]


class NotAsked(DeskError):
    """The person's meaning is not known, because not every account could be asked."""


@asynccontextmanager
async def running_desk(config: Path, registry: Registry, journal: Path | None = None) -> AsyncIterator[Desk]:
    """A running desk on a configuration.

    A headless verb names its order and its values itself, so the ticket does not start read-only here. What is to be
    said of the journal is said: at once what the start found, at the end what was found meanwhile.

    Raises:
        app.runtime.settings.SettingsError, app.domain.form.InputError: one sentence about the configuration.
        app.desk.journal.writer.JournalError: one sentence about the journal.
    """
    desk = open_desk(await aside(lambda: load(config)), registry, journal)
    settle()
    desk.read_only = False
    problems = [*(desk.recovered.problems if desk.recovered is not None else ()), *desk.lasting]
    for sentence in problems:
        tell(sentence)
    running = asyncio.create_task(desk.run(), name="desk")
    try:
        yield desk
    finally:
        running.cancel()
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        if isinstance(ended, Exception):
            log.error("the desk failed", exc_info=ended)
        await desk.close()
        for sentence in dict.fromkeys([*desk.lasting, *_noticed(desk)]):
            if sentence not in problems:
                tell(sentence)


def _noticed(desk: Desk) -> list[str]:
    """Return what the venues, or the program itself, had to say in this run that a person should read."""
    links = {account.link_text for account in desk.state.accounts.values()}
    serious = [notice for notice in desk.state.notices if notice.serious and not notice.over and not _is_short(notice)]
    names = [(notice.account, notice.text) for notice in serious]
    told = [(account, text) for account, text in names if text not in links]
    return [text if text in desk.lasting else of_account(account, text) for account, text in told]


def _is_short(notice: Notice) -> bool:
    """Return True for a wait that is over before anybody could act on it; what it kept a verb from, that verb says."""
    return notice.about is Condition.READS and notice.until is not None and notice.until - notice.at <= _SHORT


def of_account(name: str, sentence: str) -> str:
    """A sentence that says which account it is about; its name may stand in a host or a word without meaning it."""
    whole = re.escape(name)
    names_it = re.search(rf"^{whole}(: |['’]s| (is|has|was|did|does|cannot)\b)|account {whole}\b|“{whole}”", sentence)
    return sentence if names_it else f"{name}: {sentence}"


def has_answered(account: AccountState) -> bool:
    """Return True once an account has listed its orders, be it in part, or said why it cannot."""
    failed = account.link is LinkState.REFUSED or (bool(account.link_text) and is_dead(account))
    return account.answered_at > 0 or failed


def is_dead(account: AccountState) -> bool:
    """Return True if the account's venue could not be reached or refused the login."""
    return account.link in (LinkState.DOWN, LinkState.REFUSED)


async def all_listed(desk: Desk, seconds: float) -> list[str]:
    """Wait until every account has listed its orders or failed.

    Returns:
        One sentence for each account whose orders are not known.
    """
    accounts = list(desk.state.accounts.values())
    await _answered(desk, accounts, seconds)
    return [*complaints(accounts), *gaps(accounts)]


def _is_catching_up(account: AccountState) -> bool:
    """Return True if an account has listed its orders and is about to be in step."""
    return account.answered_at > 0 and account.link in (LinkState.CONNECTING, LinkState.SYNCING)


async def _answered(desk: Desk, accounts: Sequence[AccountState], seconds: float) -> None:
    """Wait until accounts have answered and are in step; one whose list is incomplete gets a moment to complete it."""
    await desk.wait(lambda _: all(map(has_answered, accounts)), seconds)
    await desk.wait(lambda _: not any(map(_is_catching_up, accounts)), READY_LIMIT)
    await desk.wait(lambda _: not gaps(accounts), EXTRAS_LIMIT)


def complaints(accounts: Iterable[AccountState]) -> list[str]:
    """One sentence for each account that has not answered."""
    sentences: list[str] = []
    for account in accounts:
        if account.answered_at == 0:
            why = account.link_text or "no list of open orders arrived in time; check its address and try again."
            sentences.append(of_account(account.name, why))
    return sentences


def gaps(accounts: Iterable[AccountState]) -> list[str]:
    """One sentence for each account that has answered, but whose list lacks orders that may be open."""
    sentences: list[str] = []
    for account in accounts:
        for order_id, doubt in account.unreadable.items():
            sentences.append(_unread(account, order_id, doubt))
        if account.answered_at and not account.list_complete:
            sentences.append(
                f"{account.name}: its list of open orders is incomplete; orders may rest at the venue that are "
                "not shown: ask again in a moment, or look there."
            )
    return sentences


def _unread(account: AccountState, order_id: str, doubt: Doubt) -> str:
    return f"{account.name}: {_which(order_id)} cannot be read ({doubt.text}); look at it at the venue."


def _which(order_id: str) -> str:
    return f"order {one_line(order_id, 80)}" if order_id else "an order without a readable id"


def not_said_at_the_end(desk: Desk, sentences: Iterable[str]) -> list[str]:
    """Leave out the sentences on orders that cannot be read where a notice, said when the run ends, says the same."""
    noticed = _noticed(desk)
    twice = {
        _unread(account, order_id, doubt)
        for account in desk.state.accounts.values()
        for order_id, doubt in account.unreadable.items()
        if any(account.name in each and f"{_which(order_id)} " in each and doubt.text in each for each in noticed)
    }
    return [each for each in sentences if each not in twice]


async def order_ready(desk: Desk, order_id: str, seconds: float) -> Lineage:
    """Wait until an order is listed and what surrounds it is known.

    Venues number their orders by themselves, so an id may be two orders on two accounts. Which one a person means is
    known once every account has answered, or at once if they write `account/id`.

    Raises:
        NotAsked: if that is not known because an account could not be asked.
        DeskError: if no account lists it.
    """
    named = next((name for name in desk.state.accounts if order_id.startswith(f"{name}/")), "")
    asked = [desk.state.accounts[named]] if named else list(desk.state.accounts.values())
    await _answered(desk, asked, seconds)
    rows = desk.state.find(order_id)
    if not rows:
        _not_there(asked, order_id)
    silent = complaints(each for each in asked if not rows or each.name != rows[0].account)
    if silent and len(rows) == 1 and not named:
        raise NotAsked(
            f"Order “{order_id}” is on {rows[0].account}, but another account that could not be asked may have one "
            f"too; write “{rows[0].key}” to mean this one. {' '.join(silent)}"
        )
    lineage = desk.find(order_id)
    account = desk.state.accounts[lineage.account]
    if not await desk.wait(lambda _: account.link is LinkState.UP, seconds):
        raise NotAsked(of_account(lineage.account, account.link_text or f"{lineage.account} is not ready; try again."))
    # What does not come is missing from the form, which says so; it keeps nobody from the rest.
    await desk.wait(lambda _: (lineage.order.symbol, lineage.order.market) in account.instruments, RULES_LIMIT)
    await desk.wait(lambda state: _surrounded(state, lineage), EXTRAS_LIMIT)
    return lineage


def _not_there(asked: Sequence[AccountState], order_id: str) -> None:
    """Say why an order that no account lists cannot be used.

    Raises:
        NotAsked: where it may be open all the same.
    """
    bare = order_id.rpartition("/")[2]
    for account in asked:
        if bare in account.unreadable:
            doubt = account.unreadable[bare]
            raise NotAsked(
                f"Order “{bare}” is on {account.name}, but what the venue shows of it cannot be read ({doubt.text}); "
                "nothing was sent, look at it at the venue."
            )
    if silent := complaints(asked):
        raise NotAsked(f"Order “{order_id}” was not found; not every account could be asked: {' '.join(silent)}")
    if cut := gaps(asked):
        raise NotAsked(f"Order “{order_id}” was not found; not every order could be read: {' '.join(cut)}")


async def read_again(desk: Desk, lineage: Lineage, amendment_id: str) -> None:
    """After a refusal, wait a moment for the order as the venue shows it now: the refusal itself does not say."""
    amendment = desk.state.amendments[amendment_id]
    if amendment.stage is not AmendmentStage.REFUSED:
        return
    refused_at = amendment.latest.at

    def known(_: DeskState) -> bool:
        order = lineage.order
        return lineage.seen_at >= refused_at or not order.is_open or order.raw_status == NOT_FOUND

    await desk.wait(known, READ_AGAIN_LIMIT)


def _surrounded(state: DeskState, lineage: Lineage) -> bool:
    account = state.accounts[lineage.account]
    return bool(account.balances) and (lineage.order.symbol, lineage.order.market) in account.quotes
