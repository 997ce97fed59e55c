"""The event loop: order, earliness, leaks, threads and endings."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from app.runtime.qtloop import QtLoop, run
from tests.helpers.exec_guard import NestedLoopError


async def test_callbacks_run_first_in_first_out(qloop: QtLoop) -> None:
    seen: list[int] = []
    for number in range(500):
        qloop.call_soon(seen.append, number)
    done = qloop.create_future()
    qloop.call_soon(done.set_result, None)
    await done
    assert seen == list(range(500))


async def test_a_short_timer_does_not_overtake_what_is_queued(qloop: QtLoop) -> None:
    """qasync cuts half a millisecond to nothing, so such a timer jumped the queue."""
    seen: list[str] = []
    done = qloop.create_future()
    qloop.call_later(0.0005, seen.append, "timer")
    qloop.call_soon(seen.append, "first")
    qloop.call_soon(seen.append, "second")
    qloop.call_later(0.002, done.set_result, None)
    await done
    assert seen == ["first", "second", "timer"]


async def test_no_sleep_ends_early(qloop: QtLoop) -> None:
    async def earliness(seconds: float) -> float:
        begin = qloop.time()
        await asyncio.sleep(seconds)
        return qloop.time() - begin - seconds

    found = await asyncio.gather(*(earliness(0.0003 + 0.0037 * n) for n in range(60)))
    assert min(found) >= 0


async def test_timers_fire_in_the_order_they_are_due(qloop: QtLoop) -> None:
    seen: list[int] = []
    done = qloop.create_future()
    for number in (5, 1, 4, 2, 3):
        qloop.call_later(number / 500, seen.append, number)
    qloop.call_later(6 / 500, done.set_result, None)
    await done
    assert seen == [1, 2, 3, 4, 5]


async def test_call_later_gives_a_timer_handle_that_knows_when(qloop: QtLoop) -> None:
    before = qloop.time()
    handle = qloop.call_later(30, print)
    assert handle.when() >= before + 30
    handle.cancel()


async def test_ten_thousand_cancelled_timeouts_leave_no_timer(qloop: QtLoop) -> None:
    assert qloop.live_timers() == 1, "the test's own time limit"
    for _ in range(10_000):
        async with asyncio.timeout(30):  # noqa: ASYNC100 - what is timed does not matter here
            qloop.time()
    assert len(qloop._heap) <= 300
    assert qloop.live_timers() == 1


def test_the_last_cancelled_timer_stops_the_alarm(qapp: QApplication) -> None:
    loop = QtLoop(qapp)
    handles = [loop.call_later(30 + n, print) for n in range(150)]
    assert loop.live_timers() == 1
    for handle in handles:
        handle.cancel()
    assert loop.live_timers() == 0
    assert loop._heap == []
    handles[0].cancel()
    loop.close()


def test_a_cancelled_timer_that_was_dropped_may_be_cancelled_again(qapp: QApplication) -> None:
    loop = QtLoop(qapp)
    first = loop.call_later(30, print)
    first.cancel()
    second = loop.call_later(40, print)
    first.cancel()
    assert loop._heap == [second]
    second.cancel()
    loop.close()


async def test_callbacks_from_another_thread_arrive_in_order(qloop: QtLoop) -> None:
    seen: list[int] = []
    done = qloop.create_future()

    def work() -> None:
        for number in range(2_000):
            qloop.call_soon_threadsafe(seen.append, number)
        qloop.call_soon_threadsafe(done.set_result, threading.current_thread().name)

    thread = threading.Thread(target=work, name="elsewhere")
    thread.start()
    assert await done == "elsewhere"
    thread.join()
    assert seen == list(range(2_000))


async def test_to_thread_runs_elsewhere_and_comes_back(qloop: QtLoop) -> None:
    name = await asyncio.to_thread(lambda: threading.current_thread().name)
    assert name.startswith("redline-worker")


async def test_qt_gets_its_turn_while_a_task_spins(qloop: QtLoop) -> None:
    fired = qloop.create_future()
    QTimer.singleShot(0, lambda: fired.set_result(True))
    while not fired.done():  # noqa: ASYNC110 - spinning is the point
        await asyncio.sleep(0)
    assert fired.result()


@pytest.mark.sockets
async def test_a_loopback_socket_echoes(qloop: QtLoop) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"amend\n")
    assert await reader.readline() == b"amend\n"
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


def test_run_gives_the_result_and_closes_the_loop(qapp: QApplication) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def main() -> str:
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0.001)
        return "done"

    assert run(main, app=qapp) == "done"
    assert loops[0].is_closed()
    with pytest.raises(RuntimeError, match="closed"):
        loops[0].call_soon(print)
    with pytest.raises(RuntimeError, match="closed"):
        loops[0].call_later(1, print)


def test_run_passes_an_error_on(qapp: QApplication) -> None:
    async def main() -> None:
        raise LookupError("no such order")

    with pytest.raises(LookupError, match="no such order"):
        run(main, app=qapp)


def test_run_cancels_what_is_left(qapp: QApplication) -> None:
    seen: list[str] = []

    async def stream() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append("closed")

    async def main() -> None:
        task = asyncio.create_task(stream())
        await asyncio.sleep(0)
        assert not task.done()

    run(main, app=qapp)
    assert seen == ["closed"]


def test_quitting_the_application_under_the_main_task_is_an_error(qapp: QApplication) -> None:
    loop = QtLoop(qapp)

    async def main() -> None:
        qapp.quit()
        await asyncio.sleep(3600)

    task = loop.create_task(main())
    with pytest.raises(RuntimeError, match="quit before"):
        loop.run_until_complete(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


async def test_a_nested_loop_inside_a_task_loses_no_wake_up(qloop: QtLoop) -> None:
    """With qasync alone the ticker would stop for ever."""
    ticks: list[int] = []

    async def ticker() -> None:
        while True:
            await asyncio.sleep(0)
            ticks.append(len(ticks))

    task = asyncio.create_task(ticker())
    await asyncio.sleep(0.001)
    before = len(ticks)
    QApplication.processEvents()
    assert len(ticks) == before, "nothing runs inside a callback"
    await asyncio.sleep(0.001)
    assert len(ticks) > before, "and everything goes on after it"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_modal_dialog_in_a_task_is_refused(qloop: QtLoop) -> None:
    dialog = QDialog()
    with pytest.raises(NestedLoopError, match="QDialog.exec"):
        dialog.exec()
    slot: list[Callable[[], int]] = [dialog.exec]
    with pytest.raises(NestedLoopError):
        slot[0]()


def test_debug_mode_runs(qapp: QApplication) -> None:
    async def main() -> bool:
        await asyncio.sleep(0.001)
        return asyncio.get_running_loop().get_debug()

    assert run(main, app=qapp, debug=True)
