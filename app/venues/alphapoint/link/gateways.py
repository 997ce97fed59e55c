"""Both gateways as one: a question goes over the socket, and over HTTP while the socket is down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.events import Condition
from app.domain.instants import in_seconds
from app.domain.market import LinkState
from app.domain.plan import WireValue
from app.venues.alphapoint.link.rest import Rest
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.profile import KEPT_FOR_AMENDS, KEPT_FOR_CANCELS, KEPT_FOR_READS
from app.venues.alphapoint.wire.answers import failure_of, read_answer
from app.venues.alphapoint.wire.codec import Frame, GatewaySession
from app.venues.alphapoint.wire.events import rows_of
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Answer, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.limits import Complaints

#: Waits from which on a person is told, in seconds.
TOLD_FROM = 1.0

#: Longest pause that a cancel waits for; a person is told at once of a longer one.
LONGEST_CANCEL_WAIT = 10.0


class Gateways:
    """Every call of one account but its amendments and its login.

    Attributes:
        limiter: budget of everything but cancels.
    """

    def __init__(self, socket: GatewaySocket, rest: Rest | None, reporter: Reporter, calls: int) -> None:
        """Start with nothing asked.

        Args:
            socket: towards the venue.
            rest: the HTTP gateway; None where the account has none.
            reporter: for the clock.
            calls: budget of a minute.
        """
        # Two budgets, because a cancel must not queue behind an amendment that waits.
        others = calls - KEPT_FOR_CANCELS
        share = min(KEPT_FOR_READS, others // 2)
        self.limiter = Limiter((Window(others, 60.0),), reporter.clock.monotonic, share)
        self._cancels = Limiter((Window(KEPT_FOR_CANCELS, 60.0),), reporter.clock.monotonic)
        self._socket = socket
        self._rest = rest
        self._reporter = reporter
        self._calls = calls
        self._paused_until = float("-inf")
        self._complaints = Complaints(reporter.clock.monotonic)
        #: Until when a wait was told, by what it is a wait of.
        self._told: dict[Condition, float] = {}
        socket.too_many = self.slow_down

    async def session(self) -> GatewaySession:
        """Return the socket's last session, else one of HTTP.

        Raises:
            ReadFailed: if there is none.
        """
        if self._socket.session is not None:
            return self._socket.session
        if self._rest is None:
            raise ReadFailed(f"{TITLE} is not connected; waiting for the connection.")
        return await self._rest.session()

    def slow_down(self, seconds: float) -> None:
        """Let nothing leave for so long, cancels included: the venue said that there were too many requests."""
        seconds = self._complaints.wait(seconds)
        self.limiter.pause(seconds)
        self._cancels.pause(seconds)
        until = self._reporter.clock.monotonic() + seconds
        if until > self._paused_until + 1.0:
            held = f"no amendment leaves for {in_seconds(seconds)}, nor a read"
            text = f"{TITLE} says that there were too many requests; {held}."
            self._reporter.notice(text, about=Condition.READS, seconds=seconds)
        self._paused_until = max(self._paused_until, until)
        for about in (Condition.READS, Condition.NONE):
            self._told[about] = max(until, self._told.get(about, until))

    async def rest(self) -> None:
        """Wait until the venue may be asked again, where it said that it had too many requests."""
        seconds = self.pause()
        if seconds > 0:
            self._reporter.set_link(self._reporter.link, self._waiting(seconds))
            await self.limiter.wait(seconds)

    def pause(self) -> float:
        """Seconds until the venue may be asked again, 0.0 where it did not complain."""
        return max(0.0, self._paused_until - self._reporter.clock.monotonic())

    def _waiting(self, seconds: float) -> str:
        if self.pause() > 0:
            return f"{TITLE} says that there were too many requests; it is asked again in {seconds:.0f} s."
        return f"The {self._calls} calls a minute to {TITLE} are used up; it is asked again in {seconds:.0f} s."

    async def _take_turn(self, *, routine: bool) -> None:
        """Wait for a place in the budget; a wait that can be noticed is told, and so is its end."""
        seconds = self.limiter.delay(KEPT_FOR_AMENDS, shared=routine)
        is_told = seconds >= TOLD_FROM
        due = self._reporter.clock.monotonic() + seconds
        about = Condition.READS if routine else Condition.NONE
        if is_told and due > self._told.get(about, float("-inf")) + 1.0:
            self._told[about] = due
            self._reporter.notice(self._waiting(seconds), serious=False, about=about, seconds=seconds)
        syncing = self._reporter.link is LinkState.SYNCING
        if is_told and syncing:
            self._reporter.set_link(LinkState.SYNCING, self._waiting(seconds))
        await self.limiter.acquire(KEPT_FOR_AMENDS, shared=routine)
        if is_told and routine:
            text = f"{TITLE} is asked for the orders again."
            self._reporter.notice(text, serious=False, about=Condition.READS, over=True)
        if is_told and syncing and self._reporter.link is LinkState.SYNCING:
            self._reporter.set_link(LinkState.SYNCING)

    async def ask(self, name: str, payload: Mapping[str, WireValue], *, routine: bool = False) -> tuple[int, Frame]:
        """Ask one question; return when it left, and the reply.

        Args:
            name: the function.
            payload: its arguments.
            routine: a read that keeps rows true, which amendments must not hold up.

        Raises:
            ReadFailed: nothing usable came back.
        """
        await self._take_turn(routine=routine)
        asked_at = self._reporter.now()
        if self._socket.ready:
            frame = await self._socket.call(name, payload)
        elif self._rest is not None:
            frame = await self._rest.ask(name, payload)
        else:
            raise ReadFailed(f"{TITLE} is not connected; waiting for the connection.")
        failure = failure_of(frame)
        if failure is not None and failure.pause:
            self.slow_down(max(failure.pause, self.pause()))
        return asked_at, frame

    async def rows(
        self, name: str, payload: Mapping[str, WireValue], *, routine: bool = False
    ) -> tuple[int, Sequence[Any]]:
        """Ask for a list; return when the question left, and the rows of the reply. Arguments as of `ask`.

        A question that the venue turned away as one too many is asked again when it may be: it may be repeated.

        Raises:
            ReadFailed: the venue does not answer it, or nothing usable came back.
        """
        for last in (False, False, True):
            asked_at, frame = await self.ask(name, payload, routine=routine)
            failure = failure_of(frame)
            if failure is None:
                return asked_at, rows_of(frame.payload)
            if last or not failure.pause:
                raise ReadFailed(f"{name}: {failure.text}")
        raise ReadFailed(f"{TITLE} does not answer {name}.")

    async def cancel(self, payload: Mapping[str, WireValue]) -> Answer:
        """Ask for the cancel of one order, once.

        Raises:
            ReadFailed: nothing left, or nothing usable came back.
        """
        left = self.pause()
        if left > LONGEST_CANCEL_WAIT:
            text = f"{TITLE} says that there were too many requests and takes none for {left:.0f} s more"
            raise ReadFailed(f"{text}; cancel on the venue's site, or here after that.")
        await self._cancels.acquire()
        if self._socket.ready:
            frame = await self._socket.call("CancelOrder", payload)
        elif self._rest is None:
            raise ReadFailed(f"{TITLE} is not connected; cancel on the venue's site.")
        else:
            frame = await self._rest.command("CancelOrder", payload)
        answer = read_answer(frame)
        if answer.pause:
            self.slow_down(max(answer.pause, self.pause()))
        return answer

    async def aclose(self) -> None:
        """Close HTTP for good."""
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest.aclose()
