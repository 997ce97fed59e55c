"""Indexes of the amendments against a look through all of them, after anything that may happen to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.amendment_book import AmendmentBook, may_land
from app.desk.state import DeskState
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from app.simulation.runner import Stages
from app.simulation.world import World
from app.venues import registry
from tests.helpers.toy_venue import T0, amendment, order

STAGES = [stage for stage in AmendmentStage if stage is not AmendmentStage.DRAFT]


def made(number: int, row: int, stage: AmendmentStage, *, left: bool, heir: str) -> Amendment:
    """One amendment as it may stand."""
    base = replace(amendment(order(f"o{row}"), number=number), stage=stage, new_order_id=heir)
    rungs = (*base.rungs, Rung(stage, T0, Source.APP))
    return replace(base, rungs=rungs, written_at=T0 if left else None)


FORMS = st.builds(
    made,
    st.integers(1, 6),
    st.integers(1, 3),
    st.sampled_from(STAGES),
    left=st.booleans(),
    heir=st.sampled_from(["", "n1"]),
)


def holds(book: AmendmentBook) -> None:
    """Every index is what a look through all gives."""
    assert book.unsettled == {name: each for name, each in book.items() if each.is_open}
    waits = (each for each in book.values() if may_land(each) and not each.new_order_id)
    assert book.landing == Counter(each.lineage for each in waits)
    assert book.numbers == Counter(each.lineage for each in book.values())


@given(st.lists(st.tuples(st.sampled_from(["put", "del", "pop", "update", "or", "default", "last", "clear"]), FORMS)))
def test_no_way_to_change_it_leaves_an_index_behind(acts: list[tuple[str, Amendment]]) -> None:
    book = AmendmentBook()
    for act, each in acts:
        name = each.amendment_id
        match act:
            case "put":
                book[name] = each
            case "del" if name in book:
                del book[name]
            case "pop":
                book.pop(name, None)
            case "update":
                book.update({name: each})
            case "or":
                book |= {name: each}
            case "default":
                book.setdefault(name, each)
            case "last" if book:
                book.popitem()
            case "clear" if each.command.request_id == 1:
                book.clear()
        holds(book)
        holds(book.copy())
    assert dict(book.copy()) == dict(book)


def test_what_is_not_in_cannot_be_taken_out() -> None:
    book = AmendmentBook()
    with pytest.raises(KeyError):
        book.pop("A1")
    with pytest.raises(KeyError):
        del book["A1"]


def test_a_state_makes_a_book_of_what_it_is_given() -> None:
    one = made(1, 1, AmendmentStage.WRITTEN, left=True, heir="")
    state = DeskState(amendments={"A1": one})
    holds(state.book)
    assert state.book.unsettled == {"A1": one}


def test_after_every_event_of_a_simulation_each_index_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    happened = World.happened

    def look(world: World, event: ev.Event) -> None:
        nonlocal looked
        looked += 1
        state = world.desk.state
        holds(state.book)
        for row in state.lineages.values():
            opened = [state.amendments[each] for each in row.amendments if state.amendments[each].is_open]
            assert state.open_amendments(row) == opened
        unsettled = [each for each in state.amendments.values() if each.is_open]
        assert {each.amendment_id for each in state.unsettled()} == {each.amendment_id for each in unsettled}
        happened(world, event)

    monkeypatch.setattr(World, "happened", look)
    stages = Stages(registry.load)
    for number in range(6):
        assert stages.play(4_711, number, 5).broken is None
    assert looked > 500
