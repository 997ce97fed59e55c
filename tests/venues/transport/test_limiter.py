"""The limiter never lets a window hold more than its limit, and never wakes early."""

from __future__ import annotations

import asyncio
import selectors
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.transport.limiter import Limiter, Turn, Window


class _Jumping(selectors.SelectSelector):
    """Waits for nothing: what would pass meanwhile is added to the loop's time."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.passed += timeout or 0.0
        return super().select(0)


class _JumpingLoop(asyncio.SelectorEventLoop):
    """A loop in which time passes only by waiting."""

    def __init__(self) -> None:
        self._jumps = _Jumping()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.passed


class Hands:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_a_free_budget_makes_nobody_wait_and_a_full_one_states_the_wait() -> None:
    hands = Hands()
    limiter = Limiter([Window(2, 1.0)], hands)
    assert limiter.reserve() == 0.0
    hands.time += 0.25
    assert limiter.reserve() == 0.0
    assert limiter.reserve() == pytest.approx(0.75)
    assert limiter.reserve() == pytest.approx(1.0)


def test_every_window_holds_at_once() -> None:
    hands = Hands()
    limiter = Limiter([Window(10, 1.0), Window(1, 0.2)], hands)
    assert [limiter.reserve() for _ in range(3)] == pytest.approx([0.0, 0.2, 0.4])


def test_background_work_leaves_places_for_a_person() -> None:
    hands = Hands()
    limiter = Limiter([Window(3, 1.0)], hands)
    assert limiter.reserve(keep=2) == 0.0
    assert limiter.delay(keep=2) == pytest.approx(1.0)
    assert limiter.delay() == 0.0


def test_a_pause_stops_everything_until_it_is_over() -> None:
    hands = Hands()
    limiter = Limiter([Window(3, 1.0)], hands)
    limiter.pause(60.0)
    limiter.pause(10.0)
    assert limiter.delay() == 60.0
    hands.time += 61.0
    assert limiter.reserve() == 0.0


def test_acquire_waits_for_its_place() -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        limiter = Limiter([Window(1, 0.01)], loop.time)
        started = loop.time()
        for _ in range(3):
            await limiter.acquire()
        await limiter.wait(0.005)
        return loop.time() - started

    assert asyncio.run(work()) >= 0.025


def test_a_window_without_room_is_refused() -> None:
    for limit, seconds in ((0, 1.0), (1, 0.0)):
        with pytest.raises(ValueError):
            Window(limit, seconds)


@given(
    st.integers(1, 5),
    st.integers(1, 8),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), min_size=1, max_size=60),
)
def test_no_window_is_ever_over_its_limit(limit: int, wider: int, steps: list[tuple[int, int]]) -> None:
    hands = Hands()
    windows = (Window(limit, 1.0), Window(limit + wider, 4.0))
    limiter = Limiter(windows, hands)
    leaving: list[float] = []
    for wait, keep in steps:
        hands.time += wait / 64
        leaving.append(hands.time + limiter.reserve(keep))
    assert leaving == sorted(leaving)
    for window in windows:
        for first, start in enumerate(leaving):
            inside = [time for time in leaving[first:] if time < start + window.seconds - 1e-9]
            assert len(inside) <= window.limit


@given(
    limit=st.integers(2, 8),
    share=st.integers(1, 3),
    keep=st.integers(0, 3),
    steps=st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=80),
)
def test_reads_and_amendments_together_never_exceed_a_window(
    limit: int, share: int, keep: int, steps: list[tuple[int, bool]]
) -> None:
    share = min(share, limit - 1)
    hands = Hands()
    limiter = Limiter([Window(limit, 1.0)], hands, share)
    taken: list[float] = []
    for pause, is_read in steps:
        hands.time += pause / 1000
        if not is_read:
            taken.append(hands.time + limiter.reserve())
        elif limiter.delay(keep, shared=True) == 0.0:
            asyncio.run(limiter.acquire(keep, shared=True))
            taken.append(hands.time)
    for at in taken:
        assert sum(at - 1.0 + 1e-9 < each <= at for each in taken) <= limit


def test_a_flood_of_amendments_leaves_reads_their_share() -> None:
    hands = Hands()
    limiter = Limiter([Window(60, 60.0)], hands, share=12)
    for _ in range(200):
        limiter.reserve()
    read = 0
    for _ in range(600):
        hands.time += 0.5
        if limiter.delay(30, shared=True) == 0.0:
            asyncio.run(limiter.acquire(30, shared=True))
            read += 1
    assert read >= 5 * 12, "twelve a minute for five minutes, whatever a person asks for"


def test_a_pause_that_begins_while_a_request_waits_holds_it_back_too() -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        limiter = Limiter([Window(1, 0.01)], loop.time)
        limiter.reserve()
        wait, started = limiter.reserve(), loop.time()
        loop.call_soon(limiter.pause, 0.05)
        await limiter.wait(wait)
        return loop.time() - started

    assert asyncio.run(work()) >= 0.05


def left_at(limit: int, *held_up: float) -> list[float]:
    """When requests leave that all take their turn now and are held up for so long once it has come."""
    left: list[float] = []

    async def one(turn: Turn, wait: float) -> None:
        with turn:
            await turn.come()
            await asyncio.sleep(wait)
            turn.left()
            left.append(asyncio.get_running_loop().time())

    async def work() -> None:
        limiter = Limiter([Window(limit, 1.0)], asyncio.get_running_loop().time)
        await asyncio.gather(*[one(limiter.turn(), wait) for wait in held_up])

    with asyncio.Runner(loop_factory=_JumpingLoop) as runner:
        runner.run(work())
    return left


def test_one_that_is_held_up_counts_when_it_leaves_and_not_when_it_might_have() -> None:
    assert left_at(1, 2.0, 0.0) == pytest.approx([2.0, 3.0])
    assert left_at(2, 0.0, 5.0, 0.0, 0.0) == pytest.approx([0.0, 1.0, 2.0, 5.0]), "the other place is free meanwhile"


def test_one_that_came_before_those_ahead_of_it_counts_too() -> None:
    left = left_at(2, 1.5, 0.0, 0.9, 0.0)
    for first, start in enumerate(left):
        assert sum(at < start + 1.0 - 1e-9 for at in left[first:]) <= 2, left


async def test_a_place_that_was_not_used_is_given_back() -> None:
    loop = asyncio.get_running_loop()
    limiter = Limiter([Window(1, 600.0)], loop.time)
    with suppress(KeyError), limiter.turn() as first:
        await first.come()
        raise KeyError
    with limiter.turn() as second:
        assert second.seconds == 0.0
        await second.come()
        second.left()
        second.left()
    assert 599 < limiter.delay() <= 600


@given(
    limit=st.integers(1, 4),
    held_up=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 90), st.booleans()), min_size=1, max_size=25),
)
def test_whatever_holds_requests_up_no_window_meets_more_than_its_limit(
    limit: int, held_up: list[tuple[int, int, bool]]
) -> None:
    left: list[float] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        limiter = Limiter([Window(limit, 1.0)], loop.time)

        async def one(wait: float, is_refused: bool) -> None:
            with limiter.turn() as turn:
                await turn.come()
                await asyncio.sleep(wait)
                if not is_refused:
                    turn.left()
                    left.append(loop.time())

        async with asyncio.TaskGroup() as group:
            for pause, wait, is_refused in held_up:
                await asyncio.sleep(pause / 30)
                group.create_task(one(wait / 30, is_refused))

    with asyncio.Runner(loop_factory=_JumpingLoop) as runner:
        runner.run(work())
    assert len(left) == sum(not is_refused for *_, is_refused in held_up), "one was never let go"
    for first, start in enumerate(left):
        assert sum(at < start + 1.0 - 1e-9 for at in left[first:]) <= limit
