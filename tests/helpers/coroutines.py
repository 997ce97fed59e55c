"""Pytest plugin: an ``async def`` test that asks for no Qt loop runs on asyncio's own.

It fails when it leaves a task running or takes longer than half a minute, which is a guard against a hang and no
measurement.
"""

from __future__ import annotations

import asyncio
import inspect

import pytest

LIMIT_S = 30.0


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Await coroutine tests that did not ask for ``qloop``; leave all others to pytest."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or "qloop" in pyfuncitem.funcargs:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    left = asyncio.run(_watched(pyfuncitem.obj(**arguments)))
    assert not left, f"test left tasks running: {left}"
    return True


async def _watched(test: object) -> list[str]:
    """Await the test and describe the tasks it leaves; asyncio.run() cancels them."""
    assert inspect.iscoroutine(test)
    async with asyncio.timeout(LIMIT_S):
        await test
    # One turn of the loop, so that a task cancelled or finished in the last step can end.
    await asyncio.sleep(0)
    current = asyncio.current_task()
    return [repr(task) for task in asyncio.all_tasks() if task is not current and not task.done()]
