"""The frozen program: built in a temporary folder, it is small, and all of it works without a Python or a checkout."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.parser import parser
from tests.end_to_end.conftest import Practice

#: Megabytes, as `du -sm` counts them.
MOST = 230

#: Seconds; guards against a hang, nothing is measured.
PATIENCE = 900.0

FIND_LIBRARY = "from PyInstaller.depend.bindepend import get_python_library_path; get_python_library_path()"

#: Prints those of the libraries it is given that are not every system's own.
NOT_OF_SYSTEM = (
    "import sys; from PyInstaller.depend.dylib import include_library; print(*filter(include_library, sys.argv[1:]))"
)

#: Names of the verbs, "" for none.
VERBS = ["", *next(action.choices for action in parser()._actions if action.dest == "verb" and action.choices)]


def obstacle() -> str:
    """Say why the program cannot be frozen here, or nothing."""
    if subprocess.run([sys.executable, "-c", "import PyInstaller"], capture_output=True, check=False).returncode:
        return "PyInstaller is not installed: pip install '.[dev]'"
    if shutil.which("objdump") is None:
        return "there is no objdump: apt-get install binutils"
    if subprocess.run([sys.executable, "-c", FIND_LIBRARY], capture_output=True, check=False).returncode:
        name = f"libpython{sys.version_info[0]}.{sys.version_info[1]}"
        return f"this Python has no shared library: apt-get install {name}, or build it with --enable-shared"
    return ""


@pytest.fixture(scope="session")
def program(repo_root: Path) -> Iterator[Path]:
    """The program, frozen from this checkout."""
    if reason := obstacle():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="frozen-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        command += ["--distpath", str(folder / "dist"), "--workpath", str(folder / "work"), "build.spec"]
        environment = os.environ | {"PYINSTALLER_CONFIG_DIR": str(folder / "cache")}
        built = subprocess.run(command, cwd=repo_root, env=environment, capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stdout + built.stderr
        yield folder / "dist" / "redline" / "redline"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it keeps what is temporary; it finds no Python, no module of this checkout and no display."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


def ran(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_it_is_small(program: Path) -> None:
    files = [path.lstat() for path in program.parent.rglob("*")]
    megabytes = sum(status.st_blocks for status in files) * 512 / 2**20
    assert megabytes <= MOST


def test_it_carries_every_library_it_needs(program: Path) -> None:
    files = [path for path in program.parent.rglob("*") if path == program or ".so" in path.name]
    assert [path for path in files if not path.exists()] == [], "a link to what was left out"
    heads = subprocess.run(["objdump", "-p", *files], capture_output=True, text=True, check=True).stdout
    needed = {line.split()[1] for line in heads.splitlines() if line.strip().startswith("NEEDED")}
    missing = sorted(name for name in needed - {path.name for path in files} if not name.startswith("ld-linux"))
    assert "libc.so.6" in missing
    told = subprocess.run([sys.executable, "-c", NOT_OF_SYSTEM, *missing], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


def test_it_passes_its_own_trial(program: Path, home: Path) -> None:
    done = ran(program, "--smoke")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert [line[0] for line in done.stdout.splitlines()] == ["✓"] * 5 + ["E"]
    assert list(home.iterdir()) == []


def test_so_does_the_checkout(repo_root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repo_root))
    command = [sys.executable, "-P", "-m", "app", "--smoke"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.count("✓") == 5
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_tells_its_arguments(program: Path, home: Path, verb: str) -> None:
    done = ran(program, *verb.split(), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: redline {verb}".rstrip())


def test_the_doctor_knows_every_version(program: Path, home: Path) -> None:
    done = ran(program, "doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert "unknown" not in done.stdout
    assert "missing" not in done.stdout


def test_orders_are_listed_changed_and_found_in_the_journal(program: Path, home: Path) -> None:
    practice = Practice(home.parent, "--quiet", program=program)
    orders = practice.run("orders", "--json", "--verbose").json["orders"]
    order = {row["venue"]: row for row in orders}["bitso"]["key"]
    assert practice.run("form", order, "--json").code == 0
    preview = practice.run("preview", order, "quantity=0.5", "--json")
    journal = ("--journal", str(home.parent / "journal.db"))
    sent = practice.run("amend", order, "quantity=0.5", "--confirm", "--wait", "60", "--json", *journal)
    assert (preview.code, sent.code) == (0, 0), sent.err + preview.err
    told = practice.run("journal", *journal)
    assert (told.code, told.err) == (0, "")
    one = practice.run("journal", sent.json["amendment"], *journal)
    assert "confirmed" in one.out.lower()
    assert practice.stop() == 0


def test_drills_and_episodes_are_there(program: Path, home: Path) -> None:
    listed = ran(program, "drill", "--list", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    told = ran(program, "simulate", "--episode", "3", "--amendments", "20", "--json")
    assert (told.returncode, json.loads(told.stdout)["broken"]) == (0, None)


def test_a_simulation_that_is_stopped_leaves_nothing(program: Path, home: Path) -> None:
    command = [program, "simulate", "--amendments", "10000000", "--jobs", "2"]
    pipe = subprocess.PIPE
    running = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while running.poll() is None and len(children.read_text().split()) < 3:  # both workers, and what cleans up
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGTERM)
    # All of them write to these pipes, which end with the last of them.
    out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, out) == (4, "")
    assert err == "redline: Interrupted; the simulation was not played to the end.\n"


def test_the_window_opens_on_venues_of_its_own_and_ends_when_told(program: Path, home: Path) -> None:
    pipe = subprocess.PIPE
    window = subprocess.Popen([program, "--no-journal"], stdout=pipe, stderr=pipe, text=True)
    while window.poll() is None and not list(home.glob("*/practice.toml")):
        time.sleep(0.02)
    window.send_signal(signal.SIGTERM)
    out, err = window.communicate(timeout=PATIENCE)
    assert (window.returncode, out, err) == (0, "", "")
    assert list(home.iterdir()) == []


def test_the_keyring_is_asked(program: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    config = home.parent / "live.toml"
    config.write_text(
        '[[account]]\nname = "Main"\nvenue = "bitso"\nenvironment = "live"\n'
        '[account.credentials]\napi_key = "keyring:redline/key"\nsecret = "keyring:redline/secret"\n'
    )
    done = ran(program, "orders", "--config", str(config))
    assert (done.returncode, done.stdout) == (2, "")
    assert "credential api_key: the keyring is switched off here (its backend is “null”)" in done.stderr
