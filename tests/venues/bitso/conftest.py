"""Settings of the tests that run a desk on the practice venue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.evidence import SECOND
from app.venues.bitso.link import connector, look_up
from app.venues.bitso.rules import gone
from app.venues.bitso.rules.rulebook import BitsoRulebook


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll and settle faster than a real venue would like; what is told stays the same."""
    monkeypatch.setattr(connector, "LIST_EVERY", 0.4)
    monkeypatch.setattr(connector, "LIST_AT_MOST", 0.05)
    monkeypatch.setattr(look_up, "ASK_EVERY", 0.05)
    monkeypatch.setattr(gone, "FIRST_WAIT", 0.2)
    tenth = SECOND // 10
    probes = tuple(step * tenth for step in (1, 3, 6, 10, 16, 20))
    policy = replace(BitsoRulebook.evidence, settle_after=15 * tenth, probe_after=probes, probe_every=5 * tenth)
    monkeypatch.setattr(BitsoRulebook, "evidence", policy)
