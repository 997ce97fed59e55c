"""`redline open FILE` as a process: a window without a way out, beside a ticket that writes the file or none."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import REDLINE, Practice
from tests.end_to_end.test_wild import ended
from tests.helpers.journals import tampered
from tests.helpers.live_ticket import LiveTicket

#: Loaded by the interpreter before the program: writes down every socket that is connected or bound.
WATCH = """
import os, sys

def hear(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen"):
        with open(os.environ["HEARD"], "a") as file:
            file.write(f"{event} {arguments!r}\\n")

sys.addaudithook(hear)
"""


def prints(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        each.name: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns)
        for each in folder.iterdir()
        if each.is_file()
    }


@pytest.fixture
def journal(practice: Practice, tmp_path: Path) -> Path:
    """A journal of a real amendment."""
    path = tmp_path / "state" / "journal.db"
    done = practice.run("amend", "qlbga6b600n3xta7", "price=101000", "--journal", str(path))
    assert done.code == 0, done.err
    return path


class Opened:
    """The program with a window on a journal."""

    def __init__(self, path: Path, folder: Path, *arguments: str) -> None:
        site = folder / "site"
        site.mkdir(exist_ok=True)
        (site / "sitecustomize.py").write_text(WATCH)
        self.heard = folder / "heard.txt"
        self.heard.write_text("")
        log = folder / "replay.log"
        around = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH")))),
            "HEARD": str(self.heard),
            "REDLINE_LOG": f"info:{log}",
        }
        self.process = subprocess.Popen(
            [str(REDLINE), "open", str(path), *arguments],
            env=around,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(600):
            if "shown: row" in (log.read_text() if log.exists() else "") or self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.log = log.read_text() if log.exists() else ""

    def close(self) -> tuple[int, str]:
        """End it as Ctrl-C would; its exit code and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


@pytest.mark.slow
def test_a_journal_is_shown_and_nothing_leaves_or_changes(journal: Path, tmp_path: Path) -> None:
    before = prints(journal.parent)
    opened = Opened(journal, tmp_path)
    assert "shown: row" in opened.log, opened.close()
    assert opened.close() == (0, "")
    assert opened.heard.read_text() == ""
    assert prints(journal.parent) == before


@pytest.mark.slow
async def test_beside_a_running_ticket_its_file_is_copied(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.db"
    async with LiveTicket.on(practice.config, path) as ticket:
        await ticket.desk.recorded()
        before = hashlib.sha256(path.read_bytes()).hexdigest()
        opened = Opened(path, tmp_path)
        assert "shown: row" in opened.log
        assert opened.close()[0] == 0
        assert hashlib.sha256(path.read_bytes()).hexdigest() == before
        sent = ticket.send_one("Bitso practice")
        assert sent is not None
        assert await ticket.desk.wait(lambda state: state.amendments[sent].stage.is_settled, 30.0), "it goes on"


@pytest.mark.slow
def test_a_broken_chain_is_exit_3(journal: Path, tmp_path: Path) -> None:
    tampered(journal, "DELETE FROM record WHERE seq = 30")
    opened = Opened(journal, tmp_path)
    assert "shown: row 29 of 29" in opened.log
    assert opened.close()[0] == 3


@pytest.mark.parametrize("name,words", [("none.db", "There is no file"), ("README.md", "is no journal of Redline")])
def test_what_is_no_journal_is_exit_2_and_one_sentence(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "README.md").write_text("# A title\n")
    done = ended("open", str(tmp_path / name))
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_copy_cut_short_is_exit_2_and_one_sentence(journal: Path, tmp_path: Path) -> None:
    (tmp_path / "trunc.db").write_bytes(journal.read_bytes()[:8192])
    done = ended("open", str(tmp_path / "trunc.db"))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("redline: trunc.db: The file is cut short, 8,192 of ")
    assert done.err.endswith(" bytes are there, and none of its rows can be read; restore it from a backup.\n")
    assert done.err.count("\n") == 1


def test_a_time_that_is_none_is_exit_2(tmp_path: Path) -> None:
    done = ended("open", str(tmp_path / "journal.db"), "--at", "yesterday")
    assert done.code == 2
    assert "is not a time" in done.err
