"""The scene of one drill: a quiet practice venue, a desk with its journal on it, and the control endpoint's truth."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from app.desk.desk import Desk, Prepared
from app.desk.ids import Ids
from app.desk.journal.writer import Journal
from app.desk.state import AccountState, DeskState, Lineage
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.ports import Clock, Venue, VenueLoader
from app.drills.batching import BatchingVenue
from app.drills.language import NEWEST, NOW, ORDER, Drill
from app.practice.run_inside import started
from app.runtime.temporary import TemporaryFolder

#: Seconds before anything counts as never happening. Refuting takes up to twenty.
PATIENCE = 60.0

#: Operations with which an amendment can arrive at a venue.
AMENDING = frozenset({"amend", "batch_amend", "replace"})

#: Whose orders the desk has, in the exchange's words.
TRADER = "trader"

Truth = dict[str, Any]


class DrillFault(Exception):
    """A drill could not be run as it is written; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Shown:
    """State of a row from one moment on: when, the order as shown, and whether the row was marked stale."""

    at: int
    order: Order
    stale: bool


@dataclass(frozen=True, slots=True)
class LinkShown:
    """State and text of the link from one moment on."""

    at: int
    state: LinkState
    text: str


class Scene:
    """World of a drill: its steps act on it and its checks look at it.

    Attributes:
        desk: the desk.
        venue: name of the practice venue.
        drill: what is being run.
        order_id: the id the drill's order had first.
        row: its row.
        typed: the open draft as last looked at, None before `Type`.
        changes: what was typed for it.
        sent: ids of the amendments sent, oldest first; `reaching` counts those that reach the venue.
        shown: everything each row has shown, by row key, oldest first; `links` everything said of the link
            `stages` every stage each amendment was shown at.
        before: trade ids of the executions there were when the drill began.
        truth: the exchange's orders by id; `executions`, `requests`, `faults`, `balances` likewise from the last look.
    """

    def __init__(self, desks: Desks, venue: str, drill: Drill, control: str, client: httpx.AsyncClient) -> None:
        self.desk = desks.start()
        self.venue = venue
        self.drill = drill
        self.order_id = ""
        self.typed: Prepared | None = None
        self.changes: tuple[tuple[FieldName, Decimal | str], ...] = ()
        self.route: str | None = None
        self.sent: list[str] = []
        self.reaching = 0
        self.shown: dict[str, list[Shown]] = {}
        self.links: list[LinkShown] = []
        self.stages: dict[str, list[AmendmentStage]] = {}
        self.before: frozenset[str] = frozenset()
        self.truth: dict[str, Truth] = {}
        self.executions: list[Truth] = []
        self.requests: list[Truth] = []
        self.faults: list[Truth] = []
        self.balances: dict[str, Truth] = {}
        self._row_key = ""
        self._desks, self._control, self._client = desks, control, client

    # -- the desk's side -----------------------------------------------------------------------------------------------

    @property
    def state(self) -> DeskState:
        return self.desk.state

    @property
    def account(self) -> AccountState:
        """The only account there is."""
        return next(iter(self.state.accounts.values()))

    @property
    def row(self) -> Lineage:
        return self.state.lineages[self._row_key]

    @property
    def amendment(self) -> Amendment:
        """The last amendment sent.

        Raises:
            DrillFault: if none was.
        """
        if not self.sent:
            raise DrillFault("no amendment was sent")
        return self.state.amendments[self.sent[-1]]

    async def ready(self) -> None:
        """Wait until the account is listed and everything around the drill's order is known.

        Raises:
            DrillFault: if that does not come about.
        """
        await self.look(("orders", "executions"))
        self.before = frozenset(str(each["trade_id"]) for each in self.executions)
        self.order_id = self.pick(self.drill.order)
        self._row_key = f"{self.account.name}/{self.order_id}"
        if not await self.desk.wait(self._is_surrounded, PATIENCE):
            raise DrillFault(f"the desk did not come up: link {self.account.link.value} {self.account.link_text}")
        self._watch()

    async def restart(self) -> None:
        """End the desk as a crash would, and go on with one that starts from the journal."""
        self.desk = await self._desks.crash()
        # It begins with what was on the disk, which may be a moment behind what was shown.
        self.shown.clear()
        self.stages.clear()
        self._watch()

    def _is_surrounded(self, state: DeskState) -> bool:
        account = self.account
        row = state.lineages.get(self._row_key)
        if row is None or account.link is not LinkState.UP or not account.instruments or not account.balances:
            return False
        return (row.order.symbol, row.order.market) in account.quotes

    def _watch(self) -> None:
        """Note everything rows and the link show from now on, beginning with what they show."""
        self.desk.subscribe(self._touched)
        self._touched(frozenset(self.state.lineages), frozenset(self.state.accounts))

    def _touched(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        now = self.desk.clock.now()
        for key in rows & self.state.lineages.keys():
            row = self.state.lineages[key]
            line = self.shown.setdefault(key, [])
            for amendment_id in row.amendments:
                stages = self.stages.setdefault(amendment_id, [])
                now_at = self.state.amendments[amendment_id].stage
                if not stages or stages[-1] is not now_at:
                    stages.append(now_at)
            if not line or (line[-1].order, line[-1].stale) != (row.order, row.stale):
                line.append(Shown(now, row.order, row.stale))
        account = self.account
        said = (account.link, account.link_text)
        if account.name in accounts and (not self.links or (self.links[-1].state, self.links[-1].text) != said):
            self.links.append(LinkShown(now, *said))

    @property
    def row_shown(self) -> Sequence[Shown]:
        """Everything the drill's row has shown, oldest first."""
        return self.shown.get(self._row_key, ())

    # -- the exchange's side -------------------------------------------------------------------------------------------

    def filled_in(self, value: Any) -> Any:
        """A step's text with the order's ids put in."""
        if isinstance(value, str):
            now = self.row.order.order_id if self._row_key in self.state.lineages else self.order_id
            newest = max(self.truth.values(), key=lambda each: int(each["uid"]))["order_id"] if self.truth else ""
            return value.replace(ORDER, self.order_id).replace(NOW, now).replace(NEWEST, newest)
        if isinstance(value, Mapping):
            return {name: self.filled_in(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.filled_in(each) for each in value]
        return value

    async def ask(self, path: str) -> Any:
        """Read from the control endpoint.

        Raises:
            DrillFault: with the endpoint's own sentence.
        """
        return self._read(await self._client.get(f"{self._control}/{self.venue}/{path}"))

    async def tell(self, path: str, body: Mapping[str, Any]) -> Any:
        """Tell the control endpoint to do something to the venue.

        Raises:
            DrillFault: with the endpoint's own sentence.
        """
        return self._read(await self._client.post(f"{self._control}/{self.venue}/{path}", json=self.filled_in(body)))

    async def look(self, parts: Iterable[str] = ("orders",)) -> None:
        """Ask for parts of the truth as it is now: orders, executions, requests, faults, balances."""
        for part in sorted(set(parts)):
            found = await self.ask(part)
            match part:
                case "orders":
                    self.truth = {each["order_id"]: each for each in found}
                case "executions":
                    self.executions = found
                case "requests":
                    self.requests = found
                case "faults":
                    self.faults = found
                case "balances":
                    self.balances = found
                case _:
                    raise DrillFault(f"there is no part of the truth called {part}")

    def held(self, order_id: str) -> Truth | None:
        """Order of the exchange under an id it has or had."""
        found = self.truth.get(order_id)
        if found is not None:
            return found
        return next((each for each in self.truth.values() if order_id in each["former_ids"]), None)

    @staticmethod
    def _read(answer: httpx.Response) -> Any:
        found = json.loads(answer.content, parse_float=Decimal)
        if answer.is_error:
            raise DrillFault(found.get("error", f"the control endpoint answered {answer.status_code}"))
        return found

    def pick(self, wanted: Mapping[str, Any]) -> str:
        """The id of the one open order of the exchange that is like that.

        Raises:
            DrillFault: if none or several are.
        """
        open_orders = [each for each in self.truth.values() if is_open(each)]
        found = [each for each in open_orders if all(same(each[name], value) for name, value in wanted.items())]
        if len(found) != 1:
            raise DrillFault(f"{len(found)} open orders of the practice venue are {dict(wanted)}; one is needed")
        return str(found[0]["order_id"])


def same(value: Any, wanted: Any) -> bool:
    """Return True if two values are equal, numbers by value whatever their digits."""
    if isinstance(value, str) and isinstance(wanted, str) and value != wanted:
        try:
            return Decimal(value) == Decimal(wanted)
        except ArithmeticError:
            return False
    return bool(value == wanted)


def is_open(held: Truth) -> bool:
    """Return True if the exchange still has the order open."""
    return held["status"] not in {"filled", "cancelled", "expired"}


def rows_of(truth: Mapping[str, Truth]) -> Sequence[Truth]:
    """The open orders of the exchange."""
    return [each for each in truth.values() if is_open(each)]


class Desks:
    """The desk of a drill, and those that come after it when it is ended as a crash would end it."""

    def __init__(self, account: Account, venues: Mapping[str, Venue], clock: Clock, folder: Path) -> None:
        self._account, self._venues, self._clock, self._folder = account, venues, clock, folder
        self._number = 0
        self._running: tuple[Desk, asyncio.Task[None]] | None = None

    def start(self) -> Desk:
        """Start a desk on the journal that is there, or on a new one."""
        journal = Journal(self._journal)
        try:
            desk = Desk([self._account], self._venues, self._clock, Ids(), journal=journal)
        except BaseException:
            journal.close()
            raise
        running = asyncio.create_task(desk.run(), name=f"desk of a drill on {self._account.venue}")
        self._running = (desk, running)
        return desk

    async def crash(self) -> Desk:
        """Start another desk on the journal as it is on the disk at this moment; what the first does now is lost."""
        before = self._journal.parent
        self._number += 1
        # Locks and shared memory belong to a process, and die with it.
        shutil.copytree(before, self._journal.parent, ignore=shutil.ignore_patterns("*.lock", "*-shm"))
        await self.end()
        return self.start()

    async def end(self) -> None:
        """End the desk that runs."""
        if self._running is None:
            return
        (desk, running), self._running = self._running, None
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        # A task cancelled before it began never came to its own end.
        await desk.close()

    @property
    def _journal(self) -> Path:
        return self._folder / str(self._number) / "journal.db"


@asynccontextmanager
async def staged(drill: Drill, venue: str, load: VenueLoader, clock: Clock) -> AsyncIterator[Scene]:
    """A scene that is ready: the venue runs, the desk is up and has listed the order.

    Raises:
        DrillFault: if that does not come about.
    """
    with TemporaryFolder("drill") as folder:
        async with started(venue, drill.switches) as practice:
            venues = dict(load({venue}))
            if drill.batch:
                venues[venue] = BatchingVenue(venues[venue], drill.batch)
            desks = Desks(account_of(practice.account, drill.account), venues, clock, folder)
            # The control endpoint speaks plain HTTP; reading the authorities took a tenth of all a drill does.
            nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            async with httpx.AsyncClient(trust_env=False, verify=nobody, timeout=PATIENCE) as client:
                try:
                    scene = Scene(desks, venue, drill, practice.control, client)
                    await scene.ready()
                    yield scene
                finally:
                    await desks.end()


def account_of(table: Mapping[str, Any], switches: Mapping[str, str]) -> Account:
    """The account a practice configuration describes, with the drill's own switches."""
    return Account(
        name=str(table["name"]),
        venue=str(table["venue"]),
        environment=Environment.PRACTICE,
        addresses=dict(table["addresses"]),
        credentials={name: Secret(text) for name, text in table["credentials"].items()},
        switches=dict(switches),
    )
