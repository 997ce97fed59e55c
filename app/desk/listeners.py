"""Those who are told what each event touched: views of the window, verbs that wait, tests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from app.desk.supervision import FAULTS, fault_text

log = logging.getLogger("redline.desk")

#: Told of the rows and accounts that an event touched.
Listener = Callable[[frozenset[str], frozenset[str]], None]


class Listeners:
    """Views of one desk, each apart from the others."""

    def __init__(self, complain: Callable[[str], object]) -> None:
        """Know nobody yet.

        Args:
            complain: puts a sentence about a view that failed where a person will see it.
        """
        self._complain = complain
        self._each: list[Listener] = []
        self._waiting: list[asyncio.Event] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        """Tell one more from now on; returns a function that ends it."""
        self._each.append(listener)
        return lambda: self._each.remove(listener)

    def tell(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        """Tell everyone; one that fails takes nothing from the others."""
        for listener in list(self._each):
            try:
                listener(rows, accounts)
            except FAULTS as error:
                log.exception("a view of the desk failed")
                text = f"A part of this program that shows orders failed ({fault_text(error)}); what it shows may be "
                self._complain(text + "old. Start Redline again; REDLINE_LOG=info:FILE keeps what failed.")
        for waiter in self._waiting:
            waiter.set()

    async def wait(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so, looking after each event; False when the time is over first."""
        waiter = asyncio.Event()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    waiter.clear()
                    await waiter.wait()
        except TimeoutError:
            return is_so()
        else:
            return True
        finally:
            self._waiting.remove(waiter)
