"""The installed program as a process, against practice venues that are a process of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

#: The program as pip installed it, beside the interpreter that runs the tests.
REDLINE = Path(sys.executable).with_name("redline")


@dataclass(frozen=True, slots=True)
class Done:
    """How a verb ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


class Practice:
    """A running `redline practice` and the verbs against it; instead of `program` a checkout, `tree`."""

    def __init__(self, folder: Path, *arguments: str, tree: Path | None = None, program: Path = REDLINE) -> None:
        self.config = folder / "practice.toml"
        self._program = [str(program)] if tree is None else [sys.executable, "-m", "app"]
        self._environment = os.environ | ({} if tree is None else {"PYTHONPATH": str(tree)})
        command = [*self._program, "practice", "--config-out", str(self.config), *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stderr=pipe, text=True, cwd=folder, env=self._environment)
        for _ in range(500):
            if self.config.exists() or self.process.poll() is not None:
                break
            time.sleep(0.02)
        assert self.config.exists(), self.process.communicate()[1]
        self.control = tomllib.loads(self.config.read_text())["practice"]["control"]

    def run(self, *arguments: str, config: Path | None = None) -> Done:
        """Run one verb on this configuration."""
        verb, *rest = arguments
        command = [*self._program, verb, *rest, "--config", str(config or self.config)]
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self._environment,
            cwd=self.config.parent,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Done(ended.returncode, ended.stdout, ended.stderr)

    def order(self, **wanted: object) -> str:
        """The id of the one open order with these values."""
        rows = self.run("orders", "--json").json["orders"]
        found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
        assert len(found) == 1, [row["order"] for row in found]
        return str(found[0]["order"])

    def tell(self, path: str, **body: object) -> Any:
        """Ask the practice world's control endpoint."""
        request = urllib.request.Request(f"{self.control}/{path}", json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def stop(self) -> int:
        """End it as Ctrl-C would."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    """A fresh practice day with a quiet market."""
    found = Practice(tmp_path, "--quiet")
    yield found
    assert found.stop() == 0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A practice day that the tests of a file share which send nothing; they prove that themselves."""
    found = Practice(tmp_path_factory.mktemp("shared"), "--quiet")
    yield found
    assert found.stop() == 0
