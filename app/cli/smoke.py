"""`redline --smoke`: the program tries itself, each part as a process of its own, and tells what each did.

The same for a checkout, an installation and the frozen program: whoever builds or installs one knows in a minute if all
of it found its libraries and its own files. It needs no display, no account and no network.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.cli.output import answer, joined, tell
from app.cli.parser import EXIT_OK, EXIT_UNKNOWN
from app.cli.running import fail
from app.runtime.logs import VARIABLE
from app.runtime.own_door import own_door
from app.runtime.practice_child import PracticeChild, PracticeStartError
from app.runtime.temporary import TemporaryFolder

#: Exit code if something was amiss.
EXIT_AMISS = 1

#: Seconds one part may take before it counts as hung.
LIMIT = 300.0

#: The drill, and the number of amendments that are simulated, on so many processes: one would start none.
DRILL, AMENDMENTS, JOBS = 6, 2000, 2


class SmokeError(Exception):
    """A part did not do what it should; one sentence."""


def run(arguments: argparse.Namespace) -> int:
    """Try every part; 0 if all went well, 1 if not."""
    given = (arguments.verb, arguments.config, arguments.journal, arguments.theme)
    if arguments.no_journal or any(each is not None for each in given):
        return fail(arguments, "--smoke goes alone; it brings its own practice venues.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    try:
        with TemporaryFolder("smoke") as folder:
            held = [_tried(name, part, folder) for name, part in _PARTS.items()]
    except KeyboardInterrupt:
        tell("Interrupted; not every part was tried.")
        return EXIT_UNKNOWN
    failed = held.count(False)
    end = f"{failed} of {len(held)} parts failed" if failed else "Every part did what it should"
    written = answer(joined([f"{end}, in {time.monotonic() - began:.0f} s."]))
    return EXIT_OK if written and not failed else EXIT_AMISS


def _tried(name: str, part: Callable[[Path], str], folder: Path) -> bool:
    """Try a part, tell how it went, and return True if it went well."""
    began = time.monotonic()
    try:
        outcome, mark = part(folder), "✓"
    except (SmokeError, PracticeStartError, OSError) as error:
        outcome, mark = str(error), "✕"
    except (ValueError, LookupError, TypeError) as error:
        outcome, mark = f"its answer is not as it should be ({type(error).__name__}: {error})", "✕"
    answer(joined([f"{mark} {name}: {outcome} ({time.monotonic() - began:.1f} s)"]))
    return mark == "✓"


def _doctor(folder: Path) -> str:
    document = _answered("doctor", "--json")
    _expect(not document["problems"], "it names problems")
    versions = document["versions"]
    return f"Python {versions['python']}, {len(versions) - 1} libraries, nothing stands against the window"


def _tour(folder: Path) -> str:
    where = folder / "tour"
    _ran("tour", "--out", str(where))
    stops = json.loads((where / "summary.json").read_text(encoding="utf-8"))
    pictures = [where / name for stop in stops for name in stop["pictures"]]
    _expect(bool(stops) and all(stop["as_expected"] for stop in stops), "an outcome is not the expected one")
    _expect(bool(pictures) and all(path.stat().st_size for path in pictures), "a picture is empty")
    accounts = {stop["account"] for stop in stops}
    return f"{len(stops)} amendments on {len(accounts)} venues as expected, {len(pictures)} pictures of the window"


def _orders(folder: Path) -> str:
    child = PracticeChild(quiet=True)
    try:
        child.start()
        config = asyncio.run(child.ready())
        document = _answered("orders", "--json", "--no-journal", "--config", str(config))
    finally:
        child.stop()
    orders, accounts = document["orders"], document["accounts"]
    _expect(not document["errors"], "an account could not be asked")
    _expect({each["account"] for each in orders} == {each["account"] for each in accounts}, "an account lists no order")
    return f"{len(orders)} open orders of {len(accounts)} accounts"


def _drill(folder: Path) -> str:
    document = _answered("drill", str(DRILL), "--json")
    _expect(document["played"] > 0 and document["held"] == document["played"], "a drill did not hold")
    return f"{document['held']} of {document['played']} held"


def _simulate(folder: Path) -> str:
    document = _answered("simulate", "--amendments", str(AMENDMENTS), "--jobs", str(JOBS), "--json")
    _expect(document["amendments"] >= AMENDMENTS, "it played too few amendments")
    _expect(not document["broken"], "a promise was broken")
    return f"{document['amendments']:,} amendments on {document['jobs']} processes, no broken promise"


_PARTS: dict[str, Callable[[Path], str]] = {
    "doctor": _doctor,
    "tour": _tour,
    "orders": _orders,
    f"drill {DRILL}": _drill,
    f"simulate {AMENDMENTS}": _simulate,
}


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise SmokeError(otherwise)


def _answered(*arguments: str) -> dict[str, Any]:
    """The JSON document a verb answers with."""
    return dict(json.loads(_ran(*arguments)))


def _ran(*arguments: str) -> str:
    """Run a verb as a process, and return what it printed.

    Raises:
        SmokeError: if it did not end in time, or not with 0; with the last line it wrote.
    """
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    pipe = subprocess.PIPE
    # A session of its own, so that whatever a verb has started ends with it.
    process = subprocess.Popen(
        [*own_door(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        start_new_session=True,
        env=environment | {"QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"},
    )
    try:
        written, told = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise SmokeError(f"it did not end within {LIMIT:g} s") from None
    finally:
        _end(process)
    output = written.decode(errors="replace")
    if process.returncode != 0:
        raise SmokeError(f"it ended with {process.returncode}; {_last_line(told.decode(errors='replace'), output)}")
    return output


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, with all that it started."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _last_line(*texts: str) -> str:
    lines: Sequence[str] = [line for text in texts for line in text.strip().splitlines()[-1:]]
    return f"its last line: {lines[0]}" if lines else "it said nothing"
