"""Amendments that gather for one request: nobody is waited for in vain, and who gives up is left out."""

from __future__ import annotations

import asyncio

import pytest

from app.desk.gathering import Gathering
from tests.helpers.toy_venue import amendment, order


async def test_all_wait_until_nobody_is_missing() -> None:
    one, two = (amendment(order(str(number)), number=number).command for number in (1, 2))
    gathering = Gathering([one.amendment_id, two.amendment_id, "A3"])
    waits = [asyncio.create_task(gathering.come(each)) for each in (one, two)]
    await asyncio.sleep(0)
    assert not any(each.done() for each in waits)
    gathering.leave_out("A3")
    await asyncio.gather(*waits)
    assert gathering.commands == (one, two)


async def test_who_gives_up_is_left_out_and_does_not_hold_the_others_up() -> None:
    one, two = (amendment(order(str(number)), number=number).command for number in (1, 2))
    gathering = Gathering([one.amendment_id, two.amendment_id])
    gives_up = asyncio.create_task(gathering.come(one))
    await asyncio.sleep(0)
    gives_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gives_up
    await gathering.come(two)
    assert gathering.commands == (two,)
