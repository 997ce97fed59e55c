"""Words of a plan: what stands against a draft, and which consents it still asks for."""

from __future__ import annotations

from decimal import Decimal

from app.domain.form import Field, FieldName, Form
from app.domain.plan import Caution, Plan, Problem, Verdict
from app.ui.amend.draft_keeper import DraftKeeper
from app.ui.amend.verdict_words import draft_shown, field_news, no_balance, standing_of
from tests.helpers.toy_venue import order

D, PRICE = Decimal, FieldName.PRICE
FORM = Form(order(), (Field(PRICE, "Price", "price", True, order().price),), ())
PLACE = Caution("The place is lost.", confirm=True, about_place=True)
FAR = Caution("Far away.", PRICE, confirm=True)


def typed(*, cautions: tuple[Caution, ...] = (), problems: tuple[Problem, ...] = ()) -> tuple[DraftKeeper, Plan]:
    keeper = DraftKeeper(FORM)
    keeper.type(PRICE, D(7))
    return keeper, Plan(keeper.draft, None, Verdict(problems, cautions))


def test_a_consent_from_before_covers_what_it_is_about_and_no_more() -> None:
    keeper, plan = typed(cautions=(PLACE, FAR, Caution("Only a word.")))
    standing = standing_of(FORM, keeper, plan, {PRICE}, lambda caution: caution.about_place)
    assert standing.agreed == (PLACE.text,)
    assert standing.asks == (FAR.text,), "asked for wherever it belongs"
    assert standing.cautions == ("Only a word.",)
    assert standing_of(FORM, keeper, plan, {PRICE}).asks == (PLACE.text, FAR.text)


def test_with_nothing_typed_nothing_stands_against_it() -> None:
    _, plan = typed(cautions=(PLACE,), problems=(Problem("No."),))
    untouched = DraftKeeper(FORM)
    standing = standing_of(FORM, untouched, plan, set())
    assert (standing.problems, standing.asks) == ((), ())
    assert field_news(FORM, untouched, plan, PRICE).problem == ""
    assert draft_shown(FORM, untouched, plan, was_refused=False) is None
    assert "Shown as soon as" in no_balance(FORM, untouched, None)


def test_a_problem_stands_at_its_field_or_for_the_whole() -> None:
    keeper, plan = typed(problems=(Problem("At the field.", PRICE, nearest=(D(8),)), Problem("For all.")))
    assert standing_of(FORM, keeper, plan, {PRICE}).problems == ("For all.",)
    news = field_news(FORM, keeper, plan, PRICE)
    assert (news.problem, news.nearest) == ("At the field.", (D(8),))
    shown = draft_shown(FORM, keeper, plan, was_refused=True)
    assert shown is not None
    assert (shown.price, shown.returned) == (D(7), True)
