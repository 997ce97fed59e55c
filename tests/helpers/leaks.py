"""Pytest plugin: a test that uses Qt fails when it leaves a QTimer active or a QThread running.

Such a leftover fires inside a later test, which then fails for no reason of its own. Only tests that ask for
``qapp`` (directly or through ``qtbot`` or ``qloop``) are watched; Qt is imported for no other.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _qt_leaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if "qapp" not in request.fixturenames:
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer

    # Set up before qtbot, so that this looks after qtbot has closed its widgets.
    started: dict[int, weakref.ref[Any]] = {}
    for kind in (QTimer, QThread):
        monkeypatch.setattr(kind, "start", _recording(kind.start, started))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [thing for reference in started.values() if (thing := reference()) is not None and _alive(thing)]
    described = [f"{type(thing).__name__} {thing.objectName()!r} of {thing.parent()!r}" for thing in left]
    for thing in left:
        _stop(thing)
    if described:
        pytest.fail("left running after the test:\n  " + "\n  ".join(described), pytrace=False)


def _recording(start: Callable[..., Any], started: dict[int, weakref.ref[Any]]) -> Callable[..., Any]:
    def recorded(self: Any, *args: Any) -> Any:
        started[id(self)] = weakref.ref(self)
        return start(self, *args)

    return recorded


def _alive(thing: Any) -> bool:
    import shiboken6
    from PySide6.QtCore import QTimer

    if not shiboken6.isValid(thing):
        return False
    return bool(thing.isActive() if isinstance(thing, QTimer) else thing.isRunning())


def _stop(thing: Any) -> None:
    from PySide6.QtCore import QTimer

    if isinstance(thing, QTimer):
        thing.stop()
    else:
        thing.quit()
        thing.wait(2000)
