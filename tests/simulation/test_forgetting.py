"""Orders that leave the state after seconds instead of minutes: every promise of the simulation holds all the same."""

from __future__ import annotations

import pytest

from app.desk import forgetting as desk_forgetting
from app.desk.fold import forgetting
from app.domain.evidence import SECOND
from app.simulation.runner import Stages
from app.venues import registry

SOON = 20 * SECOND


def test_no_promise_rests_on_an_order_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    drop = forgetting.drop
    for name in ("KEPT_FOR", "KEPT_AT_LEAST"):
        monkeypatch.setattr(desk_forgetting, name, SOON)
    monkeypatch.setattr(desk_forgetting, "EVERY", SECOND)
    for name in ("KEPT_FOR", "KEPT_UNSURE_FOR"):
        monkeypatch.setattr(forgetting, name, SOON)
    monkeypatch.setattr(forgetting, "drop", lambda desk, row, at: (gone.append(row.key), drop(desk, row, at))[1])
    stages = Stages(registry.load)
    for number in range(15):
        assert stages.play(77, number, 20).broken is None
    assert len(gone) > 50
