"""Standing of a row in words and chips."""

from __future__ import annotations

from app.desk.state import Doubt
from app.desk.views.freshness import Staleness
from app.domain.amendment import Source
from app.ui.look.numbers import when
from app.ui.look.theme import Tone
from app.ui.orders.row import Chip
from app.ui.orders.standing import doubt_chip, doubt_words, stale_chip, stale_spoken, stale_words
from tests.helpers.toy_venue import T0

SECOND = 1_000_000_000


def test_a_stale_row_says_since_when_and_until_when_where_that_is_known() -> None:
    now = T0 + 53 * SECOND
    read, ahead = when(T0, now), when(T0 + 93 * SECOND, now)
    assert stale_words(Staleness(T0, T0 + 93 * SECOND), now) == f"last read {read}, 53 s ago; next read about {ahead}"
    assert (
        stale_words(Staleness(T0, None), now) == f"last read {read}, 53 s ago; read again as soon as the venue answers"
    )
    assert stale_spoken(Staleness(T0, None), now) == f"not proven since {read}"


def test_a_stale_chip_keeps_the_state_and_what_was_open_about_it() -> None:
    working = stale_chip(Chip("●", "Working", Tone.NEUTRAL))
    assert (working.text, working.short_text, working.tone) == ("◌ Working · stale", "◌ Stale", Tone.PENDING)
    strange = stale_chip(Chip("?", "frozen", Tone.UNKNOWN))
    assert (strange.text, strange.tone) == ("? frozen · stale", Tone.UNKNOWN)


def test_a_doubt_says_who_showed_what_and_that_a_cancel_goes() -> None:
    doubt = Doubt(T0, Source.LISTING, "its price is 0")
    assert doubt_chip(doubt).note == "its price is 0"
    words = doubt_words(doubt, T0)
    assert words.startswith("Not believed: its price is 0 (open-order list, ")
    assert words.endswith("it can still be cancelled.")
