"""How the verbs behave when something around them goes wrong: pipes, signals, accounts that do not answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import REDLINE, Practice

BUY = "qlbga6b600n3xta7"


def buffered() -> dict[str, str]:
    """The environment as on any machine: output to a pipe is buffered until it is flushed.

    Read when a test runs: on import the folders are still those of the person who runs the tests.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def started(practice: Practice, *arguments: str) -> subprocess.Popen[str]:
    command = [str(REDLINE), *arguments, "--config", str(practice.config)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=buffered())


def without_bitso(practice: Practice, folder: Path) -> Path:
    """A configuration whose Bitso account cannot log in."""
    path = folder / "refused.toml"
    path.write_text(practice.config.read_text().replace("practice-bitso-secret", "wrong-bitso-secret"))
    return path


def test_a_reader_that_left_does_not_change_what_became_of_the_order(practice: Practice) -> None:
    practice.tell("bitso/faults", action="refuse", operation="amend", arguments={"code": "0379", "message": "No."})
    verb = started(practice, "amend", BUY, "price=101000")
    assert verb.stdout is not None
    verb.stdout.close()
    assert verb.stderr is not None
    assert verb.stderr.read() == ""
    verb.stderr.close()
    assert verb.wait(timeout=60) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_an_answer_that_cannot_be_written_is_said(practice: Practice) -> None:
    with Path("/dev/full").open("w") as full:
        command = [str(REDLINE), "orders", "--config", str(practice.config)]
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered(), timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        "redline: The answer could not be written (No space left on device).\n",
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_amendment_tells_what_is_known_in_one_document(
    practice: Practice, number: signal.Signals
) -> None:
    # Stuck before it is carried out, so that no look-up can settle it while the signal is on its way.
    practice.tell("bitso/faults", action="half_open", operation="amend", point="request_received")
    verb = started(practice, "amend", BUY, "price=101000", "--json")
    for _ in range(500):
        if practice.tell("bitso/requests?operation=amend"):
            break
        time.sleep(0.02)
    verb.send_signal(number)
    out, err = verb.communicate(timeout=60)
    assert (verb.returncode, err) == (4, "redline: Interrupted; nothing more is sent.\n")
    assert json.loads(out)["stage"] == "written"
    assert len(practice.tell("bitso/requests?operation=amend")) == 1


def test_after_a_refusal_the_order_is_read_again(practice: Practice) -> None:
    order = practice.order(venue="qfex", symbol="AAPL-USD", side="buy", price="200.00")
    practice.tell("qfex/faults", action="foreign_cancel", operation="amend")
    done = practice.run("amend", order, "price=200.40", "--json")
    assert (done.code, done.json["stage"], done.json["order"]["status"]) == (3, "refused", "cancelled")


def test_other_terms_than_asked_for_are_named(practice: Practice) -> None:
    practice.tell("bitso/faults", action="alter", operation="amend", arguments={"price": "100500"})
    done = practice.run("amend", BUY, "price=101000")
    assert done.code == 3
    assert "price: asked 101000, the venue shows 100500" in done.out


def test_a_silent_account_leaves_nothing_to_guess(practice: Practice, tmp_path: Path) -> None:
    """Two accounts may have an order of the same id; one that was not asked may hold the order that is meant."""
    config = without_bitso(practice, tmp_path)
    listed = practice.run("orders", config=config)
    assert listed.code == 4
    assert "on 3 of 4 accounts" in listed.out
    row = practice.run("orders", "--json", config=config).json["orders"][0]
    for order in (row["order"], BUY):
        unclear = practice.run("form", order, config=config)
        assert unclear.code == 4
        assert "Bitso" in unclear.err
    assert practice.run("form", row["key"], config=config).code == 0


def test_a_change_that_asks_for_consent_names_the_option(practice: Practice) -> None:
    done = practice.run("amend", BUY, "price=70000", "--json")
    assert done.code == 2
    assert "--confirm" in done.json["error"]
    assert practice.tell("bitso/requests?operation=amend") == []


def test_practice_venues_without_a_place_for_their_configuration(tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "practice.toml"
    command = [str(REDLINE), "practice", "--config-out", str(nowhere)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"redline: There is no folder {nowhere.parent}")


@pytest.mark.parametrize(
    "name, text", [("HTTPS_PROXY", "host:port"), ("ALL_PROXY", "socks4://me:geheim@10.0.0.1:1080"), ("ALL_PROXY", "::")]
)
def test_a_proxy_that_is_none_is_refused_in_one_sentence(tmp_path: Path, name: str, text: str) -> None:
    config = tmp_path / "live.toml"
    config.write_text(
        '[[account]]\nname = "mine"\nvenue = "bitso"\nenvironment = "demo"\n'
        'addresses = { rest = "https://venue.invalid/api", ws = "wss://venue.invalid" }\n'
        'credentials = { api_key = "env:REDLINE_TEST_KEY", secret = "env:REDLINE_TEST_KEY" }\n'
    )
    done = subprocess.run(
        [str(REDLINE), "orders", "--config", str(config), "--timeout", "5"],
        capture_output=True,
        text=True,
        env={**buffered(), name: text, "REDLINE_TEST_KEY": "longer-than-nothing"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert "geheim" not in done.stderr
    assert "Traceback" not in done.stderr
