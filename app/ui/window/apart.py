"""Parts of the window kept apart: a part that fails is told of once, and the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.runtime.errors import ErrorSink


class Apart:
    """Runs parts one by one; an error in one of them goes to the sink and stops none of the others.

    The same error of the same part is reported once: what is shown twice a second would fill the log otherwise.
    """

    def __init__(self, sink: ErrorSink) -> None:
        self._sink = sink
        self._told: set[tuple[str, str]] = set()

    def run(self, parts: dict[str, Callable[[], object]]) -> None:
        """Run each part; the keys say what each of them shows, in words a person can use."""
        for name, part in parts.items():
            try:
                part()
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever it is, the other parts go on
                self.report(name, error)

    def report(self, name: str, error: BaseException) -> None:
        """Tell of an error of a part, if it was not told before."""
        key = (name, f"{type(error).__name__}: {error}")
        if key not in self._told:
            self._told.add(key)
            self._sink.report(f"{name} may be old", error)
