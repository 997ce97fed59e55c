"""Modules that are imported after Qt's binding are not searched for its name, and Qt works in them as before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.runtime.qt_imports import search_no_sources

pytestmark = pytest.mark.sockets

PROGRAM = """
import inspect, sys
from PySide6.QtCore import QObject, Signal
from app.runtime.qt_imports import search_no_sources
assert search_no_sources()
read = []
source = inspect.getsource
inspect.getsource = lambda each: read.append(each) or source(each)
import app.domain.plan, app.ui.look.theme
assert not read, read
theme = app.ui.look.theme.Theme(app.ui.look.theme.DARK)
heard = []
theme.changed.connect(lambda: heard.append(1))
theme.use(app.ui.look.theme.LIGHT)
assert heard
assert QObject().objectName() == ""
"""


def test_no_source_is_read_and_qt_works() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_where_the_binding_asks_otherwise_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shibokensupport.feature", sys)
    assert not search_no_sources()
    monkeypatch.delitem(sys.modules, "shibokensupport.feature")
    assert not search_no_sources()
