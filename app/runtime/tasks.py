"""Background tasks that cannot be lost: strong references, names, one error sink.

asyncio keeps only weak references to tasks, so a task nobody holds may vanish
half way; and an exception in a task nobody awaits is told, if at all, when the
garbage is collected. An amendment may not depend on either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from app.runtime.errors import ErrorSink


class Tasks:
    """The tasks of one running program or one window."""

    def __init__(self, sink: ErrorSink) -> None:
        self._sink = sink
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._running)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tasks still running, sorted."""
        return tuple(sorted(task.get_name() for task in self._running))

    def spawn(self, work: Coroutine[Any, Any, object], *, name: str) -> asyncio.Task[Any]:
        """Start ``work`` now and keep it until it ends.

        Args:
            work: The coroutine.
            name: What it does; it heads the sentence when the task fails.

        Raises:
            RuntimeError: :meth:`close` was called before.
        """
        if self._closed:
            work.close()
            raise RuntimeError(f"The program is ending; {name} was not started.")
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled():
            if not task.cancelling():
                why = "it was stopped, and nobody had asked for that"
                self._sink.report(task.get_name(), asyncio.CancelledError(why))
            return
        error = task.exception()
        if error is not None:
            self._sink.report(task.get_name(), error)

    async def close(self, patience: float = 5.0) -> tuple[str, ...]:
        """Cancel everything and wait until it has cleaned up behind itself.

        Args:
            patience: Seconds the tasks get for their ``finally`` blocks.

        Returns:
            Names of the tasks that would not end in time.
        """
        self._closed = True
        mine = asyncio.current_task()
        waiting = {task for task in self._running if task is not mine}
        for task in waiting:
            task.cancel()
        if not waiting:
            return ()
        _, stuck = await asyncio.wait(waiting, timeout=patience)
        return tuple(sorted(task.get_name() for task in stuck))
