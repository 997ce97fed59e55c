"""The note over an empty list: there exactly while no row is, over the list and below what lies on it."""

from __future__ import annotations

from app.ui.window.empty_note import EmptyNote
from tests.ui.window.test_window import Bench


def test_it_is_there_exactly_while_no_row_is(bench: Bench) -> None:
    note = bench.ticket.empty
    assert isinstance(note, EmptyNote)
    assert note.isHidden()
    bench.ticket.top.search.setText("no such order")
    bench.look()
    assert note.isVisible()
    assert "No order fits" in note.text()
    assert note.above is bench.ticket.overlay
    bench.window.resize(1000, 700)
    assert note.width() == bench.ticket.view.viewport().width()
    bench.ticket.show_all()
    bench.look()
    assert note.isHidden()
