"""Pieces of the verbs: the draft that `field=value …` means, the journal a verb keeps, and how one fails."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.cli.parser import parser
from app.cli.running import fail, journal_of
from app.cli.verbs import first_problem, prepare, run
from app.desk.desk import DeskError
from app.desk.state import Lineage
from app.domain.form import FieldName, InputError
from app.venues import registry
from tests.helpers.paper_desk import PaperDesk, bitso_buy


@pytest.fixture
def paper() -> PaperDesk:
    return PaperDesk("bitso")


@pytest.fixture
def lineage(paper: PaperDesk) -> Lineage:
    return paper.desk.state.lineages[bitso_buy(paper)]


def test_changes_are_read_against_the_form(paper: PaperDesk, lineage: Lineage) -> None:
    prepared = prepare(paper.desk, lineage, ["price=119000", "on_failure=cancel"][:1], None)
    assert prepared.plan.draft.values == ((FieldName.PRICE, Decimal(119000)),)
    assert prepared.command is not None


@pytest.mark.parametrize(
    "changes, says", [(["price"], "field=value"), (["price=1", "price=2"], "given twice"), (["colour=red"], "no field")]
)
def test_a_change_that_is_none_names_the_field(
    paper: PaperDesk, lineage: Lineage, changes: list[str], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        prepare(paper.desk, lineage, changes, None)


def test_a_route_there_is_not_names_those_there_are(paper: PaperDesk, lineage: Lineage) -> None:
    with pytest.raises(DeskError, match="There is no route “teleport” for this order; use one of "):
        prepare(paper.desk, lineage, ["price=119000"], "teleport")


def test_what_stops_a_draft_comes_with_the_nearest_legal_value(paper: PaperDesk, lineage: Lineage) -> None:
    prepared = prepare(paper.desk, lineage, ["price=119000.001"], None)
    assert prepared.command is None
    assert "119000" in first_problem(prepared)


@pytest.mark.parametrize(
    "arguments, kept",
    [
        (["amend", "7", "price=1", "--config", "a.toml", "--journal", "j.db"], Path("j.db")),
        (["amend", "7", "price=1", "--config", "a.toml", "--no-journal"], None),
        (["orders", "--config", "a.toml"], None),
        (["orders", "--config", "a.toml", "--journal", "j.db"], Path("j.db")),
    ],
)
def test_only_what_sends_keeps_a_journal_by_itself(arguments: list[str], kept: Path | None) -> None:
    assert journal_of(parser().parse_args(arguments)) == kept
    by_itself = journal_of(parser().parse_args(["amend", "7", "price=1", "--config", "a.toml"]))
    assert by_itself is not None
    assert by_itself.parent.name.startswith("a-")


def test_a_failure_is_a_sentence_and_a_document_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail(parser().parse_args(["orders", "--json"]), "No.", 4) == 4
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"error": "No.", "exit": 4}, "redline: No.\n")


def test_a_verb_without_a_configuration_says_where_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(parser().parse_args(["orders"]), registry.load) == 2
    assert "redline practice --config-out" in capsys.readouterr().err
