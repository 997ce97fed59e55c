"""Worlds of a journal's accounts: told by its sessions, and by nothing else."""

from __future__ import annotations

from pathlib import Path

from app.cli.journal.worlds import worlds_of
from app.domain.account import Environment
from tests.cli.conftest import Tell, three


async def test_every_amendment_listed_or_told_names_its_world(path: Path, tell: Tell) -> None:
    await three(path)
    assert worlds_of([path]) == {"toy": Environment.DEMO.value.upper()}
    assert {each["environment"] for each in tell("--json").json["amendments"]} == {"demo"}
    assert tell("A1", "--json").json["environment"] == "demo"
    for words in (tell().out, tell("A1").out, tell("o1").out):
        assert "DEMO toy  order o1" in words


def test_what_cannot_be_read_names_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no journal" * 100)
    assert worlds_of([broken]) == {}
