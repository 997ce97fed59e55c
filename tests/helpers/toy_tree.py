"""A copy of the program with a fifth venue in it, made from the skeleton as the guide says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: The toy's name; no word of the program has it in it.
NAME = "kestrel"

#: Where a venue's line goes.
REGISTRY = "app/venues/registry.py"
_LAST_LINE = "}\n\n\ndef load("


def copy_program(root: Path, tree: Path) -> None:
    """Copy the program, its tests and its settings, with what is compiled of them already."""
    for folder in ("app", "tests"):
        shutil.copytree(root / folder, tree / folder)
    shutil.copy(root / "pyproject.toml", tree)


def add_venue(root: Path, tree: Path) -> None:
    """Follow the guide: copy the skeleton, rename it, and put a line into the registry."""
    skeleton = root / "resources/skeleton"
    for source in sorted(skeleton.rglob("*.py")):
        target = tree / renamed(source.relative_to(skeleton).as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(source.read_text(encoding="utf-8")), encoding="utf-8")
    replace(tree / REGISTRY, _LAST_LINE, f'    "{NAME}": "app.venues.{NAME}",\n{_LAST_LINE}')


def renamed(text: str) -> str:
    """Return a text of the skeleton under the toy's name."""
    return text.replace("example", NAME).replace("Example", NAME.title())


def replace(path: Path, anchor: str, text: str) -> None:
    """Put a text in the place of an anchor that must stand in a file just once."""
    before = path.read_text(encoding="utf-8")
    assert before.count(anchor) == 1, f"{path.name} has “{anchor.strip()}” {before.count(anchor)} times"
    path.write_text(before.replace(anchor, text), encoding="utf-8")


def contents(tree: Path) -> dict[str, bytes]:
    """Return what every file of a copy holds, by its path below the copy."""
    files = (path for path in tree.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in files}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """Return the files that are new, gone, or other than before."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def python(tree: Path, *arguments: str) -> str:
    """Run Python with a copy of the program and return what it printed; its complaint is the failure message."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    command = [sys.executable, *arguments]
    ended = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
