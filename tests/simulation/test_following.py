"""Promises about what is followed: each is broken by what it forbids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.state import Lineage
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import OrderStatus, Side
from app.simulation.following import one_account
from app.simulation.promises import BrokenPromise
from app.simulation.runner import Stages
from app.simulation.world import World
from app.venues import registry


@pytest.fixture
def world() -> World:
    stages = Stages(registry.load)
    world = World(stages.venues, stages.models, "seed")
    for name, model in stages.models.items():
        world.engines[name].place(world.now, Side.BUY, model.mid - 9 * model.stride, model.size)
    world.connect()
    world.clock.run_until(world.now + SECOND)
    world.following.look(world.now)
    assert world.following.wrong() == ""
    return world


def row(world: World) -> Lineage:
    return next(each for each in world.desk.state.lineages.values() if each.account == "bitso")


def ghost(world: World) -> None:
    world.engines["bitso"].cancel(world.now, row(world).order.order_id)


def other_terms(world: World) -> None:
    row(world).order = replace(row(world).order, price=Decimal(1))


def missing(world: World) -> None:
    del world.desk.state.lineages[row(world).key]


def stale(world: World) -> None:
    row(world).stale = True


@pytest.mark.parametrize("wrong", [ghost, other_terms, missing, stale])
def test_what_is_wrong_is_named(world: World, wrong: Callable[[World], None]) -> None:
    wrong(world)
    assert "bitso" in world.following.wrong()


def test_a_row_that_looks_live_while_the_link_is_down_breaks_a_promise(world: World) -> None:
    world.wires["bitso"].link_state = LinkState.DOWN
    world.desk.state.accounts["bitso"].link = LinkState.UP
    with pytest.raises(BrokenPromise, match=r"link of bitso is down"):
        world.following.look(world.now)


def test_a_row_that_nobody_has_read_for_long_breaks_a_promise(world: World) -> None:
    seen = row(world)
    seen.seen_at = seen.pushed_at = world.now + 3600 * SECOND  # looks as if it had been read
    with pytest.raises(BrokenPromise, match="shown last"):
        world.following.look(world.now + 100 * SECOND)


def test_a_row_that_stays_another_order_breaks_a_promise(world: World) -> None:
    other_terms(world)
    world.following.look(world.now)
    later = world.now + 30 * SECOND
    row(world).seen_at = later
    world.following._shown_at[("bitso", row(world).order.order_id)] = later
    for each in world.desk.state.lineages.values():
        each.stale = each.account != "bitso"
    with pytest.raises(BrokenPromise, match="another order for"):
        world.following.look(later)


def test_a_row_of_an_impossible_order_breaks_a_promise(world: World) -> None:
    known = row(world).order
    row(world).order = replace(known, side=Side.SELL)
    event = ev.OrderSeen("bitso", world.now, known, Source.PUSH)
    with pytest.raises(BrokenPromise, match="became"):
        world.following.after(event)


def test_an_event_of_one_account_that_touches_another_breaks_a_promise(world: World) -> None:
    event = ev.LinkChanged("bitso", world.now, LinkState.DOWN)
    one_account(event, ["bitso/1001"], ["bitso"])
    for rows, accounts in ((["qfex/1001"], []), ([], ["qfex"])):
        with pytest.raises(BrokenPromise, match="touched"):
            one_account(event, rows, accounts)


def test_a_dead_account_leaves_the_others_as_they_were(world: World) -> None:
    before = {each.key: each.order for each in world.desk.state.lineages.values()}
    world.wires["bitso"].die(30 * SECOND)
    form = world.desk.form(row(world).key)
    assert form.order.status is not OrderStatus.CANCELLED
    world.clock.run_until(world.now + 10 * SECOND)
    world.following.look(world.now)
    links = {name: account.link for name, account in world.desk.state.accounts.items()}
    assert links == {name: LinkState.DOWN if name == "bitso" else LinkState.UP for name in links}
    assert {each.key: each.order for each in world.desk.state.lineages.values()} == before
    world.rest()
