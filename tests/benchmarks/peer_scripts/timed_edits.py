"""Timing of amendments of one order: to the last byte handed to a socket, to the answer, and in processor time.

Shared by the scripts beside it, which run in environments of their own: nothing here is Redline's.
"""

from __future__ import annotations

import asyncio
import time
import tomllib
from asyncio.selector_events import _SelectorSocketTransport
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

#: Seconds between two amendments: peers pace themselves, and the venue has a limit.
PAUSE = 0.15

#: When bytes were handed to a socket last.
_handed = [0.0]


def watch() -> None:
    """Note from now on when bytes are handed to a socket."""
    write = _SelectorSocketTransport.write

    def noted(self: _SelectorSocketTransport, data: bytes) -> None:
        write(self, data)
        _handed[0] = time.perf_counter()

    _SelectorSocketTransport.write = noted  # type: ignore[method-assign]


async def timed(amend: Callable[[int], Awaitable[object]], count: int) -> dict[str, list[float]]:
    """Amend so many times, and once before that counts for nothing; all times are in milliseconds."""
    written, answered, used = [], [], []
    for number in range(count + 1):
        await asyncio.sleep(PAUSE)
        began, cpu = time.perf_counter(), time.process_time()
        await amend(number)
        answered.append((time.perf_counter() - began) * 1e3)
        used.append((time.process_time() - cpu) * 1e3)
        written.append((_handed[0] - began) * 1e3)
    return {"written": written[1:], "answered": answered[1:], "cpu": used[1:]}


def account(configuration: Path) -> dict[str, Any]:
    """The account of the configuration whose orders are amended."""
    accounts: list[dict[str, Any]] = tomllib.loads(configuration.read_text("utf-8"))["account"]
    return next(each for each in accounts if each["venue"] == "bitget")
