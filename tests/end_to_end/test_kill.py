"""A live ticket is killed a few times and started again; `tests.benchmarks.kill` does it 200 times."""

from __future__ import annotations

import pytest

from tests.benchmarks.kill import run


def test_a_killed_ticket_loses_nothing_sends_nothing_twice_and_tells_the_truth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(kills=5, seed=7, plant="") == []
    assert "0 intents lost, 0 sent twice, 0 not settled truthfully, 0 other breaches" in capsys.readouterr().out
