"""The way of an amendment to the wire: every combination of what can stand in it, fail in it and come back from it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.market import LinkState
from app.venues.common.delivery import STOPPED, Delivery
from app.venues.common.failures import Answer, Malformed, Proof
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.limiter import Limiter, Turn, Window
from tests.helpers.toy_venue import amendment, order

BODY = b'{"price": "101"}'


class ToyClock:
    """A clock that moves when it is waited for."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> int:
        return int(self.seconds * 1_000_000_000)

    def monotonic(self) -> float:
        return self.seconds


class ToyLimiter(Limiter):
    """A limiter whose waits move the clock and can be made to stand still."""

    def __init__(self, clock: ToyClock) -> None:
        super().__init__([Window(1, 60.0)], clock.monotonic)
        self._clock = clock
        self.stuck = False

    async def wait_for(self, turn: Turn) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        while (seconds := self._still(turn)) > 0:
            await asyncio.sleep(0)
            self._clock.seconds += seconds


@dataclass
class ToyChannel:
    """A call whose every step can be made to fail."""

    limiter: Limiter
    obstacles: list[str] = field(default_factory=list)
    moved: Callable[[Command], str] = lambda _: ""
    cannot_encode: str = ""
    outcome: object = Proof.ACCEPTED
    writes: bool = True
    stuck: str = ""
    steps: list[str] = field(default_factory=list)
    waited: list[bool] = field(default_factory=list)

    def obstacle(self, command: Command) -> str:
        self.steps.append("obstacle")
        return self.obstacles.pop(0) if self.obstacles else ""

    async def check(self, command: Command, *, waited: bool) -> str:
        self.steps.append("check")
        self.waited.append(waited)
        await self._maybe_stuck("check")
        return self.moved(command)

    def encode(self, commands: Sequence[Command]) -> bytes:
        self.steps.append("encode")
        if self.cannot_encode:
            raise Malformed(self.cannot_encode)
        return BODY

    async def transmit(
        self, request: bytes, commands: Sequence[Command], written: Callable[[bytes], None]
    ) -> Sequence[Answer] | None:
        self.steps.append("transmit")
        await asyncio.sleep(0)
        if isinstance(self.outcome, NotSent):
            raise self.outcome
        if self.writes:
            written(request)
            written(request)
        await self._maybe_stuck("transmit")
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        if self.outcome is None:
            return None
        return [Answer(self.outcome, "7", "what it said") for _ in commands]

    async def _maybe_stuck(self, step: str) -> None:
        if self.stuck == step:
            await asyncio.Event().wait()


class Bench:
    """A delivery with a clock, a limiter and the events it reports."""

    def __init__(self) -> None:
        self.clock = ToyClock()
        self.events: list[ev.Event] = []
        self.reporter = Reporter("toy", self.events.append, self.clock)
        self.limiter = ToyLimiter(self.clock)
        self.delivery = Delivery(self.reporter, "Toy")

    def channel(self, **steps: object) -> ToyChannel:
        return ToyChannel(self.limiter, **steps)  # type: ignore[arg-type]

    def names(self) -> list[str]:
        return [type(event).__name__.removeprefix("Amendment") for event in self.events]


def command(number: int = 1) -> Command:
    """An amendment of an order of its own."""
    return replace(amendment(order(f"o-{number}")).command, amendment_id=f"a-{number}")


ENDS = {
    "Unsent", "Unanswered", "Acknowledged", "Refused",
}  # fmt: skip
OUTCOMES: tuple[object, ...] = (
    *Proof, None, NotSent("it never left"), Unanswered("no answer"), RuntimeError("a fault of ours"),
)  # fmt: skip


def expected_end(outcome: object) -> list[str]:
    """Return the one event that must end an amendment whose request was handed over with this outcome."""
    match outcome:
        case None:
            return []
        case NotSent():
            return ["Unsent"]
        case Proof():
            refused = ["Refused"] if outcome.is_refusal else ["Unanswered"]
            return ["Acknowledged"] if outcome is Proof.ACCEPTED else refused
        case _:
            return ["Unanswered"]


LOOKS: tuple[list[str], ...] = ([], ["the link is down"], ["", "the link went down"])


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
@pytest.mark.parametrize("obstacles", LOOKS, ids=["up", "down", "went down"])
async def test_each_step_stops_it_for_what_is_known(outcome: object, obstacles: list[str]) -> None:
    for waits, writes, moved, cannot in itertools.product(
        (False, True), (False, True), ("", "it moved"), ("", "no such field")
    ):
        await deliver(outcome, waits, writes, obstacles, moved, cannot)


async def deliver(
    outcome: object, waits: bool, writes: bool, obstacles: list[str], moved: str, cannot_encode: str
) -> None:
    """Send one amendment through this combination and check what is told of it."""
    bench = Bench()
    if waits:
        bench.limiter.reserve()
    channel = bench.channel(
        obstacles=list(obstacles),
        moved=lambda _: moved,
        cannot_encode=cannot_encode,
        outcome=outcome,
        writes=writes,
    )
    with suppress(RuntimeError):
        await bench.delivery.send([command()], channel)
    names = bench.names()
    stopped_at_once = obstacles[:1] == ["the link is down"]
    stopped = stopped_at_once or bool(moved) or len(obstacles) == 2 or bool(cannot_encode)
    queued = ["Queued"] if waits and not stopped_at_once else []
    if stopped:
        why = "the link is down" if stopped_at_once else moved or (obstacles[1:] or [cannot_encode])[0]
        assert names == [*queued, "Unsent"]
        assert bench.events[-1].text == why  # type: ignore[union-attr]
        assert "transmit" not in channel.steps
    else:
        handed_over = writes and not isinstance(outcome, NotSent)
        assert names == [*queued, *(["Written"] if handed_over else []), *expected_end(outcome)]
    assert channel.steps.count("transmit") <= 1
    assert channel.waited == ([] if stopped_at_once else [waits])
    assert sum(name in ENDS for name in names) == (0 if outcome is None and not stopped else 1)
    # Whatever became of it, the next amendment of the same order may leave.
    await bench.delivery.send([command()], bench.channel())
    assert bench.names()[-1] == "Acknowledged"


@pytest.mark.parametrize(
    "where,end,text",
    [
        ("limiter", "Unsent", STOPPED),
        ("check", "Unsent", STOPPED),
        ("transmit", "Unanswered", "Sending was stopped before Toy answered."),
    ],
)
async def test_a_stopped_send_tells_what_is_known(where: str, end: str, text: str) -> None:
    bench = Bench()
    if where == "limiter":
        bench.limiter.reserve()
        bench.limiter.stuck = True
    task = asyncio.create_task(bench.delivery.send([command()], bench.channel(stuck=where)))
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.names()[-1] == end
    assert bench.events[-1].text == text  # type: ignore[union-attr]
    bench.limiter.stuck = False
    await bench.delivery.send([command()], bench.channel())
    assert bench.names()[-1] == "Acknowledged"


async def test_one_amendment_of_an_order_is_on_its_way_at_a_time() -> None:
    bench = Bench()
    first = asyncio.create_task(bench.delivery.send([command()], bench.channel(stuck="transmit")))
    for _ in range(5):
        await asyncio.sleep(0)
    second = bench.channel()
    await bench.delivery.send([command()], second)
    assert bench.names() == ["Written", "Unsent"]
    assert "transmit" not in second.steps
    other = bench.channel()
    await bench.delivery.send([command(2)], other)
    assert "transmit" in other.steps
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_an_order_named_twice_in_one_request_leaves_once() -> None:
    bench = Bench()
    await bench.delivery.send([command(), replace(command(), amendment_id="again")], bench.channel())
    assert bench.names() == ["Unsent", "Written", "Acknowledged"]
    assert bench.events[0].amendment_id == "again"  # type: ignore[union-attr]


async def test_each_amendment_of_a_batch_has_its_own_outcome() -> None:
    bench = Bench()
    channel = bench.channel(moved=lambda command: "it moved" if command.amendment_id == "a-2" else "")
    await bench.delivery.send([command(1), command(2), command(3)], channel)
    told = [(type(event).__name__, event.amendment_id) for event in bench.events]  # type: ignore[union-attr]
    assert told == [
        ("AmendmentUnsent", "a-2"),
        ("AmendmentWritten", "a-1"),
        ("AmendmentWritten", "a-3"),
        ("AmendmentAcknowledged", "a-1"),
        ("AmendmentAcknowledged", "a-3"),
    ]


async def test_an_answer_that_a_listener_told_is_not_called_missing() -> None:
    """A link that breaks, or a stop, after the answer was told says nothing more."""
    bench = Bench()
    channel = bench.channel(stuck="transmit")
    task = asyncio.create_task(bench.delivery.send([command()], channel))
    for _ in range(5):
        await asyncio.sleep(0)
    bench.delivery.answered(command(), Answer(Proof.REFUSED, "7", "no"))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert bench.names() == ["Written", "Refused"]


async def test_what_was_handed_over_is_never_called_unsent() -> None:
    """A transport that says first that it wrote and then that it did not proves neither."""
    bench = Bench()

    class Confused(ToyChannel):
        async def transmit(
            self, request: bytes, commands: Sequence[Command], written: Callable[[bytes], None]
        ) -> Sequence[Answer] | None:
            written(request)
            raise NotSent("it never left")

    await bench.delivery.send([command()], Confused(bench.limiter))
    assert bench.names() == ["Written", "Unanswered"]


async def test_a_late_answer_and_a_repeated_one_are_told() -> None:
    bench = Bench()
    await bench.delivery.send([command()], bench.channel(outcome=Unanswered("no answer")))
    for _ in range(2):
        bench.delivery.answered(command(), Answer(Proof.ACCEPTED, text="received", order_id="o-9"))
    assert bench.names() == ["Written", "Unanswered", "Acknowledged", "Acknowledged"]


async def test_too_many_requests_let_nothing_leave_for_a_while() -> None:
    bench = Bench()

    class Fast(ToyChannel):
        async def transmit(
            self, request: bytes, commands: Sequence[Command], written: Callable[[bytes], None]
        ) -> Sequence[Answer] | None:
            written(request)
            return [Answer(Proof.LIMITED, "429", "too many requests", pause=600.0)]

    await bench.delivery.send([command()], Fast(bench.limiter))
    assert bench.names() == ["Written", "Refused", "Noticed"]
    notice = bench.events[-1]
    assert isinstance(notice, ev.Noticed)
    assert notice.until == 600_000_000_000
    assert bench.limiter.delay() == 600.0


async def test_a_longer_pause_that_was_told_is_the_one_that_counts() -> None:
    """The reply asked for 30 s by its header and for 1 s by its code; a trader read the last sentence."""
    bench = Bench()
    bench.limiter.pause(30.0)
    bench.delivery.slow_down(bench.limiter, 1.0)
    assert (bench.names(), bench.limiter.paused()) == ([], 30.0)
    bench.delivery.slow_down(bench.limiter, 60.0)
    assert (bench.names(), bench.limiter.paused()) == (["Noticed"], 60.0)


async def test_what_is_written_is_told_with_its_size_and_digest() -> None:
    bench = Bench()
    await bench.delivery.send([command()], bench.channel())
    written = next(event for event in bench.events if isinstance(event, ev.AmendmentWritten))
    assert (written.size, len(written.digest)) == (len(BODY), 64)


def test_the_link_is_told_when_it_changes() -> None:
    bench = Bench()
    bench.reporter.set_link(LinkState.UP)
    bench.reporter.set_link(LinkState.UP)
    bench.reporter.set_link(LinkState.STALE, "old")
    bench.reporter.set_link(LinkState.STALE, "older")
    assert [event.text for event in bench.events] == ["", "old", "older"]  # type: ignore[union-attr]
    assert bench.reporter.is_live
