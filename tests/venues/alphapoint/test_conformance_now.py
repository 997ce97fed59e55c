"""AlphaPoint as newer public sources have it, by the real connector at the practice venue."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.venues.alphapoint.rules import citations
from tests.venues.alphapoint.desk_at_practice import DeskAtPractice

pytestmark = pytest.mark.usefixtures("_quick")

D = Decimal
BUY = "6507"


async def test_a_login_with_two_accounts_says_so() -> None:
    """And lists the one that it names first."""
    async with DeskAtPractice() as world:
        world.server.switches.set("second_account", True)
        await world.up()
        await world.until(lambda desk: any("account 15" in each.text for each in desk.notices), "the word")
        (told,) = [each.text for each in world.state.notices if "account 15" in each.text]
        assert 'account_id = "9, 15"' in told
        assert len(world.state.lineages) == 8


async def test_two_accounts_of_one_login_are_two_accounts_of_the_desk() -> None:
    """Each with its own orders and its own link; amending goes on in the one that has orders."""
    world = DeskAtPractice()
    world.server.switches.set("second_account", True)
    world.switches |= {"account_id": "9, 15"}
    async with world:
        await world.until(lambda desk: all(each.link is LinkState.UP for each in desk.accounts.values()), "both links")
        assert list(world.state.accounts) == ["desk-9", "desk-15"]
        assert {row.order.account for row in world.state.lineages.values()} == {"desk-9"}
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is AmendmentStage.CONFIRMED
        assert [each.text for each in world.state.notices] == []


async def test_a_session_that_takes_post_only_orders_alone() -> None:
    """A resting order is reduced in it, with a word."""
    async with DeskAtPractice() as world:
        world.server.switches.set("running_word", "RunningPostOnly")
        await world.up()
        prepared = world.prepare(BUY, quantity="0.6")
        assert [each.rule for each in prepared.plan.verdict.cautions] == [citations.POST_ONLY_SESSION]
        assert (await world.amend(BUY, quantity="0.6")).stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.remaining == D("0.6")
