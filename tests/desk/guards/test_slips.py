"""Every slip of the README's table, on every venue: nothing leaves that must not, and the sentence says why."""

from __future__ import annotations

import pytest

from app.venues import registry
from tests.helpers.slips import SLIPS, STANDS, Slip, Stand, tried


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.account)
@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.words)
async def test_a_slip_is_met_as_the_table_says(slip: Slip, stand: Stand) -> None:
    became, sentence = await tried(slip, stand)
    assert (became, slip.says in sentence) == (slip.comes, True), sentence


def test_the_table_has_every_venue() -> None:
    assert {stand.account for stand in STANDS} == set(registry.PACKAGES)
