"""Import of the chart's library beside the window, which goes on meanwhile.

pyqtgraph and numpy take a quarter of a second. On the window's own thread nothing could be typed or sent for so long,
just when the first order is chosen. Beside it the window waits for the interpreter's lock only, a few milliseconds at
a time.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Thread

_NAME = "pyqtgraph"

#: The thread that imports, once it was needed.
_importing: Thread | None = None


def is_brought() -> bool:
    """Return True once the library has been imported, or could not be; the first call begins.

    Where it could not be, importing it again raises the error on the thread that asks for it.
    """
    global _importing
    if _importing is None:
        if _NAME in sys.modules:
            return True
        _importing = Thread(target=_bring, name="chart library")
        _importing.start()
    return not _importing.is_alive()


def _bring() -> None:
    with suppress(ImportError):
        __import__(_NAME)
