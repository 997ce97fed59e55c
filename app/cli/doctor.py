"""`redline doctor`: what would stop the ticket on this machine, one sentence each."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from app.cli.output import answer, answer_json, joined, json_text
from app.cli.parser import EXIT_INPUT, EXIT_OK
from app.runtime.displays import unshown
from app.runtime.preflight import problems
from app.runtime.resources import resource_path

#: Libraries to the module each is found by.
_LIBRARIES = {
    "PySide6-Essentials": "PySide6",
    "qasync": "qasync",
    "httpx": "httpx",
    "websockets": "websockets",
    "pyqtgraph": "pyqtgraph",
}

#: Stands for the version of a library that is there without its description.
_UNKNOWN = "of unknown version"


def run(arguments: argparse.Namespace, further: Iterable[str] = ()) -> int:
    """Print versions and problems; exit 2 if there is a problem.

    Args:
        arguments: of the command line.
        further: sentences on what stands against reaching the venues.
    """
    versions = {"python": platform.python_version(), **{name: _version(name) for name in _LIBRARIES}}
    obstacles = [*_own_files(), *_libraries(), *further]
    notes = [note for note in [unshown(os.environ)] if note]
    if arguments.json:
        answer_json(json_text({"versions": versions, "problems": obstacles, "notes": notes}))
    else:
        lines = [f"{name} {number or 'is missing'}" for name, number in versions.items()]
        answer(joined([*lines, *notes, *(obstacles or ["Nothing stands against opening the window."])]))
    return EXIT_INPUT if obstacles else EXIT_OK


def _version(name: str) -> str | None:
    """The version of a library; None if it is missing."""
    if find_spec(_LIBRARIES[name]) is None:
        return None
    try:
        return version(name)
    except PackageNotFoundError:
        return _UNKNOWN


def _own_files() -> list[str]:
    """Sentences on Redline's own files that are missing, and on what else stands against the window."""
    try:
        if not any(resource_path("fonts").rglob("*.[to]tf")):
            return ["Redline's own fonts are missing: install Redline again.", *problems()]
        return problems()
    except FileNotFoundError as error:
        return [str(error)]


def _libraries() -> list[str]:
    """A sentence on each library that is missing; on that of Qt the preflight has one."""
    missing = [name for name, module in _LIBRARIES.items() if module != "PySide6" and find_spec(module) is None]
    return [f"{name} is not installed: run `sh resources/run.sh`, or install Redline again." for name in missing]
