"""What the README says is told when something is wrong: each line of its table is tried."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Practice

README = Path(__file__).parents[2] / "README.md"

#: A line of the table: what is tried, what is told, the command.
LINE = re.compile(r"^\| (?P<tried>[^|]+) \| (?P<told>[^|]+) \| `(?P<command>[^`]+)` \|$", re.MULTILINE)

TABLE = README.read_text(encoding="utf-8").partition("\n## When something is wrong\n")[2].partition("\n## ")[0]
LINES = [(each["tried"], each["told"], each["command"]) for each in LINE.finditer(TABLE)]
TESTS = [command for _, _, command in LINES if command.startswith("pytest ")]
BENCHMARKS = [command for _, _, command in LINES if command.startswith("python -m tests.benchmarks.")]
TRIED = [line for line in LINES if line[2] not in TESTS + BENCHMARKS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the checkout, for commands that leave files where they run."""
    made = tmp_path_factory.mktemp("checkout")
    (made / "resources").symlink_to(README.parent / "resources")
    (made / "README.md").write_bytes(README.read_bytes())
    return made


@pytest.fixture(scope="module")
def beside(folder: Path) -> Iterator[Practice]:
    """The practice venues the README starts beside them."""
    made = Practice(folder, "--quiet")
    yield made
    made.stop()


def test_no_line_of_the_table_is_left_out() -> None:
    lines = [line for line in TABLE.splitlines() if line.startswith("| ")]
    assert len(lines) == len(LINES) + 2, "its head and its rule, and lines of three cells"
    assert len(TRIED) >= 10


@pytest.mark.sockets
@pytest.mark.parametrize("tried, told, command", TRIED, ids=[tried for tried, _, _ in TRIED])
def test_it_is_told(tried: str, told: str, command: str, folder: Path, beside: Practice) -> None:
    before = sorted(folder.iterdir())
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    said = " ".join((done.stdout + done.stderr).split())
    assert told in said
    assert "Traceback" not in said
    assert sorted(folder.iterdir()) == before


def test_what_it_names_is_there(repo_root: Path) -> None:
    for command in TESTS:
        for name in shlex.split(command)[1:]:
            assert "def test_" in (repo_root / name).read_text(encoding="utf-8"), name
    for command in BENCHMARKS:
        assert (repo_root / f"{command.split()[2].replace('.', '/')}.py").exists(), command
