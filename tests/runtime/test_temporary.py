"""Temporary folders: gone with their process, and after a kill at the next start."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.__main__ import main
from app.runtime.temporary import HELD, TemporaryFolder, sweep

pytestmark = pytest.mark.sockets


@pytest.fixture(autouse=True)
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def killed() -> Path:
    """A folder with a secret of a process that was killed."""
    code = (
        "import sys; from app.runtime.temporary import TemporaryFolder; folder = TemporaryFolder('practice'); "
        "(folder.path / 'practice.toml').write_text('secret'); print(folder.path, flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True)
    assert child.stdout is not None
    path = Path(child.stdout.readline().strip())
    sweep()
    assert (path / "practice.toml").exists(), "it runs"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert (path / "practice.toml").exists()
    return path


def test_one_is_gone_with_all_that_is_in_it_when_it_is_let_go_of(temp: Path) -> None:
    with TemporaryFolder("practice") as folder:
        (folder / "practice.toml").write_text("secret")
        assert folder.parent == temp
        sweep()
        assert (folder / "practice.toml").exists()
    assert list(temp.iterdir()) == []
    TemporaryFolder("practice").remove()


def test_the_next_start_removes_what_a_kill_left(temp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = killed()
    assert main(["doctor"]) in (0, 2)
    assert not path.exists()
    capsys.readouterr()


def test_what_is_not_ours_or_is_just_being_made_stays(temp: Path) -> None:
    for name in ("redline-notes", "other-practice"):
        (temp / name).mkdir()
    (temp / "other-practice" / HELD).write_text("")
    (temp / "redline-file").write_text("mine")
    (temp / "far").mkdir()
    (temp / "far" / HELD).write_text("")
    (temp / "redline-link").symlink_to("far")
    (temp / "redline-pipe").mkdir()
    os.mkfifo(temp / "redline-pipe" / "thing")
    (temp / "redline-pipe" / HELD).symlink_to("thing")
    before = sorted(each.name for each in temp.iterdir())
    sweep()
    assert sorted(each.name for each in temp.iterdir()) == before


def test_a_held_folder_stays_whoever_holds_it(temp: Path) -> None:
    (temp / "redline-practice-x").mkdir()
    with (temp / "redline-practice-x" / HELD).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep()
        assert (temp / "redline-practice-x").exists()
    sweep()
    assert not (temp / "redline-practice-x").exists()
