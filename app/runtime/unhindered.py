"""Keep Python's garbage collector out of the program's start: what is imported and built then stays, and is no garbage.

It would look through all of that again and again, two hundred times until the first list of orders is on screen.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unhindered() -> Iterator[None]:
    """Collect nothing while the block lasts, or until `settle` ends that."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def settle() -> None:
    """Collect from now on what becomes garbage; what is there by now is never looked through again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
