"""Change the pure code of a venue at random points, one at a time, and see whether the venue's own tests notice.

    python -m tests.benchmarks.mutation --venue bitget --count 75 --seed 1

Each change is made in a copy of the tree; the checkout is never touched. What no test notices is printed with its place
and its change: it needs a test, or, where nothing that a venue may send could tell the two apart, a line with the
reason in `equivalent.txt`. By hand, not in CI: it takes a few seconds a change. The exit code is 1 below the rate.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.mutation_points import Point, points

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.txt")

#: Rooms of a venue that are pure.
ROOMS = ("rules", "wire")

#: Rules quoted from documents: texts and links that no test repeats.
NOT_CODE = frozenset({"citations.py", "__init__.py"})

#: Share of the changes that the tests have to notice.
ENOUGH = 0.95

#: Seconds after which a run of the tests counts as one that noticed: an endless loop is a failure.
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Change:
    """A point in a file, from the root of the tree."""

    file: str
    point: Point

    def __str__(self) -> str:
        return f"{self.file}:{self.point.line}: {self.point.change}   in: {self.point.text}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Name of the change that stays true when lines move."""
        return (self.file, self.point.change, self.point.text)


def changes(venue: str, root: Path = ROOT) -> list[Change]:
    """Every change of the venue's pure code."""
    return [
        Change(str(path.relative_to(root)), point)
        for room in ROOMS
        for path in sorted((root / "app" / "venues" / venue / room).rglob("*.py"))
        if path.name not in NOT_CODE
        for point in points(path.read_bytes())
    ]


def equivalents(text: str) -> dict[tuple[str, str, str], str]:
    """Reasons by change: lines of file, change, line of code and reason, parted by “ | ”; # begins a comment."""
    found: dict[tuple[str, str, str], str] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            file, change, code, reason = line.split(" | ", 3)
            found[(file, change, code)] = reason
    return found


class Copy:
    """One copy of the tree."""

    def __init__(self, folder: Path, tests: Sequence[str]) -> None:
        self.folder = folder
        self._tests = tests
        ignore = shutil.ignore_patterns("__pycache__", ".git", ".venv", "*.db")
        for name in ("app", "tests", "resources"):
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
        for name in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / name, folder / name)

    def notices(self, change: Change | None) -> bool:
        """Run the tests with a change made; True if one fails, or none ends."""
        if change is None:
            return self._fails(self._tests)
        path = self.folder / change.file
        before = path.read_bytes()
        path.write_bytes(change.point.applied(before))
        # Compiled code is told apart by whole seconds and size, which a change may leave as they are.
        for old in path.parent.glob(f"__pycache__/{path.stem}.*"):
            old.unlink()
        try:
            return self._fails(self._nearest_first(change.file))
        finally:
            path.write_bytes(before)
            for old in path.parent.glob(f"__pycache__/{path.stem}.*"):
                old.unlink()

    def _nearest_first(self, file: str) -> list[str]:
        """The tests, those of the file itself first: the first failure ends a run."""
        path = Path(file)
        own = Path("tests", *path.parts[1:-1], f"test_{path.name}")
        return [str(own), *self._tests] if (self.folder / own).exists() else [*self._tests]

    def _fails(self, tests: Sequence[str]) -> bool:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "QT_QPA_PLATFORM": "offscreen"}
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0


def run(venue: str, chosen: Iterable[Change], jobs: int) -> list[Change]:
    """Try every change; return those that no test noticed.

    Raises:
        RuntimeError: if the tests fail without any change.
    """
    tests = [f"tests/venues/{venue}/{room}" for room in ROOMS]
    free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    survivors: list[Change] = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        copies = [Copy(Path(folder) / str(number), tests) for number in range(jobs)]
        if copies[0].notices(None):
            raise RuntimeError(f"The tests of {venue} fail as they are.")
        for each in copies:
            free.put(each)

        def attempt(change: Change) -> tuple[Change, bool]:
            copy = free.get()
            try:
                return change, copy.notices(change)
            finally:
                free.put(copy)

        for change, noticed in pool.map(attempt, chosen):
            if not noticed:
                survivors.append(change)
                sys.stdout.write(f"SURVIVED {change}\n")
                sys.stdout.flush()
    return survivors


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Change a venue's pure code at random points, and test each change.")
    parser.add_argument("--venue", required=True)
    parser.add_argument("--count", type=int, default=75)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--file", default="", help="only files whose path holds this")
    arguments = parser.parse_args()
    known = equivalents(EQUIVALENT.read_text(encoding="utf-8"))
    every = [each for each in changes(arguments.venue) if each.key not in known and arguments.file in each.file]
    chosen = random.Random(arguments.seed).sample(every, min(arguments.count, len(every)))
    began = time.monotonic()
    survivors = run(arguments.venue, chosen, arguments.jobs)
    rate = 1 - len(survivors) / len(chosen)
    sys.stdout.write(
        f"{arguments.venue}: {len(chosen) - len(survivors)} of {len(chosen)} changes noticed ({rate:.1%}), "
        f"{len(every)} possible, seed {arguments.seed}, {time.monotonic() - began:.0f} s\n"
    )
    return 0 if rate >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
