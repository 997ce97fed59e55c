"""One table of terms: whatever compares or tells terms follows it, so that a new term cannot be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import shapes
from app.cli.journal import words
from app.desk.fold.orders import describe
from app.desk.views import away
from app.domain import evidence, terms
from app.domain.evidence import Finding, compare, judge_terms, terms_of
from app.domain.form import FieldName
from app.domain.order import Order
from app.domain.plan import Terms
from app.domain.terms import TERMS, Term, changed_terms
from app.simulation import promises
from tests.helpers.toy_venue import amendment, order

D = Decimal


def test_every_term_that_can_be_asked_for_is_in_the_table() -> None:
    assert [term.name for term in TERMS] == [each.name for each in fields(Terms)]


def test_terms_are_read_from_order_and_target_alike() -> None:
    seen = order(stop=D(90), take_profit=D(120))
    assert [term.of_order(seen) for term in TERMS] == [D(100), D(2), D(2), None, D(90), D(120), D(0)]
    assert [term.shown(seen) for term in TERMS][-2:] == [D(120), None]
    assert terms_of(seen, Terms(price=D(1), stop_loss=D(1))) == Terms(price=D(100), stop_loss=D(0))


def test_a_change_of_an_exit_by_somebody_else_is_told_in_the_row() -> None:
    """A take profit changed elsewhere left no line, because a hand-written list did not name it."""
    before, now = order(take_profit=D(120)), order(take_profit=None, stop_loss=D(90))
    changed = changed_terms(before, now)
    assert [term.name for term in changed] == ["take_profit", "stop_loss"]
    assert describe(now, changed).endswith(", no take profit, stop loss 90")


VALUES = st.none() | st.sampled_from([D(text) for text in ("0", "-0", "0.00", "1", "1.0", "1.00", "2", "1E+1", "10")])
NAMES = ("price", "value", "stop", "take_profit", "stop_loss")


@given(*(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES) | {"quantity": VALUES.filter(bool)}) for _ in range(2)))
def test_terms_change_where_their_numbers_do(one: dict[str, Decimal | None], two: dict[str, Decimal | None]) -> None:
    """None of an exit is zero, digits behind the point are no change, and what is left is no term of its own."""
    told = {name for name in one if one[name] != two[name]}
    told -= {name for name in ("take_profit", "stop_loss") if not one[name] and not two[name]}
    changed = changed_terms(order(**one), order(**two, filled=D("0.5")))
    assert [term.name for term in changed] == [name for name in ("price", "quantity", *NAMES[1:]) if name in told]


def test_a_number_that_is_none_differs_from_itself() -> None:
    odd = order(stop=D("NaN"))
    assert [term.name for term in changed_terms(odd, odd)] == ["stop"]


def test_what_is_left_is_not_computed_to_compare_terms() -> None:
    """An amount of infinity less one of infinity raises."""
    odd = order(quantity=D("Infinity"), filled=D("Infinity"))
    assert changed_terms(odd, odd) == ()


# -- a sixth term ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrailingTerms(Terms):
    """Terms with a field of its own."""

    offset: Decimal | None = None


@dataclass(frozen=True)
class TrailingOrder(Order):
    """An order with a trailing offset."""

    offset: Decimal | None = None


OFFSET = Term("offset", FieldName.STOP, "trailing offset", is_price=True)


def trailing(offset: str, price: str = "100") -> TrailingOrder:
    base = order(price=D(price))
    return TrailingOrder(**{each.name: getattr(base, each.name) for each in fields(Order)}, offset=D(offset))


@pytest.fixture
def sixth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one more term into the table, and into no other place."""
    table = (*TERMS, OFFSET)
    for module in (terms, evidence, shapes):
        monkeypatch.setattr(module, "TERMS", table)


@pytest.mark.usefixtures("sixth")
class TestASixthTerm:
    """Nothing can forget it."""

    def test_evidence_does_not_confirm_without_it(self) -> None:
        target = TrailingTerms(price=D(101), offset=D(5))
        asked = replace(amendment(trailing("3")).command, target=target)
        assert judge_terms(asked, trailing("5", "101")).finding is Finding.APPLIED
        assert judge_terms(asked, trailing("3", "101")).finding is Finding.DIFFERENT
        assert [(each.asked, each.found) for each in compare(target, trailing("3", "101"))] == [(D(5), D(3))]

    def test_the_history_of_a_row_tells_of_it(self) -> None:
        changed = changed_terms(trailing("3"), trailing("5"))
        assert changed == (OFFSET,)
        assert describe(trailing("5"), changed).endswith(", trailing offset 5")

    def test_the_sheet_of_what_happened_while_away_tells_of_it(self) -> None:
        was, now = away.RowView(trailing("3")), away.RowView(trailing("5"))
        told = [(step.label, step.old, step.new) for step in away._steps(was, now)]
        assert told == [("trailing offset", D(3), D(5))]

    def test_the_verbs_show_it(self) -> None:
        assert "offset" in [term.name for term in shapes.TERMS]

    def test_the_words_of_the_journal_name_it(self) -> None:
        body = {"order_id": "o1", "raw_status": "open", "price": "100", "offset": "5"}
        assert words._order(body) == "o1 open, price 100, offset 5"

    def test_the_promises_of_the_simulation_look_at_it(self) -> None:
        assert promises._terms(trailing("3")) != promises._terms(trailing("5"))
