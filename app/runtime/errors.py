"""One place where every unexpected error ends: logged, kept, and told to whoever listens.

A trader who sees nothing believes all is well, so nothing that fails may fail
quietly. Tasks, Qt slots, threads and the event loop all report here; the window
listens and shows a banner, the journal listens and writes a line.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from app.runtime.logs import without_secrets

log = logging.getLogger("redline.errors")

#: Number of problems remembered for the window; the log has them all.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class UnhandledProblem:
    """An error nobody handled.

    Attributes:
        where: What was being done, in words a person can use ("task bitso stream").
        error: The exception itself.
    """

    where: str
    error: BaseException

    @property
    def sentence(self) -> str:
        """One line for the banner, secrets taken out."""
        text = str(self.error) or type(self.error).__name__
        return without_secrets(f"{self.where}: {text}")


class ErrorSink:
    """Takes every unhandled error, logs it and passes it on."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[UnhandledProblem], None]] = []
        self._kept: deque[UnhandledProblem] = deque(maxlen=_KEPT)

    @property
    def problems(self) -> tuple[UnhandledProblem, ...]:
        """The latest problems, oldest first."""
        return tuple(self._kept)

    def listen(self, listener: Callable[[UnhandledProblem], None]) -> Callable[[], None]:
        """Call ``listener`` with each new problem; returns the way to stop that."""
        self._listeners.append(listener)

        def forget() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return forget

    def report(self, where: str, error: BaseException) -> None:
        """Take one error. Never raises: a listener that fails is logged and skipped."""
        problem = UnhandledProblem(where, error)
        self._kept.append(problem)
        log.error("%s", problem.sentence, exc_info=error)
        for listener in tuple(self._listeners):
            try:
                listener(problem)
            except (Exception, asyncio.CancelledError):  # noqa: BLE001 - the last line of defence may not fall
                log.exception("A listener of the error sink failed.")

    @contextmanager
    def installed(self, loop: asyncio.AbstractEventLoop | None = None) -> Iterator[ErrorSink]:
        """Take over the process's hooks for unhandled errors, and give them back after.

        Args:
            loop: A loop whose exception handler is taken over as well.
        """
        old_hook, old_thread_hook = sys.excepthook, threading.excepthook

        def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                old_hook(kind, error, trace)
            else:
                self.report("window", error)

        def on_thread_error(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                name = args.thread.name if args.thread else "unnamed"
                self.report(f"thread {name}", args.exc_value)

        def on_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception") or RuntimeError(context["message"])
            self.report("event loop", error)

        sys.excepthook, threading.excepthook = on_error, on_thread_error
        if loop is not None:
            loop.set_exception_handler(on_loop_error)
        try:
            yield self
        finally:
            sys.excepthook, threading.excepthook = old_hook, old_thread_hook
            if loop is not None and not loop.is_closed():
                loop.set_exception_handler(None)
