"""End of the program: the window asks, the main task cleans up, then the window closes.

Qt would like to quit the moment the last window closes, in the middle of
whatever the connectors are doing. So closing the window only *asks*; the main
task stops the connectors, closes the journal, and gives leave to close::

    async def main() -> int:
        life = Lifecycle()
        window = MainWindow(..., life=life)
        window.show()
        await life.stopping()
        await tasks.close()
        life.allow_close()
        window.close()
        return 0
"""

from __future__ import annotations

import asyncio


class Lifecycle:
    """A wish to stop and a leave to close, kept apart."""

    def __init__(self) -> None:
        self._stop = asyncio.Event()
        self._may_close = False

    @property
    def may_close(self) -> bool:
        """True once the window may really close."""
        return self._may_close

    def request_stop(self) -> None:
        """Ask the program to end. Asking twice is the same as asking once."""
        self._stop.set()

    def allow_close(self) -> None:
        """Said by the main task once nothing is left to clean up."""
        self._may_close = True

    async def stopping(self) -> None:
        """Wait until somebody asks the program to end."""
        await self._stop.wait()
