"""`redline doctor`: what would stop the ticket on this machine, one sentence each."""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import version

from app.cli.output import answer, answer_json, joined, json_text
from app.cli.parser import EXIT_INPUT, EXIT_OK
from app.runtime.preflight import problems

_LIBRARIES = ("PySide6-Essentials", "qasync", "httpx", "websockets", "pyqtgraph")


def run(arguments: argparse.Namespace) -> int:
    """Print versions and problems; exit 2 if there is a problem."""
    versions = {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}}
    obstacles = problems()
    if arguments.json:
        answer_json(json_text({"versions": versions, "problems": obstacles}))
    else:
        lines = [f"{name} {number}" for name, number in versions.items()]
        answer(joined([*lines, *(obstacles or ["Nothing stands against opening the window."])]))
    return EXIT_INPUT if obstacles else EXIT_OK
