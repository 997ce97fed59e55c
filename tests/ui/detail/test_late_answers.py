"""An answer that came too late to change anything looks and sounds like one, on the ladder and in the lanes."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from app.ui.detail.ladder_view import LadderView, ladder_steps
from app.ui.detail.quote_tape import Track
from app.ui.detail.timeline_view import TimelineView, moments
from app.ui.look.theme import Theme, Tone
from tests.helpers.shots import shoot
from tests.helpers.toy_venue import T0, amendment, order

MS = 1_000_000


def settled() -> Amendment:
    rungs = (
        Rung(AmendmentStage.WRITTEN, T0, Source.WIRE),
        Rung(AmendmentStage.CONFIRMED, T0 + 5 * MS, Source.PUSH),
        Rung(AmendmentStage.REFUSED, T0 + 10 * MS, Source.REPLY, "Order not found", late=True),
    )
    return replace(amendment(order()), stage=AmendmentStage.CONFIRMED, rungs=rungs, written_at=T0)


def test_the_ladder_marks_it(qtbot: QtBot, theme: Theme) -> None:
    *_, confirmed, late = ladder_steps(settled())
    assert (confirmed.late, late.late, late.tone) == (False, True, Tone.QUIET)
    assert late.spoken.startswith("↷ Late, and without effect: refused: Order not found")
    view = LadderView(theme)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show_amendment(settled())
    with_mark = shoot(view)
    on_time = replace(settled(), rungs=tuple(replace(rung, late=False) for rung in settled().rungs))
    view.show_amendment(on_time)
    assert shoot(view) != with_mark
    assert "Late, and without effect" not in view.accessibleDescription()


def test_the_lanes_mark_it(qtbot: QtBot, theme: Theme) -> None:
    shown = moments(settled(), [])
    assert [moment.kind for moment in shown] == ["plain", "good", "late"]
    assert shown[-1].words == "late: refused"
    view = TimelineView(theme)
    qtbot.addWidget(view)
    view.resize(600, 150)
    view.show_moments(shown, Track())
    rings = shoot(view)
    view.show_moments([*shown[:2], replace(shown[2], kind="plain")], Track())
    assert shoot(view) != rings
