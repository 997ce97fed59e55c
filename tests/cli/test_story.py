"""`redline story` and `redline why`: one order, told from the record, or one sentence on which is meant."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.cli import story
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN, read_arguments
from app.desk.journal.chain import Row
from app.domain.ports import Venue
from tests.desk.story.test_telling import UP, recorded, shown
from tests.helpers.paper_desk import PaperVenue
from tests.helpers.recorded_desk import PROFILE
from tests.helpers.toy_venue import ToyRulebook


def asked(path: Path, verb: str, *words: str) -> int:
    arguments = read_arguments([verb, "--journal", str(path), "--utc", *words])
    venues: dict[str, Venue] = {"toy": PaperVenue(PROFILE, ToyRulebook(), {})}
    return story.run(arguments, lambda: venues)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    recorded(
        path,
        [
            UP,
            shown(1, order_id="order-one-77"),
            shown(2, order_id="order-two-77"),
            shown(3, order_id="order-one-77", price=Decimal(105)),
        ],
    )
    return path


def test_a_part_of_an_id_is_enough_and_each_line_names_its_row(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(path, "story", "one-77") == EXIT_OK
    assert capsys.readouterr().out.splitlines() == [
        "DEMO toy  AB buy  order order-one-77",
        "It is working: 2 left at 105, as venue push showed it 2023-11-14 22:13:23.000Z.",
        "",
        "2023-11-14 22:13:21.000Z  venue push  first seen: working, 2 left at 100  (row 5)",
        "2023-11-14 22:13:23.000Z  venue push  price 100 → 105, not by this ticket; working, 2 left at 105  (row 7)",
        "2026-11-21 10:13:20.000Z  ticket      the ticket ended; what happens until it starts again is not seen  "
        "(row 8)",
    ]


def test_why_tells_what_is_open(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(path, "why", "order-one-77") == EXIT_OK
    _, state, *lines = capsys.readouterr().out.splitlines()
    assert state.startswith("It is working: 2 left at 105")
    assert lines == [
        "Changed elsewhere 2023-11-14 22:13:23.000Z: price 100 → 105, not by this ticket.",
        "The ticket that wrote this ended 2026-11-21 10:13:20.000Z: what happened since is not known here.",
    ]


@pytest.mark.parametrize("verb", ["story", "why"])
def test_a_document_has_all_of_it(path: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert asked(path, verb, "order-one-77", "--json") == EXIT_OK
    told = json.loads(capsys.readouterr().out)
    assert (told["account"], told["order_ids"], told["price"]) == ("toy", ["order-one-77"], "105")
    if verb == "story":
        assert told["lines"][0]["evidence"] == [{"file": str(path), "row": 5}]
        assert [each["who"] for each in told["lines"]] == ["venue push", "venue push", "ticket"]
    else:
        assert len(told["why"]) == 3


@pytest.mark.parametrize("verb", ["story", "why"])
def test_more_than_one_order_and_none_are_one_sentence(
    path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    assert asked(path, verb, "77") == EXIT_INPUT
    said = "More than one order is meant: toy/order-one-77, toy/order-two-77; write more of it."
    assert capsys.readouterr().err == f"redline: {said}\n"
    assert asked(path, verb, "nobody-has-it") == EXIT_REFUSED
    told = capsys.readouterr().err
    assert told.startswith("redline: No order fits “nobody-has-it”: 8 rows from ")
    assert told.count("\n") == 1
    assert asked(path.with_name("none.db"), verb, "x") == EXIT_INPUT
    assert "There is no journal at" in capsys.readouterr().err


def test_interrupted_it_says_so(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> Row:
        raise KeyboardInterrupt

    monkeypatch.setattr(story, "told_of", stop)
    assert asked(path, "story", "order-one-77") == EXIT_UNKNOWN
    assert capsys.readouterr().err == "redline: Interrupted; the journal was not read to its end.\n"
