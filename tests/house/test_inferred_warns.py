"""What is only inferred warns, and only what is documented blocks: every rule of every venue, by its forms and plans.

Each venue brings orders, surroundings and drafts (`tests/venues/<venue>/scenes.py`); every one of them is put to the
venue's rulebook with every other. A rule that is not documented may be said and may ask for a consent; where it locks
or stops something nevertheless, that stands below with its reason, and is no word about the venue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import product
from pkgutil import walk_packages
from types import ModuleType

import pytest

from app.domain.form import FieldName, Form
from app.domain.plan import Draft, Plan
from app.domain.rules import Confidence, Rule
from app.venues.registry import PACKAGES, load

ORDER, DRAFT = "the order", "the draft"

_PLAIN = "the ticket would make a plain limit order of it, and knows no way to send another; reducing it is offered"

#: By code of the rule and what it holds back: why that is this ticket's own doing.
OURS: dict[tuple[str, str], str] = {
    ("alphapoint.amend.one-in-flight", ORDER): "a change on top of one that is not settled could undo it",
    **{(f"alphapoint.order.{kind}", "price"): _PLAIN for kind in ("not-plain", "iceberg", "quote", "block-trade")},
    ("qfex.order.stop", ORDER): "no documented reply would prove the change, and it says so",
    ("qfex.amend.reduce-only", "reduce_only"): "the account's own switch leaves the field out",
    ("qfex.amend.no-change", DRAFT): "there is nothing to send",
}

#: Rules that are not documented and that no form or plan quotes: they judge answers, and the story quotes them.
OF_ANSWERS = frozenset({"qfex.evidence.refusal", "qfex.evidence.reply"})

#: Words that say what a venue does; an input error does not know that.
FOR_THE_VENUE = re.compile(r"refuse|does not amend|cannot be amended|not allowed|takes (at|no)|wants|accepts")


def scenes_of(venue: str) -> ModuleType:
    return import_module(f"tests.venues.{venue}.scenes")


def rules_of(venue: str) -> set[Rule]:
    """Return every rule that a module of the venue's rules holds."""
    package = import_module(f"{PACKAGES[venue]}.rules")
    modules = [import_module(each.name) for each in walk_packages(package.__path__, f"{package.__name__}.")]
    return {each for module in modules for each in vars(module).values() if isinstance(each, Rule)}


@cache
def walked(venue: str) -> tuple[tuple[Form, Plan], ...]:
    """Return form and plan of every scene."""
    book, scenes = load({venue})[venue].rulebook, scenes_of(venue)
    found = []
    for order, around in product(scenes.ORDERS, scenes.AROUND):
        form = book.form(order, around)
        drafts = scenes.DRAFTS[:1] if form.locked else scenes.DRAFTS
        for values, route in product(drafts, scenes.ROUTES):
            typed = tuple((FieldName(name), value) for name, value in values.items())
            found.append((form, book.plan(Draft(order, typed, route), around)))
    return tuple(found)


def held_back(form: Form, plan: Plan) -> Iterator[tuple[Rule | None, str, str]]:
    """Yield what is locked or stopped: the rule, what it holds back, and the sentence."""
    locks = [field for field in form.fields if not field.editable]
    if form.locked:
        yield form.rule, ORDER, form.locked
    else:
        yield from ((field.rule, field.name.value, field.reason) for field in locks)
        yield from ((route.rule, f"route {route.name}", route.reason) for route in form.routes if not route.offered)
    for problem in plan.verdict.problems:
        if not any(field.reason in problem.text for field in locks):
            yield problem.rule, DRAFT, problem.text


def said(form: Form, plan: Plan) -> Iterator[Rule | None]:
    """Yield every rule that a person is shown."""
    yield form.rule
    yield from (each.rule for each in (*form.fields, *form.routes, *plan.verdict.cautions, *plan.verdict.problems))
    yield from (rule for route in form.routes for rule in route.further)


@pytest.mark.parametrize("venue", PACKAGES)
def test_only_documented_rules_hold_anything_back(venue: str) -> None:
    found = {
        (rule.code, place)
        for form, plan in walked(venue)
        for rule, place, _ in held_back(form, plan)
        if rule is not None and rule.confidence is not Confidence.DOCUMENTED
    }
    assert found == {each for each in OURS if each[0].startswith(f"{venue}.")}


@pytest.mark.parametrize("venue", PACKAGES)
def test_every_lock_quotes_a_rule_and_an_input_error_does_not_speak_for_the_venue(venue: str) -> None:
    for form, plan in walked(venue):
        for rule, place, text in held_back(form, plan):
            assert rule is not None or place == DRAFT, text
            assert rule is not None or not FOR_THE_VENUE.search(text), text


@pytest.mark.parametrize("venue", PACKAGES)
def test_the_scenes_meet_every_rule_that_is_not_documented(venue: str) -> None:
    """A new one of that kind needs a scene, and then the test above looks at it."""
    met = {rule for form, plan in walked(venue) for rule in said(form, plan)}
    met.add(load({venue})[venue].rulebook.evidence.rule)
    unmet = {rule.code for rule in rules_of(venue) - met if rule.confidence is not Confidence.DOCUMENTED} - OF_ANSWERS
    assert unmet == set()


@pytest.mark.parametrize("venue", PACKAGES)
def test_the_scenes_meet_what_stops_and_what_may_be_sent(venue: str) -> None:
    """A walk that meets one outcome alone would prove nothing."""
    plans = [plan for _, plan in walked(venue)]
    assert sum(plan.verdict.ok for plan in plans) > 100
    assert sum(not plan.verdict.ok for plan in plans) > 100
    stopped = {each.rule for plan in plans for each in plan.verdict.problems if each.rule is not None}
    assert len([each for each in stopped if each.confidence is Confidence.DOCUMENTED]) >= 5
