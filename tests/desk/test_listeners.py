"""Views of the desk are told apart from one another, and a verb can wait for what it wants to see."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app.desk.listeners import Listeners
from tests.helpers.logfail import AnnouncedLogs

ROWS, ACCOUNTS = frozenset({"a/1"}), frozenset({"a"})


def test_one_view_that_fails_takes_nothing_from_the_others(announced_logs: AnnouncedLogs) -> None:
    announced_logs.expect("a view of the desk failed", logging.ERROR)
    complaints: list[str] = []
    told: list[tuple[frozenset[str], frozenset[str]]] = []
    listeners = Listeners(complaints.append)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    listeners.add(broken)
    listeners.add(lambda rows, accounts: told.append((rows, accounts)))
    listeners.tell(ROWS, ACCOUNTS)
    assert told == [(ROWS, ACCOUNTS)]
    assert ["ZeroDivisionError" in each for each in complaints] == [True]


def test_one_that_is_taken_away_is_told_no_more() -> None:
    told: list[frozenset[str]] = []
    listeners = Listeners(lambda _: None)
    forget = listeners.add(lambda rows, _: told.append(rows))
    listeners.tell(ROWS, ACCOUNTS)
    forget()
    listeners.tell(ROWS, ACCOUNTS)
    assert told == [ROWS]


async def test_who_waits_looks_after_each_event() -> None:
    listeners = Listeners(lambda _: None)
    seen = 0

    def enough() -> bool:
        return seen >= 2

    waiting = asyncio.create_task(listeners.wait(enough, 5))
    for _ in range(2):
        await asyncio.sleep(0)
        assert not waiting.done()
        seen += 1
        listeners.tell(ROWS, ACCOUNTS)
    assert await waiting


@pytest.mark.parametrize("so", [True, False])
async def test_when_the_time_is_over_it_says_whether_it_is_so(so: bool) -> None:
    first = True

    def is_so() -> bool:
        nonlocal first
        answer, first = so and not first, False
        return answer

    assert await Listeners(lambda _: None).wait(is_so, 0.01) is so
