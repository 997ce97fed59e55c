"""Words on what became of an amendment, beside what is typed since."""

from __future__ import annotations

from dataclasses import replace

from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.ui.amend.draft_keeper import DraftKeeper
from app.ui.amend.outcome_words import came_to_nothing, dropped_words, outcome_shown
from tests.helpers.paper_desk import PaperDesk, bitso_buy


def test_without_an_amendment_there_is_nothing_to_speak_of() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    form = paper.desk.form(key)
    keeper = DraftKeeper(form)
    shown = outcome_shown(paper.desk, key, keeper, None)
    assert (shown.amendment, shown.before, shown.after) == (None, "", "")
    assert came_to_nothing(paper.desk, form, key) is None
    assert came_to_nothing(paper.desk, replace(form, locked="It waits."), key) is None
    assert AmendmentStage.CONFIRMED.is_settled


def test_what_is_dropped_is_named_by_its_label() -> None:
    paper = PaperDesk("bitso")
    form = paper.desk.form(bitso_buy(paper))
    keeper = DraftKeeper(form)
    keeper.type(FieldName.PRICE, None, "no number")
    assert dropped_words(form, keeper).endswith(" What was typed is dropped.")
