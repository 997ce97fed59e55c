"""The left column of the panel: heading, fields, quick changes; everything only drafts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from app.domain.form import FieldName, IdAfter, QueuePlace, Route
from app.domain.market import Quote
from app.ui.amend.field_column import FieldColumn, route_heading
from app.ui.amend.quick_buttons import Quick
from app.ui.look.theme import Theme
from tests.helpers.toy_venue import T0, order
from tests.ui.amend.test_draft_keeper import form

D = Decimal


@pytest.fixture
def column(qtbot: QtBot, theme: Theme) -> FieldColumn:
    column = FieldColumn(form(order()), theme)
    qtbot.addWidget(column)
    column.show_form(form(order()), {}, None)
    column.show()
    return column


def test_the_heading_says_the_call_and_what_becomes_of_the_id() -> None:
    assert route_heading(None) == "AMEND"
    for id_after, becomes in ((IdAfter.SAME, "IN PLACE"), (IdAfter.NEW, "NEW ORDER ID")):
        route = Route("modify", "Modify", "PATCH /orders", True, QueuePlace.UNKNOWN, id_after)
        assert route_heading(route) == f"AMEND · PATCH /orders · {becomes}"


def test_every_field_of_the_form_has_a_line_in_its_order(column: FieldColumn) -> None:
    assert list(column.lines) == [FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE]
    assert column.routes.isHidden(), "there is nothing to choose"


def test_a_quick_change_is_typed_and_the_draft_hears_of_it(column: FieldColumn, qtbot: QtBot) -> None:
    column.show_quote(Quote("AB", "", D("99"), D("103"), D("99"), T0), legal=False)
    with qtbot.waitSignal(column.typed) as typed:
        column.do_quick(Quick.JOIN)
    assert typed.args == [FieldName.PRICE, D("99"), ""]
    with qtbot.waitSignal(column.typed) as typed:
        column.do_quick(Quick.HALF)
    assert typed.args == [FieldName.QUANTITY, D(1), ""]


def test_the_focus_goes_to_the_first_field_where_the_wanted_one_is_not_there(column: FieldColumn, qtbot: QtBot) -> None:
    column.activateWindow()
    qtbot.waitExposed(column)
    column.focus_field(FieldName.STOP)
    assert column.lines[FieldName.PRICE].number.hasFocus()
