"""Pytest plugin for asyncio tests inside Qt: the ``qloop`` fixture and the hook that awaits such tests.

An ``async def`` test that asks for ``qloop`` runs on the window's own event loop. It fails if it takes longer than
45 seconds or leaves a task running. Inside it, await futures: ``qtbot.waitUntil`` would spin a nested loop, and a
nested loop inside a task wedges every other task.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.runtime.qtloop import QtLoop
from tests.helpers.exec_guard import no_nested_loops

LIMIT_S = 45.0
"""A wedge detector, not a measurement: far above what any of these tests needs, on a busy machine as well."""


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[QtLoop]:
    """A fresh event loop on the test's application."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = QtLoop(qapp)
    asyncio.set_event_loop(loop)
    with no_nested_loops():
        yield loop
    left = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)
    assert not left, f"test left tasks running: {left}"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Await coroutine tests that asked for ``qloop``; leave all others to pytest."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or "qloop" not in pyfuncitem.funcargs:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    work = pyfuncitem.obj(**arguments)
    loop = pyfuncitem.funcargs["qloop"]
    assert isinstance(loop, QtLoop)
    loop.run_until_complete(asyncio.wait_for(work, LIMIT_S))
    return True
