"""Time from the start of the program to its first painted window, and to four venues listed, beside a bare window.

    python -m tests.benchmarks.start [--rounds 9]

Practice venues run beforehand, as a trader's venues do. Each round starts the bare window and Redline in turn, so that
what else the machine does meets both; told are the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 60


def one(arguments: Sequence[str], folder: Path) -> dict[str, float]:
    """Start one window; times in milliseconds."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)}
    environment |= {"XDG_STATE_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = [sys.executable, "-m", "tests.benchmarks.start_child", str(time.monotonic_ns()), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE, check=True)
    found = json.loads(done.stdout)
    if arguments and found["heavy"]:
        sys.stderr.write(f"imported before the first picture: {', '.join(found['heavy'])}\n")
    return {name: found[name] / 1e6 for name in ("painted", "listed", "cpu")}


def measured(rounds: int) -> dict[str, dict[str, float]]:
    """Medians of the bare window and of Redline, in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "practice.toml"
        practice = subprocess.Popen(
            [sys.executable, "-m", "app", "practice", "--config-out", str(config), "--quiet"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + PATIENCE
            while not config.exists():
                if practice.poll() is not None or time.monotonic() > until:
                    raise SystemExit("The practice venues did not start.")
                time.sleep(0.05)
            wanted = ["--config", str(config), "--no-journal"]
            runs: dict[str, list[dict[str, float]]] = {"bare": [], "redline": []}
            one((), folder), one(wanted, folder)  # what is compiled, and what the disk remembers
            for _ in range(rounds):
                runs["bare"].append(one((), folder))
                runs["redline"].append(one(wanted, folder))
        finally:
            practice.terminate()
            practice.wait()
    return {
        who: {name: statistics.median(each[name] for each in many) for name in many[0]} for who, many in runs.items()
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    found = measured(parser.parse_args().rounds)
    bare, ours = found["bare"]["painted"], found["redline"]
    sys.stdout.write(f"{'':34}{'ms':>8}{'x bare':>8}\n")
    for words, value in (
        ("bare QMainWindow, first paint", bare),
        ("Redline, first paint", ours["painted"]),
        ("Redline, four venues listed", ours["listed"]),
        ("Redline, CPU until then", ours["cpu"]),
    ):
        sys.stdout.write(f"{words:34}{value:8.0f}{value / bare:8.2f}\n")


if __name__ == "__main__":
    main()
