"""The log: as much as is asked for, where it is asked for, and no secret in it."""

from __future__ import annotations

import logging
import os
import re
import stat
import threading
from pathlib import Path

import pytest
from websockets.frames import Frame, Opcode

from app.__main__ import main
from app.domain.account import Account, Environment, Secret
from app.runtime.errors import UnhandledProblem
from app.runtime.logs import LogError, keep_secret, logged
from tests.helpers.logfail import AnnouncedLogs

CANARY = 'kanari/"vogel"+äöü'

log = logging.getLogger("redline.test")


@pytest.fixture(autouse=True)
def canary() -> None:
    secrets = {"secret": Secret(CANARY), "passphrase": Secret("2580963"), "short": Secret("limit")}
    keep_secret([Account("toy", "toy", Environment.DEMO, credentials=secrets)])


def written(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_record_is_one_line_with_its_time_level_and_logger(capsys: pytest.CaptureFixture[str]) -> None:
    with logged(1, ""):
        log.info("two\nlines \x1b[31mred")
        log.debug("too much")
    (line,) = written(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z INFO redline\.test: two\\nlines \\x1b\[31mred", line)


@pytest.mark.parametrize(
    "verbose, wanted, lowest",
    [
        (0, "", "WARNING"),
        (1, "", "INFO"),
        (2, "", "DEBUG"),
        (5, "", "DEBUG"),
        (0, "error", "ERROR"),
        (0, "Info", "INFO"),
        (2, "error", "DEBUG"),
    ],
)
def test_how_much_is_asked_for_is_how_much_is_written(
    verbose: int, wanted: str, lowest: str, capsys: pytest.CaptureFixture[str], announced_logs: AnnouncedLogs
) -> None:
    levels = ["DEBUG", "INFO", "WARNING", "ERROR"]
    for level in ("WARNING", "ERROR"):
        announced_logs.allow("said", getattr(logging, level))
    with logged(verbose, wanted):
        for level in levels:
            log.log(getattr(logging, level), "said")
    assert [line.split()[1] for line in written(capsys)] == levels[levels.index(lowest) :]


def test_a_file_is_for_its_owner_alone_and_is_continued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "redline.log"
    for text in ("first", "second"):
        with logged(0, f"info:{file}"):
            log.info(text)
    assert [line.rpartition(" ")[2] for line in file.read_text().splitlines()] == ["first", "second"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert written(capsys) == []


@pytest.mark.parametrize("wanted", ["loud", "info:", ":redline.log", "10"])
def test_a_wrong_value_is_one_sentence(wanted: str) -> None:
    with pytest.raises(LogError, match="write debug, info, warning or error"), logged(0, wanted):
        pytest.fail("a log is kept")


def test_the_door_refuses_a_wrong_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for wanted, words in (("loud", "REDLINE_LOG is “loud”; write"), (f"info:{tmp_path}", "cannot be written")):
        monkeypatch.setenv("REDLINE_LOG", wanted)
        assert main(["doctor"]) == 2
        (sentence,) = written(capsys)
        assert sentence.startswith("redline: ")
        assert words in sentence


def test_afterwards_logging_is_as_it_was() -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    with logged(2, ""):
        assert root.level == logging.DEBUG
    assert (root.level, root.handlers) == before


@pytest.mark.careless
def test_a_secret_is_masked_in_text_arguments_and_traceback(
    capsys: pytest.CaptureFixture[str], announced_logs: AnnouncedLogs
) -> None:
    announced_logs.allow("failed|%s", logging.ERROR)
    with logged(2, ""):
        log.info(f"plain {CANARY}")  # noqa: G004 - a careless call
        log.info("%s and %r and %s", CANARY, CANARY.encode(), {"key": [CANARY]})
        log.info("GET https://user:word@host/?pin=2580963&amount=12580963.5 over the limit unlimited")
        try:
            raise KeyError(CANARY)
        except KeyError:
            log.exception("failed for %s", CANARY)
        log.error("failed", stack_info=True)
    text = capsys.readouterr().err
    assert "kanari" not in text
    assert "KeyError: " in text
    assert "GET https://•••@host/?pin=•••&amount=12580963.5 over the ••• unlimited" in text
    assert all(line.startswith(("20", "    ")) for line in text.splitlines())


def test_a_frame_that_its_library_cuts_short_shows_no_piece_of_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    long = "0123456789abcdef" * 20
    keep_secret([Account("toy", "toy", Environment.DEMO, credentials={"secret": Secret(long)})])
    with logged(2, ""):
        log.debug("> %s", Frame(Opcode.TEXT, f'{{"key":"{long}"}}'.encode()))
        log.debug("> %s", Frame(Opcode.TEXT, b'{"Signature":"' + b"f0" * 40 + b'","n":1}'))
    text = capsys.readouterr().err
    assert "0123" not in text
    assert "cdef" not in text
    assert "f0" not in text
    assert text.count("•••") == 2


def test_a_record_that_cannot_be_written_is_no_reason_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with logged(1, ""):
        record = log.makeRecord(log.name, logging.INFO, __file__, 1, "%d of %s", (CANARY,), None)
        logging.getLogger().handlers[-1].handle(record)  # pytest's own handler would raise
        log.info("goes on")
    (line,) = written(capsys)
    assert line.endswith("goes on")


@pytest.mark.careless
def test_what_nobody_caught_in_a_thread_is_one_record_masked_and_harmless(
    capsys: pytest.CaptureFixture[str], announced_logs: AnnouncedLogs
) -> None:
    announced_logs.allow("thread writer", logging.ERROR)

    def fail() -> None:
        raise RuntimeError(f"{CANARY}\x1b[2J\nredline: Sent.")

    with logged(0, ""):
        thread = threading.Thread(target=fail, name="writer")
        thread.start()
        thread.join()
    lines = written(capsys)
    assert " ERROR redline.errors: thread writer" in lines[0]
    assert all(line.startswith("    ") for line in lines[1:])
    assert CANARY not in "".join(lines)
    assert "\x1b" not in "".join(lines)


@pytest.mark.careless
@pytest.mark.parametrize("json", [[], ["--json"]])
def test_an_error_of_the_program_itself_is_no_venues_answer(
    json: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    announced_logs: AnnouncedLogs,
) -> None:
    announced_logs.allow("unforeseen", logging.ERROR)

    def fail(*_: object) -> int:
        raise RuntimeError(f"{CANARY}\x1b[2J\nredline: Sent.")

    monkeypatch.setattr("app.cli.doctor.run", fail)
    assert main(["doctor", *json]) == 4
    out, err = capsys.readouterr()
    assert err.splitlines()[-1].startswith(
        "redline: The program itself failed (RuntimeError), which is a mistake in it"
    )
    assert bool(out) is bool(json)
    assert CANARY not in out + err
    assert "\x1b" not in out + err
    assert not any(line.startswith("redline: Sent.") for line in err.splitlines())


def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LogError, match="cannot be written"), logged(0, f"info:{tmp_path / 'pipe'}"):
        pass


def test_an_error_that_nobody_handled_is_told_without_secrets() -> None:
    long = "kanari-banner-0001"
    keep_secret([Account("toy", "toy", Environment.DEMO, credentials={"secret": Secret(long)})])
    problem = UnhandledProblem("task toy", ValueError(f"no answer to GET /?key={long}&sign=0a1b2c"))
    assert problem.sentence == "task toy: no answer to GET /?key=•••&sign=•••"


def test_a_log_that_cannot_be_written_to_its_end_is_no_end_of_the_program() -> None:
    with logged(0, "info:/dev/full"):
        log.info("nowhere")


@pytest.mark.parametrize("text", ["[[account]]\n", "SQLite format 3\0", "notes\n"])
def test_nothing_is_written_into_a_file_that_is_no_log(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine"
    file.write_text(text)
    with pytest.raises(LogError, match="is no log of Redline"), logged(0, f"info:{file}"):
        pytest.fail("a log is kept")
    assert file.read_text() == text
