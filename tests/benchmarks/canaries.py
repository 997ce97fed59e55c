"""Canary secrets in all that the program prints and writes, with and without a journal, beside practice and an echo.

    python -m tests.benchmarks.canaries [--suite ARGUMENTS OF PYTEST…]

Every verb runs on practice venues, whose credentials are the canaries, and on a venue that repeats whatever it is told;
all its output and every file it leaves are searched. `--suite` runs the tests instead, whose secrets are canaries too.
Exit 1 if one is heard.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from app.practice.world import find_venues
from app.runtime.practice_child import PracticeChild
from app.venues import registry
from tests.helpers.canaries import coats, files_below, heard_in
from tests.helpers.echoing import COATS, echoing

#: Seconds one verb may take, and the window is open.
PATIENCE, WINDOW = 120.0, 8.0


def say(text: str) -> None:
    """Write one line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def secrets_of(config: Path) -> list[str]:
    """Return the canaries of a configuration."""
    return [text for table in tomllib.loads(config.read_text())["account"] for text in table["credentials"].values()]


class Aviary:
    """Runs the program and listens.

    Attributes:
        heard: where a canary was.
        ran: how many processes there were.
    """

    def __init__(self, folder: Path) -> None:
        self.heard: list[str] = []
        self.ran = 0
        self._folder = folder
        self._environment = os.environ | {
            **{f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
            "QT_QPA_PLATFORM": "offscreen",
        }

    async def run(self, config: Path, *arguments: str, ends_after: float = PATIENCE, level: str = "debug") -> str:
        """Run one verb, or the window for so long, and listen to what it prints and writes."""
        forms = coats(secrets_of(config))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", *arguments, "--config", str(config)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment | {"REDLINE_LOG": level},
        )
        self.ran += 1
        talking = asyncio.ensure_future(process.communicate())
        await asyncio.wait([talking], timeout=ends_after)
        if process.returncode is None:
            process.terminate()
        printed, _ = await talking
        if name := heard_in(printed, forms):
            self.heard.append(f"{name} printed by {' '.join(arguments)}")
        for path in files_below(self._folder):
            if name := heard_in(path.read_bytes(), forms):
                self.heard.append(f"{name} written to {path.relative_to(self._folder)} by {' '.join(arguments)}")
                path.unlink()
        return printed.decode(errors="replace")


def echo_config(path: Path, by_http: int, by_socket: int) -> Path:
    """Write a configuration of all venues at one echo."""
    lines: list[str] = []
    for venue in find_venues():
        profile = registry.load({venue})[venue].profile
        lines += ["[[account]]", f'name = "{venue}-echo"', f'venue = "{venue}"', 'environment = "practice"']
        places = {
            name: f"ws://127.0.0.1:{by_socket}/{name}" if "ws" in name else f"http://127.0.0.1:{by_http}/api"
            for name, _ in profile.needs_addresses
        }
        lines += ["[account.addresses]", *(f'{name} = "{url}"' for name, url in places.items())]
        texts = {
            name: "31415926" if name == "user_id" else f"kanari-{venue}-{name}-7f3a9c"
            for name, _ in profile.needs_credentials
        }
        lines += ["[account.credentials]", *(f'{name} = "{text}"' for name, text in texts.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


async def every_verb(aviary: Aviary, config: Path, orders: list[str], *, window: bool) -> None:
    """Run everything that speaks with a venue, with and without a journal, and what reads the journal back."""
    for journal in ([], ["--no-journal"]):
        await aviary.run(config, "orders", "--json", "--timeout", "3")
        await aviary.run(config, "orders", "-vv", "--timeout", "3", *journal)
        for order in orders:
            await aviary.run(config, "form", order, "--timeout", "3")
            await aviary.run(config, "preview", order, "price=1.5", "-vv", "--timeout", "3")
            sent = ("--confirm", "--wait", "2", "--timeout", "3", "-vv")
            await aviary.run(config, "amend", order, "price=1.5", *sent, *journal)
        if window:
            await aviary.run(config, *journal, ends_after=WINDOW)
    await aviary.run(config, "journal")
    for order in orders:
        # The index that find keeps is looked through as well.
        await aviary.run(config, "find", order)
        await aviary.run(config, "story", order)
        await aviary.run(config, "why", order, "--json")


async def on_practice(aviary: Aviary) -> None:
    """Listen beside practice venues, one order of each."""
    child = PracticeChild()
    child.start()
    try:
        config = await child.ready()
        listed = json.loads(await aviary.run(config, "orders", "--json", level="error"))
        first = {row["account"]: f"{row['account']}/{row['order']}" for row in listed["orders"]}
        await every_verb(aviary, config, list(first.values()), window=True)
    finally:
        child.stop()


async def listen(*, short: bool) -> int:
    """Run everything, or the echo in one coat alone; gives 1 if a canary was heard."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        aviary = Aviary(folder)
        if not short:
            await on_practice(aviary)
            say(f"practice venues: {aviary.ran} processes, {len(aviary.heard)} heard")
        for coat in ["plain"] if short else list(COATS):
            for sockets in ("answers",) if short or coat != "plain" else ("answers", "closes", "refuses"):
                async with echoing(400, coat, sockets=sockets) as ports:
                    config = echo_config(folder / "echo.toml", *ports)
                    if short:
                        await aviary.run(config, "orders", "-vv", "--timeout", "3")
                    else:
                        await every_verb(aviary, config, ["1"] if coat == "plain" else [], window=coat == "plain")
                    say(f"echo, {coat}, {sockets}: {aviary.ran} processes so far, {len(aviary.heard)} heard")
        say(f"canaries: {aviary.ran} processes, {len(aviary.heard)} heard")
        for each in aviary.heard[:40]:
            say(f"  {each}")
    return 1 if aviary.heard else 0


def main() -> int:
    """Listen to the verbs, or to the suite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="one verb beside the echo alone")
    parser.add_argument(
        "--suite", nargs=argparse.REMAINDER, metavar="ARGUMENT", help="run the tests, with these arguments of pytest"
    )
    arguments = parser.parse_args()
    if arguments.suite is not None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.helpers.canaries", *arguments.suite]
        return subprocess.run(command, check=False).returncode
    return asyncio.run(listen(short=arguments.short))


if __name__ == "__main__":
    sys.exit(main())
