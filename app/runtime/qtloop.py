"""The asyncio event loop that lives inside Qt's own, and nothing else.

qasync brings the sockets, processes and signals. This module replaces the three
parts of qasync 0.28.0 that an order ticket cannot use as they are:

* qasync's timers run on Qt's coarse clock and are cut to whole milliseconds, so
  a sleep may end *early*. A rate limiter built on them would break its promise
  to a venue. Here one precise ``QTimer`` serves asyncio's own timer heap and is
  always rounded up: a callback may be late, never early.
* qasync runs callbacks inside a nested Qt loop that a callback started, which wedges
  every task that wakes meanwhile. Here they wait until that callback has returned.
* qasync never stops the Qt timer of a cancelled callback, so every finished
  ``asyncio.timeout`` leaves one behind. Here a cancelled callback leaves none.

``call_soon`` is first in, first out and may be called from any thread. The
private names used here belong to qasync 0.28.0 and asyncio 3.11 to 3.13; the
tests of this module fail when either changes its mind.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import os
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import TYPE_CHECKING, Any, TypeVar, cast

# qasync looks for PyQt before PySide6 unless it is told or finds one imported.
os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer

if TYPE_CHECKING:
    # qasync has no types. For the type checker the loop is the standard one.
    _Base = asyncio.SelectorEventLoop
else:
    import qasync

    _Base = qasync.QEventLoop

_Result = TypeVar("_Result")

#: Seconds asyncio callbacks may run before Qt gets to paint and read keys: half a frame.
_TURN_SECONDS = 0.008

#: Threads of the default executor. Only slow local calls use them (key derivation, name look-ups).
_WORKERS = 4


class _Pump(QObject):
    """Receives the event that says the ready queue has something in it."""

    KIND = QEvent.Type(QEvent.registerEventType())

    def __init__(self, drain: Callable[[], None]) -> None:
        super().__init__()
        self._drain = drain

    def customEvent(self, event: QEvent) -> None:
        self._drain()


class QtLoop(_Base):
    """qasync's sockets with asyncio's own ready queue and timer heap."""

    def __init__(self, app: QCoreApplication | None = None) -> None:
        """Build the loop on the running application.

        Args:
            app: The application to run on; the current one when left out.

        Raises:
            RuntimeError: There is no application yet.
        """
        application = app or QCoreApplication.instance()
        if application is None:
            raise RuntimeError("Create the QApplication before its event loop.")
        self._queue: deque[asyncio.Handle] = deque()
        self._posted = False
        self._draining = False
        self._heap: list[asyncio.TimerHandle] = []
        self._cancelled_in_heap = 0
        super().__init__(cast("Any", application))
        # qasync's own executor aborts the process when a thread outlives it.
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="redline-worker")
        self.set_default_executor(self._pool)
        self._pump = _Pump(self._drain)
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._due)

    # -- ready queue ---------------------------------------------------------------------------------------------------

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """Queue a callback for the next turn. Safe from any thread."""
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        handle = asyncio.Handle(callback, args, self, context)
        self._queue.append(handle)
        self._post()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """Do as :meth:`call_soon` does: the queue and ``postEvent`` both take any thread."""
        return self.call_soon(callback, *args, context=context)

    def _post(self) -> None:
        if not self._posted:
            self._posted = True
            priority = Qt.EventPriority.LowEventPriority.value
            QCoreApplication.postEvent(self._pump, QEvent(_Pump.KIND), priority)

    def _drain(self) -> None:
        """Run what was queued when the turn began, and stop early for Qt's sake.

        A callback that starts a nested Qt loop (a modal dialog, `processEvents`) lands here again from inside. Running
        callbacks then would enter a task from within a task: asyncio refuses, and the wake-up is lost for ever. So
        nothing runs until the callback has returned; it is late then, not lost.
        """
        self._posted = False
        if self._draining or self.is_closed():
            return
        self._draining = True
        end, turn = self.time() + _TURN_SECONDS, len(self._queue)
        try:
            while turn and self._queue:
                handle = self._queue.popleft()
                turn -= 1
                if not handle.cancelled():
                    handle._run()
                if self.time() > end:
                    break
        finally:
            self._draining = False
            if self._queue:
                self._post()

    # -- timers --------------------------------------------------------------------------------------------------------

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back no sooner than ``delay`` seconds from now."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back no sooner than ``when`` on :meth:`time`'s clock."""
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        if when <= self.time():
            # Already due: behind what is queued, in front of what comes later.
            self._queue.append(handle)
            self._post()
            return handle
        handle._scheduled = True  # type: ignore[attr-defined]
        heapq.heappush(self._heap, handle)
        if self._heap[0] is handle:
            self._arm()
        return handle

    def live_timers(self) -> int:
        """Number of Qt timers this loop keeps running: one while anything waits, else none."""
        return int(self._alarm.isActive())

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio's hook, called just before a timer handle is marked cancelled."""
        if not handle._scheduled:  # type: ignore[attr-defined]
            return
        self._cancelled_in_heap += 1
        if self._cancelled_in_heap == len(self._heap):
            for dead in self._heap:
                dead._scheduled = False  # type: ignore[attr-defined]
            self._heap.clear()
            self._cancelled_in_heap = 0
            self._arm()
        elif self._cancelled_in_heap > 100 and self._cancelled_in_heap * 2 > len(self._heap):
            alive = [h for h in self._heap if not h.cancelled() and h is not handle]
            for dead in self._heap:
                dead._scheduled = False  # type: ignore[attr-defined]
            for kept in alive:
                kept._scheduled = True  # type: ignore[attr-defined]
            heapq.heapify(alive)
            self._heap = alive
            self._cancelled_in_heap = 0
            self._arm()

    def _arm(self) -> None:
        if self._heap:
            wait = math.ceil((self._heap[0].when() - self.time()) * 1000)
            self._alarm.start(max(0, wait))
        else:
            self._alarm.stop()

    def _due(self) -> None:
        now = self.time()
        while self._heap and self._heap[0].when() <= now:
            handle = heapq.heappop(self._heap)
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle.cancelled():
                self._cancelled_in_heap -= 1
            else:
                self._queue.append(handle)
        if self._queue:
            self._post()
        self._arm()

    # -- life ----------------------------------------------------------------------------------------------------------

    def run_until_complete(self, future: Any) -> Any:
        """Run until ``future`` is done and give its result.

        qasync's own version processes Qt events once more after the loop stopped,
        which runs callbacks with no running loop; this one does not.

        Raises:
            RuntimeError: The application quit before the future was done.
        """
        task = asyncio.ensure_future(future, loop=self)

        def stop(_: object) -> None:
            self.stop()

        task.add_done_callback(stop)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(stop)
        if not task.done():
            raise RuntimeError("The application quit before its main task was done.")
        return task.result()

    def close(self) -> None:
        """Stop the timer, drop what is queued, and let go of the threads."""
        if self.is_closed():
            return
        self._alarm.stop()
        self._heap.clear()
        self._queue.clear()
        super().close()


def run(
    main: Callable[[], Coroutine[Any, Any, _Result]],
    *,
    app: QCoreApplication | None = None,
    debug: bool | None = None,
) -> _Result:
    """Run ``main`` on a :class:`QtLoop` until it returns; the way the program starts.

    Args:
        main: The coroutine function of the whole program.
        app: The application; the current one when left out.
        debug: asyncio's debug mode; left out, ``PYTHONASYNCIODEBUG`` decides.
    """

    def factory() -> asyncio.AbstractEventLoop:
        return QtLoop(app)

    with asyncio.Runner(loop_factory=factory, debug=debug) as runner:
        return runner.run(main())
