"""Refuse nested Qt event loops inside asyncio tasks, for tests and debug runs.

One ``dialog.exec()`` inside a coroutine (or in a slot a coroutine's signal calls) permanently wedges every task that
tries to wake while the dialog is open: asyncio says "Cannot enter into task" and the wake-up is lost. The rule is
``open()`` and a future; this guard turns a breach into an error at the place where it happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMenu, QMessageBox

_ENTRANCES: tuple[tuple[type, tuple[str, ...]], ...] = (
    (QDialog, ("exec",)),
    (QMessageBox, ("exec", "about", "critical", "information", "question", "warning")),
    (QInputDialog, ("getText", "getItem", "getInt", "getDouble", "getMultiLineText")),
    (QFileDialog, ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory")),
    (QMenu, ("exec",)),
    (QDrag, ("exec",)),
)


class NestedLoopError(RuntimeError):
    """A modal call was made inside an asyncio task."""


def _inside_a_task() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


def _refusing(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if _inside_a_task():
            raise NestedLoopError(f"{name} would stop every other task; use open() and await a future instead.")
        return original(*args, **kwargs)

    return guarded


@contextmanager
def no_nested_loops() -> Iterator[None]:
    """Make every modal Qt call raise :class:`NestedLoopError` while an asyncio task is running."""
    kept: list[tuple[type, str, Any, bool]] = []
    for owner, names in _ENTRANCES:
        for name in names:
            original = getattr(owner, name)
            kept.append((owner, name, original, name in vars(owner)))
            guarded = _refusing(f"{owner.__name__}.{name}", original)
            static = name != "exec"
            setattr(owner, name, staticmethod(guarded) if static else guarded)
    try:
        yield
    finally:
        for owner, name, original, own in kept:
            if own:
                setattr(owner, name, original)
            else:
                delattr(owner, name)
