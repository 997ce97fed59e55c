"""The files the repository consists of."""

from __future__ import annotations

import subprocess
from pathlib import Path

_GENERATED = {"build", "dist", "redline-tour", "__pycache__"}


def tracked_files(root: Path) -> list[Path]:
    """Return the files git tracks below the root; every source-like file where there is no git.

    Args:
        root: The checkout, or an unpacked source archive.
    """
    command = ["git", "-C", str(root), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split("\0")
    except (FileNotFoundError, subprocess.CalledProcessError):
        return sorted(path for path in root.rglob("*") if path.is_file() and not _ignored(path, root))
    return sorted(path for name in listed if name and (path := root / name).is_file())


def tracked_texts(root: Path) -> dict[str, str]:
    """Return the text of every tracked text file, by its path below the root."""
    texts: dict[str, str] = {}
    for path in tracked_files(root):
        content = path.read_bytes()
        if b"\0" not in content:
            texts[path.relative_to(root).as_posix()] = content.decode("utf-8")
    return texts


def _ignored(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    return any(part in _GENERATED or (part.startswith(".") and part != ".ci") for part in parts[:-1])
