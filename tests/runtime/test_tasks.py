"""Background tasks, the error sink and the way the program ends."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading

import pytest

from app.runtime.errors import ErrorSink, UnhandledProblem
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.runtime.tasks import Tasks
from tests.helpers.logfail import AnnouncedLogs


async def test_a_task_nobody_holds_survives_the_garbage_collector(qloop: QtLoop) -> None:
    tasks = Tasks(ErrorSink())
    woken = qloop.create_future()
    seen: list[str] = []

    async def work() -> None:
        await woken
        seen.append("woken")

    tasks.spawn(work(), name="waits")
    await asyncio.sleep(0)
    gc.collect()
    assert tasks.names == ("waits",)
    woken.set_result(None)
    await asyncio.sleep(0.001)
    assert seen == ["woken"]
    assert len(tasks) == 0


async def test_an_error_in_a_task_reaches_the_sink_with_its_name(
    qloop: QtLoop, caplog: pytest.LogCaptureFixture
) -> None:
    sink = ErrorSink()
    heard: list[UnhandledProblem] = []
    forget = sink.listen(heard.append)
    tasks = Tasks(sink)

    async def fail() -> None:
        raise ValueError("bad price")

    with caplog.at_level(logging.ERROR, "redline.errors"):
        task = tasks.spawn(fail(), name="bitso stream")
        await asyncio.wait([task])
        await asyncio.sleep(0)
    assert [problem.sentence for problem in heard] == ["bitso stream: bad price"]
    assert sink.problems == tuple(heard)
    assert "bitso stream: bad price" in caplog.text
    forget()
    forget()


async def test_close_cancels_waits_and_names_what_will_not_end(qloop: QtLoop) -> None:
    tasks = Tasks(ErrorSink())
    stubborn_may_end = qloop.create_future()
    seen: list[str] = []

    async def tidy() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append("tidied")

    async def stubborn() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await stubborn_may_end

    tasks.spawn(tidy(), name="tidy")
    stuck = tasks.spawn(stubborn(), name="stubborn")
    await asyncio.sleep(0)
    assert await tasks.close(patience=0.02) == ("stubborn",)
    assert seen == ["tidied"]
    with pytest.raises(RuntimeError, match="late was not started"):
        tasks.spawn(tidy(), name="late")
    stubborn_may_end.set_result(None)
    await asyncio.wait([stuck])


async def test_the_sink_takes_over_the_hooks_and_gives_them_back(
    qloop: QtLoop, caplog: pytest.LogCaptureFixture
) -> None:
    before = sys.excepthook, threading.excepthook
    sink = ErrorSink()
    with caplog.at_level(logging.ERROR, "redline.errors"), sink.installed(qloop):
        sys.excepthook(ValueError, ValueError("in a slot"), None)
        thread = threading.Thread(target=lambda: 1 / 0, name="worker")
        thread.start()
        thread.join()
        qloop.call_soon([].pop)
        await asyncio.sleep(0.001)
    assert (sys.excepthook, threading.excepthook) == before
    assert [problem.where for problem in sink.problems] == ["window", "thread worker", "event loop"]


def test_a_listener_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    sink = ErrorSink()
    heard: list[str] = []

    def broken(_: UnhandledProblem) -> None:
        raise RuntimeError("banner is gone")

    sink.listen(broken)
    sink.listen(lambda problem: heard.append(problem.sentence))
    with caplog.at_level(logging.ERROR, "redline.errors"):
        sink.report("task x", OSError())
    assert heard == ["task x: OSError"]


async def test_asking_to_stop_and_leave_to_close_are_two_things(qloop: QtLoop) -> None:
    life = Lifecycle()
    waiting = asyncio.ensure_future(life.stopping())
    await asyncio.sleep(0)
    assert not waiting.done()
    life.request_stop()
    life.request_stop()
    await waiting
    assert not life.may_close
    life.allow_close()
    assert life.may_close


async def test_a_task_that_was_stopped_from_within_reaches_the_sink_and_one_that_was_told_to_end_does_not(
    qloop: QtLoop, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("by itself: it was stopped", logging.ERROR)
    sink = ErrorSink()
    tasks = Tasks(sink)

    async def work(fails: bool) -> None:
        if fails:
            raise asyncio.CancelledError
        await qloop.create_future()

    tasks.spawn(work(fails=True), name="by itself")
    told = tasks.spawn(work(fails=False), name="told")
    await asyncio.sleep(0)
    told.cancel()
    await asyncio.sleep(0.001)
    assert [each.where for each in sink.problems] == ["by itself"]
    assert len(tasks) == 0
