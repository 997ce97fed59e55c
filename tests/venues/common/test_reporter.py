"""What every venue reports the same way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.order import Fill, Side
from app.venues.common.reporter import Reporter
from tests.helpers.paper_desk import T0, PaperClock


@pytest.mark.parametrize(
    "at, shown",
    [
        (T0 - 5, T0 - 5),
        (T0 + 60 * SECOND, T0 + 60 * SECOND),
        (0, T0),
        (1, T0),
        (-1, T0),
        (T0 // 1000, T0),
        (T0 * 1000, T0),
        (T0 + 2 * 86_400 * SECOND, T0),
    ],
)
def test_an_execution_without_a_time_that_can_be_meant_has_the_time_at_which_it_came(at: int, shown: int) -> None:
    told: list[ev.Event] = []
    fill = Fill("toy", "f1", "o1", "AB", Side.BUY, Decimal(1), Decimal(1), at)
    Reporter("toy", told.append, PaperClock()).fill(fill, Source.PUSH)
    (event,) = told
    assert isinstance(event, ev.FillSeen)
    assert (event.fill.at, event.at) == (shown, T0)
