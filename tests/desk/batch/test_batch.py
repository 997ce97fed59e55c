"""Batches over real sockets: one request for many orders where the venue has one, and the truth about each of them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.desk.batch.batch import Batch
from app.desk.batch.members import Ending, Member, Remark
from app.desk.batch.planning import Wish, plan_batch, plan_each, request_of, waits_of
from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.state import DeskState
from app.domain.account import Account, Environment, Secret
from app.domain.evidence import SECOND
from app.domain.form import InputError
from app.domain.market import LinkState
from app.practice.exchange.orders import TRADER, NewOrder, Side, SimKind
from app.practice.server.server import VenueServer
from app.practice.world import PracticeWorld
from app.runtime.clock import SystemClock
from tests.helpers.logfail import AnnouncedLogs
from tests.helpers.ticket_at_practice import load_quick

D = Decimal


@asynccontextmanager
async def desk_on(*names: str, **switches: str) -> AsyncIterator[tuple[Desk, dict[str, VenueServer]]]:
    """A desk on quiet practice venues, all of them up and listed; `switches` are the accounts' own."""
    async with PracticeWorld(1, list(names), quiet=True) as world:
        accounts = [replace(_account(world.venues[name]), switches=switches) for name in names]
        if "bitget" in names:
            _twenty(world.venues["bitget"])
        venues = load_quick(set(names))
        for venue in venues.values():
            venue.rulebook.evidence = replace(venue.rulebook.evidence, answer_within=SECOND)
        desk = Desk(accounts, venues, SystemClock(), Ids())
        task = asyncio.create_task(desk.run())
        try:
            assert await desk.wait(_is_ready, 10)
            yield desk, world.venues
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _is_ready(state: DeskState) -> bool:
    """Whether all links are up, and the market of every order has a touch, without which a limit asks."""
    accounts, orders = state.accounts, [row.order for row in state.open_lineages()]
    return all(each.link is LinkState.UP and each.quotes for each in accounts.values()) and all(
        (each.symbol, each.market) in accounts[each.account].quotes for each in orders
    )


def _account(server: VenueServer) -> Account:
    table = server.config()
    secrets = {name: Secret(value) for name, value in table["credentials"].items()}
    return Account(server.name, table["venue"], Environment.PRACTICE, dict(table["addresses"]), secrets)


def _twenty(server: VenueServer) -> None:
    """Twenty small buys of one category, below the market."""
    known = server.exchange.order("1312345660000471877")
    for number in range(20):
        server.exchange.place(
            NewOrder(
                owner=TRADER,
                symbol=known.symbol,
                side=Side.BUY,
                kind=SimKind.LIMIT,
                quantity=D("0.002"),
                price=D(59000) - number,
                order_id=f"20{number:017d}",
                attributes={**known.attributes, "preset": {}, "still": True},
            )
        )


def twenty(desk: Desk) -> list[str]:
    return sorted(key for key in desk.state.lineages if "/20000" in key)


def endings(batch: Batch) -> dict[str, int]:
    return {ending.value: count for ending, count in batch.counts().items()}


def requests(server: VenueServer, operation: str) -> list[str]:
    return [seen.text.rpartition(" ")[2] for seen in server.gate.requests if seen.operation == operation]


async def test_twenty_orders_leave_in_one_request_and_each_row_is_told_as_it_is() -> None:
    async with desk_on("bitget") as (desk, servers):
        server, keys = servers["bitget"], twenty(desk)
        members = plan_batch(desk, keys, Wish(("price=-3t",)))
        assert {each.verdict for each in members} == {Remark.SENDS}
        silent = members[7].order.order_id
        server.faults.add("fail_rows", "batch_amend", rows=[2, 11], code="25202", message="Insufficient balance")
        server.faults.add("silent_failure", "batch_amend", order_id=silent)
        server.faults.add("omit_rows", "batch_amend", rows=[7])
        batch = Batch(desk, members)
        await batch.send(consent=False)
        assert endings(batch) == {"confirmed": 17, "refused": 2, "unknown": 1}
        sent = requests(server, "batch_amend")
        assert [len(json.loads(each)) for each in sent] == [20]
        assert [member.order.order_id for member in members if member.ending is Ending.UNKNOWN] == [silent]
        assert "Insufficient balance" in members[2].outcome
        # Later evidence settles the silent one, and nothing was sent again.
        assert await desk.wait(lambda _: (batch.refresh(), Ending.UNKNOWN not in batch.counts())[1], 8)
        assert endings(batch) == {"confirmed": 17, "refused": 2, "not applied": 1}
        assert len(requests(server, "batch_amend")) == 1
        assert requests(server, "amend") == []


async def test_more_than_a_request_holds_leaves_in_two_and_reduce_only_alone() -> None:
    async with desk_on("bitget") as (desk, servers):
        keys = [*twenty(desk), *(key for key in desk.state.lineages if key.endswith(("471790", "471913")))]
        members = plan_batch(desk, keys, Wish(("price=-1t",)))
        assert request_of(desk, members[0]) == (20, "USDT-FUTURES")
        batch = Batch(desk, members)
        await batch.send(consent=True)
        # The reduce-only order is refused by this venue; the documents leave that open.
        assert endings(batch) == {"confirmed": 21, "refused": 1}
        assert sorted(len(json.loads(each)) for each in requests(servers["bitget"], "batch_amend")) == [20]
        assert len(requests(servers["bitget"], "amend")) == 2


async def test_the_first_unknown_holds_back_the_rest_of_its_venue_alone() -> None:
    async with desk_on("bitso", "alphapoint") as (desk, servers):
        keys = [key for key in desk.state.lineages if key.endswith(("qlbga6b600n3xta7", "fs2nvqm45n2j1pic", "6534"))]
        servers["bitso"].faults.add("disconnect", "amend", point="request_received")
        members = plan_batch(desk, sorted(keys), Wish(("price=-1t",)))
        by_account = [member.account for member in members]
        batch = Batch(desk, members)
        await batch.send(consent=True)
        found = dict(zip([f"{each} {number}" for number, each in enumerate(by_account)], members, strict=True))
        assert [each.ending for each in found.values() if each.account == "alphapoint"] == [Ending.CONFIRMED]
        assert [each.ending for each in found.values() if each.account == "bitso"] == [Ending.UNKNOWN, Ending.HELD_BACK]
        held = next(each for each in members if each.ending is Ending.HELD_BACK)
        assert "was not known" in held.outcome
        assert len(requests(servers["bitso"], "amend")) == 1


async def test_what_a_venue_takes_by_another_route_asks_for_a_consent() -> None:
    async with desk_on("alphapoint") as (desk, servers):
        keys = [key for key in desk.state.lineages if key.endswith(("6507", "6534"))]
        members = plan_batch(desk, keys, Wish(("price=-1t",)))
        assert [each.verdict for each in members] == [Remark.LOSES_PLACE] * 2
        batch = Batch(desk, members)
        await batch.send(consent=False)
        assert endings(batch) == {"not sent": 2}
        assert requests(servers["alphapoint"], "replace") == []


async def test_a_total_cuts_the_worst_places_and_cancels_what_keeps_nothing() -> None:
    async with desk_on("bitget") as (desk, servers):
        members = plan_batch(desk, twenty(desk), Wish(("total=0.007",)))
        assert [each.verdict for each in members][:4] == [Remark.SAME, Remark.SAME, Remark.SAME, Remark.SENDS]
        assert all(each.cancels and each.asks for each in members[4:]), "a cancel nobody named is asked for"
        batch = Batch(desk, members)
        await batch.send(consent=True)
        assert endings(batch) == {"confirmed": 1, "cancelled": 16, "not sent": 3}
        left = [o for o in servers["bitget"].exchange.open_orders(TRADER) if o.order_id.startswith("20000")]
        assert sum(o.quantity for o in left) == D("0.007")


async def test_cancels_are_proven_by_a_list_and_one_that_stays_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_on("bitget") as (desk, servers):
        keys = twenty(desk)[:5]
        stays = desk.lineage(keys[1]).order.order_id
        servers["bitget"].faults.add("silent_failure", "cancel", order_id=stays)
        monkeypatch.setattr("app.desk.batch.batch.LISTED_AFTER", (0.0, 0.3))
        batch = Batch(desk, plan_batch(desk, keys, Wish(cancel=True)))
        await batch.send(consent=True)
        assert endings(batch) == {"cancelled": 4, "still open": 1}
        assert next(each for each in batch.members if each.ending is Ending.STILL_OPEN).order.order_id == stays
        assert "list" in batch.members[0].outcome


async def test_a_batch_that_is_stopped_sends_nothing_more() -> None:
    async with desk_on("bitso") as (desk, servers):
        keys = [key for key in desk.state.lineages if key.endswith(("qlbga6b600n3xta7", "fs2nvqm45n2j1pic"))]
        batch = Batch(desk, plan_batch(desk, keys, Wish(("price=-1t",))), lambda: batch.stop())
        await batch.send(consent=False)
        assert endings(batch) == {"confirmed": 1, "held back": 1}
        assert len(requests(servers["bitso"], "amend")) == 1


async def test_a_desk_that_may_not_send_says_so_of_each_order() -> None:
    async with desk_on("bitget") as (desk, servers):
        members = plan_batch(desk, twenty(desk)[:3], Wish(("price=-1t",)))
        desk.stopped = True
        batch = Batch(desk, members)
        await batch.send(consent=False)
        assert endings(batch) == {"not sent": 3}
        assert "Sending is stopped" in members[0].outcome
        assert requests(servers["bitget"], "batch_amend") == []


async def test_what_was_stopped_while_it_gathered_did_not_leave() -> None:
    async with desk_on("bitget") as (desk, servers):
        batch = Batch(desk, plan_batch(desk, twenty(desk)[:3], Wish(("price=-1t",))))
        sending = asyncio.create_task(batch.send(consent=False))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        desk.stopped = True
        await sending
        assert set(endings(batch)) <= {"not applied", "confirmed", "not sent"}
        if "confirmed" not in endings(batch):
            assert requests(servers["bitget"], "batch_amend") == []


async def test_an_order_that_moved_since_the_verdict_is_not_sent() -> None:
    async with desk_on("bitget") as (desk, servers):
        keys = twenty(desk)[:3]
        members = plan_batch(desk, keys, Wish(("price=-1t",)))
        server = servers["bitget"]
        server.foreign_amend(server.exchange.order(members[1].order.order_id), D("58000"), None)
        assert await desk.wait(lambda state: state.lineages[keys[1]].order.price == D("58000"), 5)
        batch = Batch(desk, members)
        await batch.send(consent=False)
        assert endings(batch) == {"confirmed": 2, "not sent": 1}
        assert "changed at the venue since you looked" in members[1].outcome


async def test_wishes_of_their_own_and_words_about_what_cannot_be() -> None:
    async with desk_on("bitget") as (desk, _):
        one, two, *_ = twenty(desk)
        members = plan_each(desk, {one: Wish(("price=58999.96",)), two: Wish(("price=58999.96",), nearest=True)})
        assert [each.verdict for each in members] == [Remark.BLOCKED, Remark.ADJUSTED]
        assert "Nearest" in members[0].text
        assert members[1].sends
        with pytest.raises(InputError, match="No order is chosen"):
            plan_batch(desk, [], Wish(("price=1",)))
        with pytest.raises(InputError, match="by itself"):
            plan_batch(desk, [one], Wish(("total=1", "price=1")))
        with pytest.raises(InputError, match="Total"):
            plan_batch(desk, [one], Wish(("total=x",)))


async def test_a_consent_covers_what_was_shown_and_nothing_else() -> None:
    async with desk_on("alphapoint") as (desk, servers):
        keys = [key for key in desk.state.lineages if key.endswith(("6507", "6534"))]
        members = plan_batch(desk, keys, Wish(("price=-1t",)))
        assert [each.verdict for each in members] == [Remark.LOSES_PLACE] * 2
        desk.limits["alphapoint"] = replace(desk.limits["alphapoint"], soft_distance=D("0.0001"))
        batch = Batch(desk, members)
        await batch.send(consent=True)
        assert endings(batch) == {"not sent": 2}
        assert "This was not shown before" in members[0].outcome
        assert requests(servers["alphapoint"], "replace") == []
        again = Batch(desk, plan_batch(desk, keys, Wish(("price=-1t",))))
        assert {each.verdict for each in again.members} == {Remark.LOSES_PLACE}
        assert all(each.limited for each in again.members)
        await again.send(consent=True)
        assert endings(again) == {"confirmed": 2}


async def test_a_batch_is_counted_against_the_limits_of_a_minute_as_a_whole() -> None:
    async with desk_on("bitget") as (desk, servers):
        desk.limits["bitget"] = replace(desk.limits["bitget"], soft_per_minute=D(2), hard_per_minute=D(3))
        members = plan_batch(desk, twenty(desk)[:5], Wish(("price=+1t",)))
        assert [each.verdict for each in members] == [Remark.SENDS] * 2 + [Remark.LIMITED] + [Remark.HELD] * 2
        batch = Batch(desk, members)
        await batch.send(consent=True)
        assert endings(batch) == {"confirmed": 3, "not sent": 2}, [each.outcome for each in members]
        assert len(requests(servers["bitget"], "batch_amend")) == 1


async def test_a_cancel_that_takes_effect_late_is_told_when_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_on("bitget") as (desk, servers):
        monkeypatch.setattr("app.desk.batch.batch.LISTED_AFTER", (0.0,))
        (key,) = twenty(desk)[:1]
        order_id = desk.lineage(key).order.order_id
        servers["bitget"].faults.add("silent_failure", "cancel", order_id=order_id)
        batch = Batch(desk, plan_batch(desk, [key], Wish(cancel=True)))
        await batch.send(consent=True)
        assert endings(batch) == {"still open": 1}
        servers["bitget"].foreign_cancel(servers["bitget"].exchange.order(order_id))
        assert await desk.wait(lambda state: not state.lineages[key].order.is_open, 5)
        batch.refresh()
        assert endings(batch) == {"cancelled": 1}


async def test_the_limit_of_a_venue_is_told_before() -> None:
    async with desk_on("bitget", "bitso") as (desk, _):
        alone = [_alone(each) for each in plan_batch(desk, twenty(desk), Wish(("price=-1t",)))]
        assert waits_of(desk, plan_batch(desk, twenty(desk), Wish(("price=-1t",)))) == {}
        waits = waits_of(desk, alone)
        assert len(waits) == 10
        assert set(waits.values()) == {1.0}


def _alone(member: Member) -> Member:
    """The same order, as one that shares no request."""
    return replace(member, order=replace(member.order, reduce_only=True))


def test_a_member_says_the_gravest_of_what_is_to_be_said() -> None:
    order: Sequence[Remark] = list(Remark)
    assert order.index(Remark.BLOCKED) > order.index(Remark.LOSES_PLACE) > order.index(Remark.SENDS)


async def test_a_mistake_of_ours_in_one_account_holds_no_other_back(
    monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    async with desk_on("bitso", "bitget") as (desk, servers):
        announced_logs.expect("a batch of bitso was broken off", logging.ERROR)
        real = Batch._leave

        def broken(batch: Batch, parcel: Sequence[str], *rest: Any) -> list[str]:
            if batch._by_key[parcel[0]].account == "bitso":
                raise LookupError("a fault of ours")
            return real(batch, parcel, *rest)

        monkeypatch.setattr(Batch, "_leave", broken)
        keys = [key for key in desk.state.lineages if key.endswith(("qlbga6b600n3xta7", "fs2nvqm45n2j1pic"))]
        batch = Batch(desk, plan_batch(desk, [*keys, *twenty(desk)[:2]], Wish(("price=-1t",))))
        await batch.send(consent=False)
        assert endings(batch) == {"confirmed": 2, "held back": 2}
        assert "a mistake of the program" in batch.members[0].outcome
        assert requests(servers["bitso"], "amend") == []


async def test_waits_are_told_for_the_order_in_which_they_leave() -> None:
    async with desk_on("bitget") as (desk, _):
        keys = twenty(desk)
        members = plan_each(desk, {key: Wish(("price=+1t" if key < keys[12] else "price=-1t",)) for key in keys})
        waits = waits_of(desk, [_alone(each) for each in members])
        assert set(waits) == set(keys[2:12]), "what makes less of an order leaves first"


async def test_an_order_with_something_in_line_is_left_to_itself() -> None:
    async with desk_on("bitget", queued_amendments="5") as (desk, servers):
        servers["bitget"].switches.set("engine_delay_ms", "600")
        keys = twenty(desk)[:2]
        batch = Batch(desk, plan_batch(desk, keys[:1], Wish(("price=-1t",))))
        sending = asyncio.create_task(batch.send(consent=True))
        assert await desk.wait(lambda _: not desk.form(keys[0]).locked and bool(desk.state.unsettled()), 5)
        busy, other = plan_batch(desk, keys, Wish(("price=-2t",)))
        assert (busy.verdict, other.verdict) == (Remark.HELD, Remark.SENDS)
        assert "has no outcome yet" in busy.said[-1].text
        await sending
        assert endings(batch) == {"confirmed": 1}
