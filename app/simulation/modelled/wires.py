"""The way between a desk and a modelled venue: what a connector promises, over wires that do not keep theirs.

A connector lists and looks up when asked, follows the link, and shows what the venue pushes. Whether a push arrives,
how late, how often and in which order is decided here by the dice and the faults of whatever caused it. The way of an
amendment is in `sending`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from zlib import crc32

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.money import ZERO
from app.domain.order import Fill, Order
from app.simulation.modelled.behaviour import MILLISECOND, VenueModel
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.lies import Lies
from app.simulation.modelled.pairs import Pairs
from app.simulation.modelled.reads import Reads
from app.simulation.modelled.stage import Cause, Stage, Waiting


class Wires:
    """The wires of one account.

    Args:
        stage: the world.
        engine: the venue.
        seed: of what no cause decides.

    Attributes:
        account: its name.
        engine: the venue behind them.
        link_state: as reported to the desk.
        is_half_open: whether the socket is dead and nobody has noticed.
        account_faults: end of each fault of the whole account, in virtual time.
        waiting: amendments without an answer, by id.
        silent: ids of those given up, by the order they were for.
        renamed: old ids by the new ones a reply named.
        known: ids of orders shown in this run; `added` those that were seen entering the book.
        orphans: executions of orders that nobody knows yet. told_fills: ids of those told.
        sizes: the largest size each order may have.
        reads: asks for lists and look-ups. lies: puts what is not so in place of what is.
        poll_every: time between two lists of open orders, 0 for none.
        dead: whether the connector has failed and was not started again yet.
        life: grows when the program behind the wires is killed; what was meant for an earlier one is lost.
        session: grows with each connection.
    """

    def __init__(self, stage: Stage, engine: SimulatedEngine, seed: str) -> None:
        self.stage = stage
        self.engine = engine
        self.account = engine.account
        self.model: VenueModel = engine.model
        self.behaviour = engine.model.behaviour
        self.seed = f"{seed} {self.account}"
        self.account_faults: dict[FaultKind, int] = {}
        self.life = self.session = 0
        self.poll_every = self.behaviour.poll_every
        self.link_state = LinkState.DOWN
        self.dead = False
        self._forget()

    def _forget(self) -> None:
        self.link_state = LinkState.DOWN
        self.is_half_open = False
        self.session += 1
        self.waiting: dict[str, Waiting] = {}
        self.silent: dict[str, set[str]] = {}
        self.renamed: dict[str, str] = {}
        self.added: set[str] = set()
        self.pairs = Pairs(self.behaviour.holds_pair)
        self.lies = Lies(self)
        self.reads = Reads(self, self.lies)
        self.known: set[str] = set()
        self.orphans: list[Fill] = []
        self.told_fills: set[str] = set()
        self.sizes: dict[str, Decimal] = {}
        self._last_push = 0

    # -- the link ------------------------------------------------------------------------------------------------------

    @property
    def live(self) -> bool:
        """Return True if a request would leave and a push arrive."""
        return self.link_state in (LinkState.UP, LinkState.SYNCING) and not self.is_half_open

    def killed(self) -> None:
        """The program was killed: nothing of it is left, and nothing sent to it arrives."""
        self.life += 1
        self.dead = False
        self._forget()

    def die(self, duration: int) -> None:
        """The connector itself fails; a new one, which knows nothing, is started after a while."""
        if self.dead:
            return
        self.drop(duration, "An unforeseen fault ended the link (LookupError). It is started again.")
        self._forget()
        self.dead, life = True, self.life
        self.stage.later(duration, lambda: self._revive() if self.life == life else None)

    def _revive(self) -> None:
        if self.dead:
            self.dead = False
            self.connect()

    def connect(self) -> None:
        """Connect and come up, unless that was done meanwhile."""
        if self.link_state is not LinkState.DOWN or self.dead:
            return
        life = self.life
        self._link(LinkState.CONNECTING)

        def sync() -> None:
            if self.life == life and self.link_state is LinkState.CONNECTING:
                self._link(LinkState.SYNCING)
                self.stage.tell(ev.InstrumentsLoaded(self.account, self.stage.now, (self.model.instrument,)))
                self.reads.list_orders(then=up)

        def up(listed: bool) -> None:
            if self.life != life or self.link_state is not LinkState.SYNCING:
                return
            if not listed:
                self.drop(2 * SECOND, "the list could not be read.")
                return
            self._link(LinkState.UP)
            if self.behaviour.repeats_fills:
                self._repeat_fills()

        self.stage.later(self.trip(), sync)

    def drop(self, duration: int, text: str = "The connection broke.") -> None:
        """The connection ends; it comes back after a while."""
        if self.link_state is LinkState.DOWN:
            return
        self.session += 1
        self.is_half_open = False
        self.orphans.clear()
        self._link(LinkState.DOWN, text)
        if self.behaviour.socket_replies:
            for waiting in list(self.waiting.values()):
                self.unanswered(waiting, text)
        life = self.life
        self.stage.later(duration, lambda: self.connect() if self.life == life else None)

    def half_open(self, duration: int) -> None:
        """The socket dies without a sign; after a while a missing heartbeat shows it."""
        if not self.live:
            return
        self.is_half_open = True
        session = self.session
        self.stage.later(
            duration,
            lambda: self.drop(SECOND, "No sign of life.") if self.session == session and self.is_half_open else None,
        )

    def calm(self) -> None:
        """No more faults of the account; a link that is down comes back now."""
        self.account_faults.clear()
        self.lies.over()
        self._revive()
        if self.is_half_open:
            self.drop(0)
        elif self.link_state is LinkState.DOWN:
            self.connect()

    def poll(self) -> None:
        """Keep listing, for a venue that is polled."""
        life = self.life

        def turn() -> None:
            if self.life == life:
                if self.live and self.link_state is LinkState.UP:
                    self.reads.list_orders()
                self.stage.later(self.poll_every, turn, routine=True)

        if self.poll_every:
            self.stage.later(self.poll_every, turn, routine=True)

    def _link(self, state: LinkState, text: str = "") -> None:
        self.link_state = state
        self.stage.tell(ev.LinkChanged(self.account, self.stage.now, state, text))

    def unanswered(self, waiting: Waiting, text: str) -> None:
        """No answer will come, or none that can be used."""
        if waiting.open:
            waiting.open = False
            command_id = waiting.command.amendment_id
            self.silent.setdefault(waiting.command.order.order_id, set()).add(command_id)
            self.stage.tell(ev.AmendmentUnanswered(self.account, self.stage.now, command_id, text))

    def leaves(self, waiting: Waiting) -> None:
        """An amendment leaves: from now on its answer is waited for, and the order may be of the size it asks for."""
        command = waiting.command
        self.waiting[command.amendment_id] = waiting
        order_id, size = command.order.order_id, command.target.quantity
        if size is not None:
            self.sizes[order_id] = max(size, self.sizes.get(order_id, ZERO))

    # -- pushes --------------------------------------------------------------------------------------------------------

    def push(self, order: Order, cause: Cause, replaces: str = "") -> None:
        """The venue pushes a row, as it is now."""
        if self.behaviour.pushes:
            self._send(cause, lambda: self.show(order, Source.PUSH, None, replaces))

    def push_fill(self, fill: Fill, cause: Cause) -> None:
        """The venue pushes an execution."""
        if self.behaviour.pushes:
            self._send(cause, lambda: self.show_fill(fill, Source.PUSH))

    def deliver(self, cause: Cause, work: Callable[[], None]) -> None:
        """Anything else the venue pushes."""
        self._send(cause, work)

    def _send(self, cause: Cause, work: Callable[[], None]) -> None:
        """Bring one message over, perhaps: lost, late, twice, or out of turn."""
        dice = cause.dice
        if not self.live:
            return
        if self._strikes(FaultKind.DROP_PUSH, cause, 0.5):
            return
        session = self.session

        def arrive() -> None:
            if self.session == session and not self.is_half_open:
                work()

        delay = dice.randint(1, 40) * MILLISECOND
        if self._strikes(FaultKind.REORDER, cause, 0.5):
            delay = dice.randint(1, 3000) * MILLISECOND
        else:
            # Messages of one socket come in order.
            delay = max(delay, self._last_push + 1 - self.stage.now)
            self._last_push = self.stage.now + delay
        self.stage.later(delay, arrive)
        if self._strikes(FaultKind.DUPLICATE_PUSH, cause, 0.5):
            self.stage.later(delay + dice.randint(0, 2000) * MILLISECOND, arrive)

    def _strikes(self, fault: FaultKind, cause: Cause, chance: float) -> bool:
        """Return True if a fault of the cause, or of the whole account, strikes this message."""
        if fault in cause.faults:
            if cause.dice.random() < chance:
                self.stage.struck(fault, self.account, cause.amendment_id)
                return True
            return False
        if self.account_faults.get(fault, 0) > self.stage.now and cause.dice.random() < chance:
            self.stage.struck(fault, self.account)
            return True
        return False

    def show(self, order: Order, source: Source, asked_at: int | None, replaces: str = "") -> None:
        """Show one row to the desk, as the care for pairs allows."""
        rows = self.pairs.see(order, self.stage.now)
        for row, original in rows:
            self._tell_seen(row, source, asked_at, replaces or original)
        if self.orphans:
            self.adopt_orphans()
        if not rows:
            # It waits for its other half; a heartbeat looks after it.
            life = self.life
            self.stage.later(4 * SECOND, lambda: self.tell_overdue() if self.life == life else None)

    def tell_overdue(self) -> None:
        for row, original in self.pairs.overdue(self.stage.now):
            self._tell_seen(row, Source.PUSH, None, original)

    def marked(self, row: Order) -> Order:
        """A row with what the connector remembers of its order."""
        is_new = self.behaviour.marks_new and row.order_id in self.added
        return replace(row, attributes=(*row.attributes, ("added", "yes"))) if is_new else row

    def _tell_seen(self, row: Order, source: Source, asked_at: int | None, replaces: str) -> None:
        self.known.add(row.order_id)
        shown = self.lies.seen(self.marked(row), source, asked_at) if not replaces else row
        if shown is not None:
            self.stage.tell(ev.OrderSeen(self.account, self.stage.now, shown, source, asked_at, replaces))

    def show_fill(self, fill: Fill, source: Source) -> None:
        self.told_fills.add(fill.fill_id)
        if source is Source.PUSH and self.behaviour.tells_list and fill.order_id not in self.known:
            self.orphans.append(fill)
            return
        self.stage.tell(ev.FillSeen(self.account, self.stage.now, fill, source))

    def adopt_orphans(self) -> None:
        mine = [fill for fill in self.orphans if fill.order_id in self.known]
        self.orphans = [fill for fill in self.orphans if fill.order_id not in self.known]
        for fill in mine:
            self.stage.tell(ev.FillSeen(self.account, self.stage.now, fill, Source.PUSH))

    def _repeat_fills(self) -> None:
        for order_id in list(self.known):
            for fill in self.engine.fills.get(order_id, ()):
                self.show_fill(fill, Source.HISTORY)

    def is_lost(self, session: int) -> bool:
        """Return True if an answer that was asked for in that session is lost."""
        return self.behaviour.socket_replies and (self.session != session or self.is_half_open)

    def trip(self) -> int:
        return (1 + self.chance("trip") % 30) * MILLISECOND

    def chance(self, about: str) -> int:
        """A number that only the moment and its matter decide, so that leaving other steps out does not change it."""
        return crc32(f"{self.seed} {about} {self.stage.now}".encode())
