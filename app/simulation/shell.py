"""The real Desk in virtual time: the simulation runs its effects instead of asyncio tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from app.desk.desk import Desk
from app.desk.effects import Effect
from app.desk.fold.reducer import Reducer
from app.desk.forgetting import Forgetting
from app.desk.ids import Ids
from app.desk.state import DeskState
from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Rulebook, Sink, Venue
from app.domain.profile import Profile


class Watcher(Protocol):
    """Observer of the desk."""

    def happens(self, event: ev.Event) -> None:
        """An event is about to be folded."""
        ...

    def happened(self, event: ev.Event) -> None:
        """It was folded."""
        ...

    def run(self, effect: Effect) -> None:
        """Run what the fold asks for."""
        ...


@dataclass(frozen=True, slots=True)
class NoConnector:
    """Stands where a connector would: the world runs the effects, so it is only asked for previews.

    Attributes:
        is_dead: tells whether it has failed: then it raises.
    """

    is_dead: Callable[[], bool]

    async def run(self) -> None:
        """Nothing to keep up."""

    async def amend(self, command: Command) -> None:
        """Never called."""

    async def cancel(self, order: Order) -> None:
        """Never called."""

    async def look_up(self, order: Order) -> None:
        """Never called."""

    async def refresh(self) -> None:
        """Never called."""

    def venue_ahead(self) -> int | None:
        """Nothing known."""
        return None

    def preview(self, command: Command) -> WirePreview:
        """Preview in no protocol.

        Raises:
            LookupError: while it is dead.
        """
        if self.is_dead():
            raise LookupError("no such key")
        return WirePreview("none", command.route, ",".join(name for name, _ in command.fields))


@dataclass(frozen=True, slots=True)
class SimulatedVenue:
    """A venue's own rules without its wires.

    Attributes:
        profile, rulebook: the real ones.
        is_dead: tells whether the connector of an account has failed.
    """

    profile: Profile
    rulebook: Rulebook
    is_dead: Callable[[str], bool]

    def connect(self, account: Account, sink: Sink, clock: Clock) -> NoConnector:
        """Opens nothing."""
        return NoConnector(partial(self.is_dead, account.name))


class SimulatedDesk(Desk):
    """A desk whose effects are run by the world instead of tasks, one event at a time.

    Args:
        state: to go on with.
    """

    def __init__(
        self,
        watcher: Watcher,
        accounts: Sequence[Account],
        venues: Mapping[str, Venue],
        clock: Clock,
        ids: Ids,
        state: DeskState,
    ) -> None:
        super().__init__(accounts, venues, clock, ids)
        self._watcher = watcher
        self.read_only = False
        self.state = state
        self._reducer = Reducer(state, self._rules)
        # What leaves the state does so by an event of its own, and each event is looked at by itself.
        self._leaving: list[ev.Event] = []
        self.forgetting = Forgetting(lambda: self.state, self._rules, self._leaving.append)

    def dispatch(self, event: ev.Event) -> None:
        """Fold one event under the eyes of the world."""
        self._watcher.happens(event)
        super().dispatch(event)
        self._watcher.happened(event)
        while self._leaving:
            self.dispatch(self._leaving.pop(0))

    def _not_taken(self, event: ev.Event, error: BaseException) -> None:
        """Let an error of the fold end the episode: it is what the simulation looks for."""
        raise error

    def _run(self, effect: Effect) -> None:
        self._watcher.run(effect)
