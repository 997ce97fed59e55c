"""Text of the verbs for people: columns that line up, every digit, and what cannot be sent with the way on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from app.cli import text
from app.cli.other_journals import OtherJournals
from app.desk.journal.elsewhere import InFlight
from app.domain.form import FieldName
from app.domain.plan import Draft, Problem
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.toy_venue import amendment, order

D = Decimal


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert text.table([["a", "1"], ["bbb", "22"]], frozenset({1})) == "a     1\nbbb  22"


def test_what_another_journal_has_in_flight_is_marked() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    assert text.orders(paper.desk, [lineage], OtherJournals()).splitlines()[1].split()[-2] == "—"
    other = InFlight(Path("/j"), "bitso", "", lineage.ids, amendment(lineage.order))
    shown = text.orders(paper.desk, [lineage], OtherJournals((other,)))
    assert "unresolved (draft)" in shown
    assert shown.endswith("1 open order on 0 of 1 account; the others did not list theirs")


def test_nearest_values_are_offered_unless_the_sentence_names_them() -> None:
    assert text.offered(Problem("Off the tick.", FieldName.PRICE, nearest=(D("1.10"), D("1.2")))) == (
        "Off the tick. Nearest legal: 1.1 or 1.2."
    )
    assert text.offered(Problem("Write 1.1.", FieldName.PRICE, nearest=(D("1.10"),))) == "Write 1.1."


def test_a_form_tells_each_field_once() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    shown = text.form(paper.desk.form(lineage.key), lineage)
    assert "\nprice (price): 120000.00 USD  [may change]\n    in steps of 0.01 USD\n" in shown
    assert shown.count("[locked]") == 1, shown
    assert "\nroute modify (PATCH /api/v4/orders/{oid}): offered\n" in shown


def test_a_draft_shows_what_it_does_and_the_request() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    shown = text.prepared(paper.desk.prepare(lineage.key, Draft(lineage.order, ((FieldName.PRICE, D("119000.00")),))))
    head, body = shown.splitlines()[-2:]
    assert head == "POST /bitso/amend/qlbga6b600n3xta7"
    assert body.startswith('{"price":"119000.00"')
    assert "peak" in shown


def test_an_open_amendment_says_what_to_do() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    shown = text.amendment(amendment(order()), lineage, "look again")
    assert "  nothing is resent; look again" in shown
    assert shown.splitlines()[-1].endswith("price 120000.00, remaining 0.83333333, filled 0")
