"""What the window shows, and what nobody has looked at, is not forgotten by its desk."""

from __future__ import annotations

from app.desk.views.attention import Attention
from app.ui.window.kept_rows import OnScreen, keep_rows
from tests.helpers.paper_desk import PaperDesk


class Rows:
    """A list of one row."""

    def position_of(self, lineage: str) -> int | None:
        return 0 if lineage == "bitso/shown" else None


def test_rows_that_are_shown_or_have_a_panel_stay() -> None:
    shown = OnScreen(Rows(), lambda: ("bitso/panel",))
    assert "bitso/shown" in shown
    assert "bitso/panel" in shown
    assert "bitso/gone" not in shown
    assert 7 not in shown


def test_a_window_keeps_them_and_what_waits_for_a_look() -> None:
    paper = PaperDesk("bitso")
    desk = paper.desk
    before = len(desk.forgetting.keepers)
    waiting = Attention(desk.state, {})
    keep_rows(desk, waiting, Rows(), lambda: ())
    unlooked, shown = (keeper() for keeper in desk.forgetting.keepers[before:])
    assert "bitso/shown" in shown
    assert unlooked == set()
