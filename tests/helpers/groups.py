"""Pytest plugin: sort tests into groups, so that `sh tests/run.sh fast` can leave out whatever takes long.

A test is marked by its folder, or by what its module reaches: whoever imports a server or `subprocess`, itself or
through a module or a fixture of the tests, is marked `sockets`. So a new test is marked from its birth. A test that
opens a socket or starts a process without the mark fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest

#: Folder to the mark of everything in it.
FOLDERS = {
    "drills": "drills",
    "simulation": "simulation",
    "end_to_end": "sockets",
    "clients": "clients",
    "frozen": "frozen",
}
#: Modules with a socket or a process in them; what lies below them counts too.
NETWORK = (
    *("aiohttp", "app.drills", "app.practice.run_inside", "app.practice.server.http", "app.practice.world"),
    *("subprocess", "websockets.asyncio.server"),
)
#: The mark says more than `sockets` would.
MARKS = ("drills", "simulation", "sockets", "clients", "frozen")
#: Imports `subprocess` to ask git for a list of files, which takes no time.
HARMLESS = "tests.helpers.tracked"

_EVENTS = {"socket.bind", "socket.connect", "subprocess.Popen"}
_running: list[pytest.Item] = []
_opened: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Watch what the interpreter opens; an audit hook stays for the life of the process."""
    sys.addaudithook(_audit)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that its folder or its imports put into a group."""
    _leads_to_network.cache_clear()
    for item in items:
        folder = item.path.relative_to(item.config.rootpath / "tests").parts[0] if _ours(item) else ""
        if folder in FOLDERS:
            item.add_marker(FOLDERS[folder])
        if isinstance(item, pytest.Function) and _reaches_network(item) and not _grouped(item):
            item.add_marker("sockets")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin to watch a test without a mark; what its fixtures open counts too."""
    _opened.clear()
    _running[:] = [] if _grouped(item) else [item]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test without a mark that opened a socket or started a process."""
    yield
    _running.clear()
    if _opened:
        pytest.fail(f"opened {', '.join(sorted(set(_opened)))}: mark it pytest.mark.sockets", pytrace=False)


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in _EVENTS and _running and not (event == "subprocess.Popen" and arguments[0] == "git"):
        _opened.append(event)


def _ours(item: pytest.Item) -> bool:
    return item.path.is_relative_to(item.config.rootpath / "tests")


def _grouped(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(mark) for mark in MARKS)


def _reaches_network(item: pytest.Function) -> bool:
    """Return True if the test's module, or that of a fixture it uses, leads to a module of NETWORK."""
    fixtures = [found.func for several in item._fixtureinfo.name2fixturedefs.values() for found in several]
    return any(_leads_to_network(name) for name in {item.module.__name__, *(each.__module__ for each in fixtures)})


@cache
def _leads_to_network(start: str) -> bool:
    """Return True if a module of the tests leads to a module of NETWORK; asked once every module is imported."""
    todo, seen = [start], {HARMLESS}
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for other in _referred(name):
            if any(other == root or other.startswith(root + ".") for root in NETWORK):
                return True
            if other.startswith("tests."):
                todo.append(other)
    return False


def _referred(name: str) -> set[str]:
    """Return the modules that the names in a module of the tests come from; none for a module of others."""
    module = sys.modules.get(name) if name.startswith("tests.") else None
    values = list(vars(module).values()) if module is not None else []
    origins = [each.__name__ if isinstance(each, ModuleType) else getattr(each, "__module__", "") for each in values]
    return {origin for origin in origins if isinstance(origin, str)}
