"""Exit codes of a change: 3 is the venue's no, what never left has another."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest

from app.cli.exits import code_of, why_not
from app.desk.state import Doubt
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Rung, Source
from app.domain.form import FieldName, passes_by_itself
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.domain.plan import Draft
from app.venues.registry import PACKAGES, load
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.toy_venue import amendment, order

Stage = AmendmentStage


@pytest.mark.parametrize(
    "stage, source, code",
    [
        (Stage.CONFIRMED, Source.LOOKUP, 0),
        (Stage.REFUSED, Source.REPLY, 3),
        (Stage.NOT_APPLIED, Source.LOOKUP, 3),
        (Stage.NOT_APPLIED, Source.APP, 4),
        (Stage.DIFFERENT, Source.PUSH, 3),
        (Stage.OVERTAKEN, Source.PUSH, 3),
        (Stage.UNKNOWN, Source.APP, 4),
        (Stage.QUEUED, Source.APP, 4),
        (Stage.WRITTEN, Source.WIRE, 4),
        (Stage.ACKNOWLEDGED, Source.REPLY, 4),
    ],
)
def test_each_end_has_its_code(stage: AmendmentStage, source: Source, code: int) -> None:
    each = amendment(order())
    assert code_of(replace(each, stage=stage, rungs=(*each.rungs, Rung(stage, 2, source)))) == code


def test_a_late_answer_does_not_make_a_no_of_it() -> None:
    each = amendment(order())
    rungs = (Rung(Stage.NOT_APPLIED, 2, Source.APP), Rung(Stage.REFUSED, 3, Source.REPLY, late=True))
    assert code_of(replace(each, stage=Stage.NOT_APPLIED, rungs=rungs)) == 4


async def test_a_draft_that_would_have_to_wait_is_no_bad_input() -> None:
    paper = PaperDesk("bitso")
    now = paper.clock.now()
    lineage = paper.desk.state.lineages[bitso_buy(paper)]

    def code(value: str) -> int:
        draft = Draft(lineage.order, ((FieldName.PRICE, Decimal(value)),))
        prepared = paper.desk.prepare(lineage.key, draft)
        assert prepared.command is None
        return why_not(paper.desk, lineage, prepared)

    assert code("119000.001") == 2, "off its tick"
    assert code("1") == 2, "beyond the ticket's own limit"
    lineage.doubt = Doubt(now, Source.LOOKUP, "its price is below zero", "{}")
    assert code("119000") == 4
    lineage.doubt = None
    paper.happen(ev.LinkChanged("bitso", now, LinkState.DOWN, "No route."))
    assert code("119000") == 4
    paper.happen(ev.LinkChanged("bitso", now, LinkState.UP, "Connected."))
    paper.desk.read_only = False
    paper.desk.cancel(lineage.key)
    assert code("119000") == 4
    await paper.desk.close()


@pytest.mark.parametrize("venue", sorted(set(PACKAGES) - {"alphapoint"}))  # it tells no such state
async def test_an_order_that_the_venue_has_not_taken_yet_is_no_bad_input(venue: str) -> None:
    scenes = import_module(f"tests.venues.{venue}.scenes")
    book = load({venue})[venue].rulebook
    around = replace(scenes.AROUND[0], link=LinkState.UP, amending=False, cancelling=False)
    form = book.form(replace(scenes.ORDERS[0], status=OrderStatus.PENDING), around)
    assert passes_by_itself(form.locked), form.locked


async def test_a_queued_order_at_bitso_exits_as_what_may_be_sent_later() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    lineage.order = replace(lineage.order, status=OrderStatus.PENDING, raw_status="queued")
    prepared = paper.desk.prepare(lineage.key, Draft(lineage.order, ((FieldName.PRICE, Decimal(119000)),)))
    assert prepared.command is None
    assert why_not(paper.desk, lineage, prepared) == 4
    await paper.desk.close()


def test_a_lock_that_stays_does_not_pass_by_itself() -> None:
    assert not passes_by_itself("Bitso does not modify market orders.")
    assert not passes_by_itself("Bitso reports the state “x”, unknown to this ticket; look at it on Bitso.")
