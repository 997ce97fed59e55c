"""Amendments of one order in line: the whole desk on the practice exchange, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.desk.desk import Desk, DeskError
from app.desk.fold.line_evidence import NOT_SHOWN
from app.desk.ids import Ids
from app.desk.journal.writer import Journal
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import FieldName
from app.domain.plan import Draft
from app.domain.ports import Venue
from app.practice.server.server import VenueServer
from app.runtime.clock import SystemClock
from app.venues.bitget import VENUE
from tests.helpers.running import running
from tests.venues.bitget.test_conformance import SPOT, account_of, hasty, practice

D = Decimal
Stage = AmendmentStage


@asynccontextmanager
async def desk_on(
    server: VenueServer, venue: Venue = VENUE, most: int = 5, journal: Path | None = None
) -> AsyncIterator[Desk]:
    """The whole desk, with so many amendments of one order at a time."""
    account = replace(account_of(server), switches={"queued_amendments": str(most)})
    kept = Journal(journal) if journal is not None else None
    desk = Desk([account], {"bitget": venue}, SystemClock(), Ids(), journal=kept)
    async with running(desk):
        yield desk


def ask(desk: Desk, **values: Decimal) -> str:
    """Send what is typed into the form as it is now."""
    key = desk.find(SPOT).key
    draft = Draft(desk.form(key).order, tuple((FieldName(name), value) for name, value in values.items()))
    return desk.send(desk.prepare(key, draft), confirmed=True)


async def accepted(desk: Desk, amendment_id: str) -> None:
    taken = (Stage.ACKNOWLEDGED, Stage.REFUSED)
    assert await desk.wait(lambda state: state.amendments[amendment_id].stage in taken, 5)


async def queued(desk: Desk, *prices: str) -> list[str]:
    made = []
    for price in prices:
        made.append(ask(desk, price=D(price)))
        await accepted(desk, made[-1])
    return made


async def outcomes(desk: Desk, made: Sequence[str], seconds: float = 15) -> list[Amendment]:
    assert await desk.wait(lambda state: not state.unsettled("main"), seconds)
    return [desk.state.amendments[each] for each in made]


def calls(server: VenueServer) -> list[str]:
    return [each.operation for each in server.gate.requests if each.operation in ("amend", "batch_amend")]


async def test_three_prices_in_line_are_each_told_truly_and_sent_once() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("engine_delay_ms", "400")
        made = await queued(desk, "59800", "59810", "59820")
        assert [desk.state.amendments[each].stage for each in made] == [Stage.ACKNOWLEDGED] * 3
        assert desk.lineage(desk.find(SPOT).key).order.price == D(59840), "the row keeps what is proven"
        assert desk.form(desk.find(SPOT).key).order.price == D(59820)
        done = await outcomes(desk, made)
        assert [each.stage for each in done] == [Stage.CONFIRMED] * 3, [each.outcome for each in done]
        assert calls(server) == ["amend", "batch_amend", "batch_amend"]
        truth = server.find(SPOT)
        assert truth is not None
        assert truth.price == D(59820)


async def test_without_pushes_what_was_not_shown_is_told_as_inferred() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("push_on_amend", "false")
        server.switches.set("engine_delay_ms", "60")
        made = await queued(desk, "59800", "59810", "59820")
        done = await outcomes(desk, made)
        assert done[-1].stage is Stage.CONFIRMED
        for each in done[:-1]:
            assert each.stage is Stage.CONFIRMED or (each.stage is Stage.OVERTAKEN and each.missing == NOT_SHOWN)


async def test_one_that_fails_takes_those_behind_it_along() -> None:
    async with practice() as server, desk_on(server, hasty()) as desk:
        server.switches.set("engine_delay_ms", "300")
        server.faults.add("silent_failure", "batch_amend")
        made = await queued(desk, "59800", "59810", "59820")
        done = await outcomes(desk, made)
        assert [each.stage for each in done] == [Stage.CONFIRMED, Stage.NOT_APPLIED, Stage.NOT_APPLIED]
        assert all("still works at 59800 for 0.5" in each.outcome for each in done[1:])
        assert done[1].command.order.price == done[2].command.order.price == D(59800)
        truth = server.find(SPOT)
        assert truth is not None
        assert truth.price == D(59800)


async def test_one_whose_answer_is_owed_while_an_earlier_one_fails_is_refused() -> None:
    async with practice() as server, desk_on(server, hasty()) as desk:
        server.switches.set("engine_delay_ms", "200")
        server.faults.add("silent_failure", "amend")
        server.faults.add("delay", "batch_amend", point="before_apply", ms="600")
        made = await queued(desk, "59800", "59810")
        done = await outcomes(desk, made)
        assert [each.stage for each in done] == [Stage.NOT_APPLIED, Stage.REFUSED]
        assert done[1].code == "25573"
        assert "an earlier amendment of this order failed first" in done[1].outcome


async def test_back_to_the_old_price_is_believed_once_nothing_is_under_way() -> None:
    async with practice() as server, desk_on(server, hasty()) as desk:
        server.switches.set("push_on_amend", "false")
        server.faults.add("silent_failure", "amend")
        server.switches.set("engine_delay_ms", "300")
        made = await queued(desk, "59800", "59840")
        done = await outcomes(desk, made)
        assert [each.stage for each in done] == [Stage.OVERTAKEN, Stage.CONFIRMED]
        assert done[0].missing
        assert "not known whether" in done[1].outcome


@pytest.mark.parametrize("most", [1, 3, 5])
async def test_one_more_than_the_switch_allows_is_held_back_here(most: int) -> None:
    async with practice() as server, desk_on(server, most=most) as desk:
        server.switches.set("engine_delay_ms", "1500")
        made = await queued(desk, *(str(59800 + each) for each in range(most)))
        locked = desk.form(desk.find(SPOT).key).locked
        assert locked
        assert ("takes one at a time" in locked) == (most == 1)
        with pytest.raises(DeskError):
            ask(desk, price=D(59830))
        assert len(calls(server)) == most
        done = await outcomes(desk, made, 20)
        assert {each.stage for each in done} == {Stage.CONFIRMED}
        assert desk.form(desk.find(SPOT).key).locked == ""


async def test_nothing_is_sent_behind_one_whose_answer_was_lost() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("engine_delay_ms", "400")
        server.faults.add("drop", "amend")
        first = ask(desk, price=D(59800))
        assert await desk.wait(lambda state: state.amendments[first].stage is Stage.WRITTEN, 5)
        assert "not known to be accepted" in desk.form(desk.find(SPOT).key).locked
        done = await outcomes(desk, [first])
        assert done[0].stage is Stage.CONFIRMED


async def test_somebody_elses_change_stops_one_that_waits_behind_others() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("engine_delay_ms", "3000")
        server.switches.set("push_on_amend", "false")
        await queued(desk, "59800")
        truth = server.find(SPOT)
        assert truth is not None
        key = desk.find(SPOT).key
        prepared = desk.prepare(key, Draft(desk.form(key).order, ((FieldName.PRICE, D(59820)),)))
        server.foreign_amend(truth, D(59700), None)
        second = desk.send(prepared, confirmed=True)  # before anything of that came
        assert await desk.wait(lambda state: state.amendments[second].stage is Stage.NOT_APPLIED, 5)
        assert "changed at Bitget to 0.5 at 59700" in desk.state.amendments[second].outcome


async def test_a_complete_fill_tells_it_of_all_in_line() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("engine_delay_ms", "400")
        server.faults.add("fill", "amend", point="in_flight", quantity="all")
        made = await queued(desk, "59800", "59810")
        done = await outcomes(desk, made)
        assert [each.stage for each in done] == [Stage.OVERTAKEN] * 2
        assert all("was filled" in each.outcome and not each.missing for each in done)


async def test_several_in_line_survive_the_end_of_the_ticket(tmp_path: Path) -> None:
    async with practice() as server:
        server.switches.set("engine_delay_ms", "700")
        async with desk_on(server, journal=tmp_path / "journal.db") as desk:
            made = await queued(desk, "59800", "59810", "59820")
        async with desk_on(server, journal=tmp_path / "journal.db") as desk:
            assert set(made) <= desk.state.amendments.keys()
            done = await outcomes(desk, made)
            for each in done:
                assert each.stage is Stage.CONFIRMED or each.missing == NOT_SHOWN
                assert Stage.UNKNOWN in [rung.stage for rung in each.rungs]
            assert done[-1].stage is Stage.CONFIRMED
            assert calls(server) == ["amend", "batch_amend", "batch_amend"], "nothing is sent again"
