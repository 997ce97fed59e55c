"""The program as a process among hostile texts, odd files, odd rights and changes that never leave."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import REDLINE, Done, Practice

BUY = "qlbga6b600n3xta7"

ACCOUNT = (
    '[[account]]\nname = "Mine"\nvenue = "bitso"\nenvironment = "demo"\n'
    'addresses = {{ rest = "https://venue.invalid/api", ws = "wss://venue.invalid" }}\n'
    'credentials = {{ api_key = "{key}", secret = "{key}" }}\n'
)


def ended(*arguments: str, umask: int = 0o022, **environ: str) -> Done:
    """Run the program once."""
    done = subprocess.run(
        [str(REDLINE), *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environ,
        umask=umask,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def amends(practice: Practice) -> list[Any]:
    return list(practice.tell("bitso/requests?operation=amend"))


# -- what never left ---------------------------------------------------------------------------------------------------


def test_an_order_that_changed_before_the_change_left_is_exit_4(practice: Practice) -> None:
    fault = {"action": "foreign_amend", "operation": "look_up", "order_id": BUY, "point": "request_received"}
    practice.tell("bitso/faults", **fault, arguments={"quantity": "0.5"})
    done = practice.run("amend", BUY, "price=101000", "--json")
    assert (done.code, done.json["stage"]) == (4, "not_applied"), done.out
    assert done.json["outcome"].startswith("Not sent.")
    assert amends(practice) == []


def test_an_order_that_cannot_be_read_before_the_change_leaves_is_exit_4(practice: Practice) -> None:
    practice.tell("bitso/faults", action="http_status", operation="look_up", order_id=BUY, times=9)
    done = practice.run("amend", BUY, "price=101000", "--json")
    assert (done.code, amends(practice)) == (4, []), done.out


@pytest.mark.parametrize(
    "change", ["price=101000.001", "colour=red", "price", "price=70000", "price=abc", "price=1", "price=100000"]
)
def test_bad_input_is_exit_2(shared: Practice, change: str) -> None:
    done = shared.run("amend", BUY, change, "--json")
    assert (done.code, done.json["exit"], amends(shared)) == (2, 2, [])


# -- the journal's place -----------------------------------------------------------------------------------------------


def _device(path: Path) -> None:
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")


@pytest.mark.parametrize("verb", [["amend", BUY, "price=101000"], ["orders"], ["journal"]])
@pytest.mark.parametrize(
    "make", [os.mkfifo, Path.mkdir, Path.touch, _device, lambda path: path.symlink_to("/dev/null")]
)
def test_no_verb_takes_what_is_no_journal(tmp_path: Path, verb: list[str], make: Any) -> None:
    path = tmp_path / "thing"
    make(path)
    before = path.lstat()
    config = tmp_path / "live.toml"
    config.write_text(ACCOUNT.format(key="env:KEY"))
    done = ended(*verb, "--config", str(config), "--journal", str(path), KEY="longer-than-nothing")
    after = path.lstat()
    assert (after.st_ino, after.st_mode, after.st_size) == (before.st_ino, before.st_mode, before.st_size)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["live.toml", "thing"]
    if verb != ["journal"]:
        assert done.code == 2
        assert done.err.count("\n") == 1
        assert "--no-journal" in done.err
    elif make is not Path.touch:
        assert (done.code, "as a journal, it is a" in done.err) == (2, True)


# -- the configuration of the practice venues --------------------------------------------------------------------------


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, _device, lambda path: path.write_text(ACCOUNT)])
def test_practice_replaces_nothing_but_a_configuration_of_its_own(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "thing.toml"
    make(path)
    before = path.lstat()
    done = ended("practice", "--config-out", str(path))
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "name another --config-out" in done.err
    assert path.lstat().st_ino == before.st_ino
    assert [each.name for each in tmp_path.iterdir()] == ["thing.toml"]


# -- rights ------------------------------------------------------------------------------------------------------------


def test_whatever_the_umask_all_that_is_made_is_the_owners_alone(practice: Practice, tmp_path: Path) -> None:
    state = tmp_path / "open"
    places = {f"XDG_{name}_HOME": str(state / name.lower()) for name in ("STATE", "CONFIG", "DATA", "CACHE")}
    log = f"info:{tmp_path / 'redline.log'}"
    done = ended("amend", BUY, "price=101000", "--config", str(practice.config), umask=0, **places, REDLINE_LOG=log)
    assert done.code == 0
    found = [tmp_path / "redline.log", state, *state.rglob("*")]
    assert len([each for each in found if each.is_file()]) >= 2
    assert {str(each): oct(each.stat().st_mode & 0o077) for each in found if each.stat().st_mode & 0o077} == {}


def test_a_configuration_and_a_journal_that_others_may_write_are_told(practice: Practice, tmp_path: Path) -> None:
    journal = tmp_path / "kept" / "journal.db"
    assert practice.run("orders", "--journal", str(journal)).err == ""
    practice.config.chmod(0o666)
    journal.parent.chmod(0o777)
    said = practice.run("orders", "--journal", str(journal)).err.splitlines()
    assert said == [
        f"redline: The configuration {practice.config} may be written by everybody; run "
        f"`chmod go-w {practice.config}`.",
        f"redline: The journal {journal} may be replaced by everybody, who may write its folder; run "
        f"`chmod go-w {journal.parent}`.",
    ]


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_a_key_that_ends_in_a_line_end_never_becomes_no_answer(tmp_path: Path) -> None:
    config = tmp_path / "live.toml"
    config.write_text(ACCOUNT.format(key="env:KEY"))
    done = ended("orders", "--config", str(config), KEY="geheim-geheim\n")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "account “Mine”: credential api_key has a line end before or after it" in done.err
    assert "geheim" not in done.err


@pytest.mark.parametrize(
    "backend, says",
    [
        ("keyring.backends.fail.Keyring", "this machine has no keyring that can be asked"),
        ("keyring.backends.null.Keyring", "the keyring is switched off here"),
        ("nonsense.Keyring", "the keyring cannot be asked, its own set-up fails"),
    ],
)
def test_a_keyring_that_cannot_be_asked_names_the_way_out(tmp_path: Path, backend: str, says: str) -> None:
    config = tmp_path / "live.toml"
    config.write_text(ACCOUNT.format(key="keyring:redline/key"))
    done = ended("orders", "--json", "--config", str(config), PYTHON_KEYRING_BACKEND=backend)
    assert (done.code, json.loads(done.out)["exit"]) == (2, 2)
    assert f"account “Mine”: credential api_key: {says}" in done.err
    assert "write env:NAME there instead" in done.err


# -- the terminal ------------------------------------------------------------------------------------------------------

EVIL = "x\x1b[2J\x9b1m\nredline: Sent.\r\u202e\u200b"


@pytest.mark.parametrize(
    "arguments",
    [
        ["form", EVIL],
        ["amend", EVIL, "price=1"],
        ["amend", BUY, f"price={EVIL}"],
        ["amend", BUY, f"{EVIL}=1"],
        ["orders", f"--{EVIL}"],
        ["orders", "--timeout", EVIL],
        ["orders", EVIL],
        ["journal", EVIL],
        ["drill", "--venue", EVIL],
        ["simulate", "--episode", "1", "--steps", EVIL],
        [EVIL],
    ],
)
def test_what_was_typed_or_pasted_comes_back_as_it_is_and_harmless(shared: Practice, arguments: list[str]) -> None:
    config = ["--config", str(shared.config)] if arguments[0] in ("form", "amend", "orders", "journal") else []
    done = ended(*arguments, *config)
    assert done.code == 2
    for text in (done.out, done.err):
        assert not any(line.startswith("redline: Sent.") for line in text.splitlines())
        assert all(char == "\n" or char.isprintable() for char in text)
    assert amends(shared) == []


def test_what_a_venue_says_is_one_line_wherever_it_is_told(practice: Practice, tmp_path: Path) -> None:
    journal = ["--journal", str(tmp_path / "kept" / "journal.db")]
    refusal = {"code": f"0379{EVIL}", "message": EVIL}
    practice.tell("bitso/faults", action="refuse", operation="amend", arguments=refusal)
    practice.tell(
        "bitso/faults", action="unknown_status", operation="list_orders", arguments={"status": EVIL}, times=99
    )
    told = [practice.run("amend", BUY, "price=101000", *journal, "-v")]
    amendment = practice.run("journal", "--json", *journal).json["amendments"][0]["amendment"]
    told += [practice.run("orders", *journal), practice.run("form", BUY, *journal), practice.run("journal", *journal)]
    told.append(practice.run("journal", amendment, *journal))
    assert told[0].code == 3
    assert "x\\x1b[2J\\x9b1m\\nredline: Sent." in told[0].out
    for text in [each for done in told for each in (done.out, done.err)]:
        assert not any(line.startswith("redline: Sent.") for line in text.splitlines())
        assert all(char == "\n" or char == "\u202f" or char.isprintable() for char in text)
    document = practice.run("journal", amendment, "--json", *journal)
    assert json.dumps(EVIL)[1:-1] in json.dumps(document.json), "whole for a program"
    assert all(char == "\n" or char.isprintable() for char in document.out)
