"""Public clients work at the practice venues; skipped where `sh tests/clients/run.sh` has not installed them."""

from __future__ import annotations

import json

import pytest

from tests.clients.play import CLIENTS, SCRIPTS, Client, main, play

HERE = SCRIPTS.parent


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name.replace(" ", "-"))
def test_a_public_client_works_unchanged(client: Client) -> None:
    missing = client.missing()
    if missing:
        pytest.skip(f"{missing}; sh tests/clients/run.sh installs the public clients")
    played = play(client)
    assert played.good, played.said


def test_every_client_is_pinned_and_every_script_played() -> None:
    lines = (HERE / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in lines if "==" in line}
    pinned |= set(json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"])
    assert pinned == {client.package for client in CLIENTS}
    scripts = {path.name for path in SCRIPTS.iterdir() if path.suffix in (".py", ".mjs")} - {"at_practice.py"}
    assert scripts == {client.script for client in CLIENTS}


def test_the_table_says_what_was_not_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.clients.play.HOME", HERE / "nowhere")
    assert main(["qfex"]) == 0
    assert "not played: qfex is not installed\nclients: 0 of 1\n" in capsys.readouterr().out
