"""Every drill of an even number, on every practice venue that has it."""

from __future__ import annotations

import pytest

from tests.drills.halves import HALVES, names, played


@pytest.mark.parametrize("place", range(len(HALVES[0])), ids=names(0))
def test_drill(place: int) -> None:
    found = played(0)[place]
    assert found.trouble == ""
    assert [(each.expected, each.seen) for each in found.checks if not each.held] == []
