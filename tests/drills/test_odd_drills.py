"""Every drill of an odd number, on every practice venue that has it."""

from __future__ import annotations

import pytest

from tests.drills.halves import HALVES, names, played


@pytest.mark.parametrize("place", range(len(HALVES[1])), ids=names(1))
def test_drill(place: int) -> None:
    found = played(1)[place]
    assert found.trouble == ""
    assert [(each.expected, each.seen) for each in found.checks if not each.held] == []
