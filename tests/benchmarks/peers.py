"""Peers that Redline is measured beside: where they are installed, and how a script runs in one's environment.

`sh tests/run.sh bench` installs those of peers.txt into build/peers. A script of a peer lies in peer_scripts, imports
nothing of ours and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "peers"
SCRIPTS = Path(__file__).parent / "peer_scripts"

PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Missing:
    """A peer that could not be measured, and why."""

    why: str


def pins(text: str) -> dict[str, str]:
    """Versions by package, of lines as `package==version`."""
    lines = (line.strip() for line in text.splitlines())
    return dict(line.split("==", 1) for line in lines if line and not line.startswith("#"))


def named(package: str) -> str:
    """A peer's name with its version."""
    return f"{package} {pins((Path(__file__).parent / 'peers.txt').read_text('utf-8'))[package]}"


def run(package: str, script: str, *arguments: object) -> dict[str, Any] | Missing:
    """Run a peer's script and return what it printed; `package` "" stands for our own environment."""
    python = HOME / package / "bin" / "python" if package else Path(sys.executable)
    if not python.exists():
        reason = HOME / f"{package}.why"
        last = reason.read_text("utf-8").strip().splitlines()[-1:] if reason.exists() else []
        return Missing(last[0] if last else "sh tests/run.sh bench installs it")
    return said([str(python), str(SCRIPTS / script), *map(str, arguments)])


def ours(module: str, *arguments: object) -> dict[str, Any]:
    """Run a module of ours as a process of its own and return what it printed.

    Raises:
        SystemExit: it failed; its last line is told.
    """
    found = said([sys.executable, "-m", module, *map(str, arguments)])
    if isinstance(found, Missing):
        raise SystemExit(f"{module}: {found.why}")
    return found


def said(command: Sequence[str]) -> dict[str, Any] | Missing:
    """The JSON object that a command prints last, or why there is none."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=PATIENCE)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        lines = done.stderr.strip().splitlines() if isinstance(error, (ValueError, IndexError)) else []
        return Missing(lines[-1] if lines else type(error).__name__)
    return found
