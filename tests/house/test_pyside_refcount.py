"""The installed PySide6 keeps its hands off ``None``.

PySide6 6.12.0 releases one reference to ``None`` on every call of a void C++ method and one to ``True`` on every
``Signal.emit()``. On Python 3.11 some ten thousand calls end the process with ``none_dealloc``; from 3.12 on both
objects are immortal and nothing shows. When a later release passes this test on 3.11, the pin in pyproject.toml and
the refusal in app/runtime/preflight.py may go.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

CALLS = 200
NOISE = 20
"""Reference counts move a little on their own; the fault moves them by one a call."""

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on")


class Sender(QObject):
    """Something with a signal to emit.

    Signals:
        pinged: Carries nothing.
    """

    pinged = Signal()


def lost(call: Callable[[], object], thing: object) -> int:
    """Return how many references to a thing a number of calls has taken away."""
    before = sys.getrefcount(thing)
    for _ in range(CALLS):
        call()
    return before - sys.getrefcount(thing)


def test_a_void_method_takes_no_reference_to_none() -> None:
    thing = QObject()
    assert abs(lost(lambda: thing.setObjectName("order"), None)) < NOISE


@pytest.mark.parametrize("name", ["interval", "single_shot", "process_events"])
def test_other_void_methods_take_none_either(qapp: QCoreApplication, name: str) -> None:
    timer = QTimer()
    calls: dict[str, Callable[[], object]] = {
        "interval": lambda: timer.setInterval(5),
        "single_shot": lambda: timer.setSingleShot(True),
        "process_events": qapp.processEvents,
    }
    assert abs(lost(calls[name], None)) < NOISE


def test_emit_takes_no_reference_to_true() -> None:
    sender = Sender()
    assert abs(lost(sender.pinged.emit, True)) < NOISE
