"""The practice venue in a hurry, for the conformance tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.evidence import SECOND
from app.venues.alphapoint.rules.rulebook import AlphaPointRulebook


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settle and probe faster than a real venue would like; what is told stays the same."""
    tenth = SECOND // 10
    probes = tuple(step * tenth for step in (1, 3, 6, 10, 16, 20))
    policy = replace(
        AlphaPointRulebook.evidence,
        settle_after=15 * tenth,
        probe_after=probes,
        probe_every=5 * tenth,
        answer_within=SECOND,
    )
    monkeypatch.setattr(AlphaPointRulebook, "evidence", policy)
    for module in ("legs", "swaps"):
        monkeypatch.setattr(f"app.venues.alphapoint.rules.{module}.SETTLE", 15 * tenth)
