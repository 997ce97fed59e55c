"""The practice venues as a child process of our own: they start with us and end with us, however we end."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

from app.runtime.logs import VARIABLE
from app.runtime.own_door import own_door
from app.runtime.temporary import TemporaryFolder

#: Seconds the practice venues may take to open their listeners before we call it a failure.
START_LIMIT = 20.0


class PracticeStartError(RuntimeError):
    """The practice venues did not start; the message is one sentence that says what to do."""


class PracticeChild:
    """Runs `redline practice` as a child. It ends when its standard input closes, so a crash of ours ends it too."""

    def __init__(self, seed: int | None = None, *, quiet: bool = False) -> None:
        """Prepare the child; it is not started yet.

        Args:
            seed: of the practice day, None for the default.
            quiet: whether the market moves only on request.
        """
        self._folder = TemporaryFolder("practice")
        self.config = self._folder.path / "practice.toml"
        self.journal = self._folder.path / "journal.db"
        self._log = self._folder.path / "practice.log"
        self._arguments = [*own_door(), "practice", "--with-parent", "--config-out", str(self.config)]
        if seed is not None:
            self._arguments += ["--seed", str(seed)]
        if quiet:
            self._arguments.append("--quiet")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the child; returns at once."""
        # The last line of its output is the reason if it ends, so it logs nothing there, whatever this process logs.
        environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )

    async def ready(self) -> Path:
        """Wait until every venue listens.

        Returns:
            The path of the configuration to open.

        Raises:
            PracticeError: if the child ended or took too long, with the last line it wrote.
        """
        assert self._process is not None, "start() comes first"
        for _ in range(int(START_LIMIT / 0.02)):
            if self.config.exists():
                return self.config
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.02)
        lines = self._log.read_text(errors="replace").strip().splitlines() if self._log.exists() else []
        why = lines[-1] if lines else "it said nothing"
        raise PracticeStartError(f"The practice venues did not start ({why}); run `redline practice` to see why.")

    def stop(self) -> None:
        """End the child and remove its folder; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._folder.remove()
