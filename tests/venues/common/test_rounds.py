"""Background work goes on after an error of our own, later each time, and says so."""

from __future__ import annotations

import ast
import asyncio
import logging
from pathlib import Path

import pytest

from app.venues.common.rounds import Stray, as_error, fault_words, keep_doing
from tests.helpers.logfail import AnnouncedLogs


async def test_a_round_that_fails_is_said_and_the_next_one_comes_later(
    announced_logs: AnnouncedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced_logs.expect("a round of counting failed", logging.ERROR)
    waits: list[float] = []
    told: list[str] = []
    outcomes = iter([ValueError("one"), ValueError("two"), None, asyncio.CancelledError()])
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            done.set()
            await asyncio.Event().wait()

    async def work() -> None:
        error = next(outcomes)
        if error is not None:
            raise error

    monkeypatch.setattr("app.venues.common.rounds.asyncio.sleep", sleep)
    task = asyncio.create_task(keep_doing(work, "counting", told.append))
    await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert waits == [1.0, 2.0, 1.0], "a good round begins anew"
    assert told[0] == "An unforeseen fault broke off counting (ValueError: one); it goes on in 1 s."


def test_an_error_is_told_in_one_line() -> None:
    assert fault_words(ValueError("a\nb")) == "ValueError: a b"
    assert fault_words(KeyError()) == "KeyError"
    assert fault_words(ExceptionGroup("both", [ValueError("x")])) == "ValueError: x"
    assert len(fault_words(ValueError("x" * 999))) < 250


@pytest.mark.parametrize("error", [asyncio.CancelledError(), SystemExit(1), BaseExceptionGroup("x", [SystemExit(1)])])
async def test_an_end_that_nobody_asked_for_is_an_error(error: BaseException) -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise error

    with pytest.raises(Stray, match=f"it was stopped .{type(error).__name__}.") as told:
        await as_error(work())
    assert told.value.__cause__ is error


async def test_an_end_that_was_asked_for_is_none_and_a_result_is_a_result() -> None:
    async def work() -> int:
        await asyncio.Event().wait()
        return 1

    task = asyncio.create_task(as_error(work()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await as_error(work())
    assert await as_error(asyncio.sleep(0, 7)) == 7
    with pytest.raises(KeyboardInterrupt):
        await as_error(interrupted())


async def interrupted() -> None:
    raise KeyboardInterrupt


#: What makes an ordinary error of an end that nobody asked for; the second column is held by whoever awaits it.
KEPT = {"as_error", "keep_doing", "keep_up"}
AWAITED = {
    ("questions.py", "_list"): "whoever asked for the list awaits it",
    ("connector.py", "_look_into"): "holds what it does itself",
}


def made_tasks() -> list[tuple[str, str]]:
    """File and name of each coroutine that a venue's link makes a task of and no keeper holds."""
    found = []
    for path in sorted(Path("app/venues").glob("*/link/*.py")):
        tree = ast.parse(path.read_text())
        held = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and called(node.value) in KEPT
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) == "create_task":
                work = node.args[0]
                name = work.id if isinstance(work, ast.Name) else called(work)
                if name not in KEPT | held:
                    found.append((path.name, name))
    return found


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_no_task_of_a_venue_can_end_in_silence() -> None:
    assert set(made_tasks()) == set(AWAITED)
