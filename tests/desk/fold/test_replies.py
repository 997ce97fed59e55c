"""A reply with other terms than asked is said, and is proof of nothing: what follows is what follows without it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.order import OrderStatus
from tests.desk.fold.test_reducer import Bench
from tests.helpers.toy_venue import amendment, order

SAID = "Toy answered MODIFIED with price 102 instead of 101; whether that is this change, the order has to show."

STEPS = st.lists(
    st.sampled_from(("push old", "push new", "push other", "look", "ack", "refuse", "unanswered", "probe", "cancel")),
    max_size=8,
)


def said(bench: Bench) -> str:
    bench.apply(ev.AmendmentRepliedOtherwise("toy", bench.now, "A1", SAID))
    return bench.state.amendments["A1"].outcome


@pytest.fixture
def bench() -> Bench:
    """An order whose price is asked to go from 100 to 101."""
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    return bench


def test_it_is_said_at_once_and_the_waiting_goes_on(bench: Bench) -> None:
    assert said(bench) == f"Sent. {SAID}"
    assert bench.stage() is AmendmentStage.WRITTEN
    entry = bench.row().history[-1]
    assert (entry.text, entry.source) == (SAID, Source.REPLY)
    said(bench)
    assert [each.text for each in bench.row().history].count(SAID) == 1


def test_without_another_answer_it_is_unknown_and_says_what_was_answered(bench: Bench) -> None:
    said(bench)
    bench.now += 4 * SECOND
    bench.apply(ev.ProbeDue("toy", bench.now, "A1"))
    each = bench.state.amendments["A1"]
    assert each.stage is AmendmentStage.UNKNOWN
    assert each.outcome == f"Unknown: {SAID} Nothing is resent; checking."
    assert (each.latest.note, each.latest.source) == (SAID, Source.REPLY)
    bench.now += 10 * SECOND
    bench.seen(order(price=Decimal(102)), asked_at=bench.now)
    assert bench.stage() is AmendmentStage.DIFFERENT
    (difference,) = bench.state.amendments["A1"].differences
    assert (difference.asked, difference.found) == (Decimal(101), Decimal(102))


def test_one_that_comes_after_the_waiting_is_said_too(bench: Bench) -> None:
    bench.apply(ev.AmendmentUnanswered("toy", bench.now, "A1", "the connection broke."))
    assert said(bench) == f"Unknown: {SAID} Nothing is resent; checking."
    assert bench.stage() is AmendmentStage.UNKNOWN


def test_one_that_comes_after_the_outcome_changes_no_word_of_it(bench: Bench) -> None:
    bench.answered()
    bench.seen(order(price=Decimal(101)))
    outcome = bench.state.amendments["A1"].outcome
    assert said(bench) == outcome
    assert SAID in [each.text for each in bench.row().history]


def play(steps: list[str], reply_at: int | None) -> tuple[list[AmendmentStage], list[str], int]:
    """Stages after each step, the kinds of what was asked for, and how many rungs there are."""
    bench = Bench()
    bench.listed(order())
    bench.sent(amendment(order()))
    stages = []
    prices = {"push old": "100", "push new": "101", "push other": "102"}
    for number, step in enumerate([*steps, "look"]):
        if number == reply_at:
            said(bench)
        bench.now += 2 * SECOND
        match step:
            case "push old" | "push new" | "push other":
                bench.seen(order(price=Decimal(prices[step]), updated_at=bench.now))
            case "look":
                bench.seen(bench.row().order, asked_at=bench.now)
            case "ack":
                bench.answered()
            case "refuse":
                bench.apply(ev.AmendmentRefused("toy", bench.now, "A1", "9", "No."))
            case "unanswered":
                bench.apply(ev.AmendmentUnanswered("toy", bench.now, "A1", "lost."))
            case "probe":
                bench.apply(ev.ProbeDue("toy", bench.now, "A1"))
            case "cancel":
                bench.seen(replace(bench.row().order, status=OrderStatus.CANCELLED, updated_at=bench.now))
        stages.append(bench.stage())
    return stages, [type(each).__name__ for each in bench.effects], len(bench.state.amendments["A1"].rungs)


@settings(max_examples=60)
@given(STEPS, st.integers(min_value=0, max_value=8))
def test_it_moves_no_stage_and_asks_for_nothing(steps: list[str], reply_at: int) -> None:
    assert play(steps, reply_at) == play(steps, None)
