"""Public clients against the practice venues, unchanged but for address and keys, and the table of how it went.

    sh tests/clients/run.sh                    builds the environments, then does this:
    python -m tests.clients.play [CLIENT ...]

Each client plays a script of its own in its own environment, on practice venues that start for it. A client whose
environment is not there is not played, and the table says so. The exit code is 1 if one that was played failed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
#: Made by run.sh, in a folder that git does not see.
HOME = ROOT / "build" / "clients"

_PLAY_S, _START_S = 240, 30


@dataclass(frozen=True, slots=True)
class Client:
    """A package at one venue.

    Attributes:
        package: its name in requirements.txt or package.json, which is that of its environment too.
        script: what it plays; one that ends in mjs runs in node.
    """

    package: str
    venue: str
    script: str
    parts: str

    @property
    def name(self) -> str:
        return f"{self.package} {self.venue}"

    def missing(self) -> str:
        """What is not there to play it; empty if nothing is missing."""
        if self.script.endswith(".mjs"):
            if shutil.which("node") is None:
                return "node is not on this machine"
            return "" if self._packages.is_dir() else f"{self.package} is not installed"
        return "" if self._python.exists() else f"{self.package} is not installed"

    def command(self, configuration: Path) -> list[str]:
        """The command that plays the script."""
        script = str(SCRIPTS / self.script)
        if self.script.endswith(".mjs"):
            return ["node", script, str(configuration), str(self._packages.parent.parent)]
        return [str(self._python), script, str(configuration)]

    @property
    def _python(self) -> Path:
        return HOME / self.package / "bin" / "python"

    @property
    def _packages(self) -> Path:
        return HOME / "node" / "node_modules" / self.package


CLIENTS = (
    Client("bitget-api", "Bitget", "bitget_api.mjs", "V3 REST, websockets"),
    Client("ccxt", "Bitget", "ccxt_bitget.py", "REST, pro"),
    Client("ccxt", "Bitso", "ccxt_bitso.py", "REST"),
    Client("ccxt", "NDAX", "ccxt_ndax.py", "REST, pro"),
    Client("notbank", "AlphaPoint", "notbank_alphapoint.py", "REST, websocket"),
    Client("foxbit", "AlphaPoint", "foxbit_alphapoint.py", "websocket"),
    Client("bitso-py", "Bitso", "bitso_py.py", "REST"),
    Client("qfex", "QFEX", "qfex_taker.py", "websockets"),
)


@dataclass(frozen=True, slots=True)
class Played:
    """How it went: the number of calls, or what was said instead."""

    good: bool
    said: str


def play(client: Client) -> Played:
    """Play a client's script on practice venues of its own."""
    with tempfile.TemporaryDirectory(prefix="redline-clients-") as folder:
        configuration = Path(folder) / "practice.toml"
        venues = subprocess.Popen(
            [sys.executable, "-m", "app", "practice", "--seed", "7", "--config-out", str(configuration)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + _START_S
            while not configuration.exists():
                if venues.poll() is not None or time.monotonic() > until:
                    return Played(False, "the practice venues did not start")
                time.sleep(0.05)
            done = subprocess.run(
                client.command(configuration), capture_output=True, text=True, timeout=_PLAY_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Played(False, f"did not end within {_PLAY_S} s")
        finally:
            venues.terminate()
            venues.wait()
    said = done.stdout if done.returncode == 0 else done.stderr
    return Played(done.returncode == 0, (said.strip().splitlines() or ["nothing"])[-1])


def main(names: list[str]) -> int:
    """Play the clients named, or all, and print the table."""
    wanted = [each for each in CLIENTS if not names or each.package in names]
    good = failed = 0
    for client in wanted:
        missing = client.missing()
        played = Played(False, f"not played: {missing}") if missing else play(client)
        good += played.good
        failed += not played.good and not missing
        _say(f"{client.package:<12}{client.venue:<12}{client.parts:<22}{played.said}")
    _say(f"clients: {good} of {len(wanted)}")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
