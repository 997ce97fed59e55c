"""Contrast of both palettes, and that the sheet names nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QStyle, QStyleOptionButton

from app.ui.look.style import qt_palette, style_sheet
from app.ui.look.theme import DARK, LIGHT, PALETTES, Colours, Theme, Tone, number_font, text_font


def _luminance(name: str) -> float:
    def part(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    colour = QColor(name)
    return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF())


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_text_reaches_four_and_a_half_to_one(colours: Colours) -> None:
    texts = ("text", "dim", "faint", "accent", "buy", "sell", "warn", "unknown", "good", "changed")
    for name in texts:
        for background in colours.backgrounds:
            found = _contrast(getattr(colours, name), background)
            assert found >= 4.5, f"{name} on {background}: {found:.2f}"
    for name in ("text", "changed"):
        assert _contrast(getattr(colours, name), colours.edited_fill) >= 4.5
    assert _contrast(colours.faint, colours.edited_fill) >= 4.5
    assert _contrast(colours.faint, colours.locked_fill) >= 4.5
    assert _contrast(colours.on_accent, colours.accent) >= 4.5
    for tone in Tone:
        swatch = colours.tone(tone)
        assert _contrast(swatch.text, swatch.fill) >= 4.5, tone


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_controls_reach_three_to_one(colours: Colours) -> None:
    for background in colours.backgrounds:
        assert _contrast(colours.control, background) >= 3, background
        assert _contrast(colours.accent, background) >= 3, background
        assert _contrast(colours.danger_border, background) >= 3, background
    assert _contrast(colours.edited, colours.edited_fill) >= 3
    assert _contrast(colours.progress, colours.track) >= 3
    assert _contrast(colours.held, colours.free) >= 2.5


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_the_sheet_uses_the_palette_and_nothing_else(colours: Colours) -> None:
    known = {getattr(colours, field.name) for field in fields(colours) if field.name not in ("name", "dark", "tones")}
    used = set(re.findall(r"#[0-9a-fA-F]{6}", style_sheet(colours)))
    assert used <= known


def test_switching_repaints_everything(qapp: QApplication, theme: Theme) -> None:
    label = QLabel("x")
    label.ensurePolished()
    assert qapp.palette().window().color() == QColor(DARK.window)
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.colours.name))
    theme.use(LIGHT)
    theme.use(LIGHT)
    assert heard == ["light"]
    assert qapp.palette().window().color() == qt_palette(LIGHT).window().color()
    assert theme.colour("text") == QColor(LIGHT.text)


def test_the_shipped_fonts_are_used(theme: Theme) -> None:
    assert QFontInfo(text_font()).family() == "Inter"
    assert QFontInfo(number_font()).family() == "JetBrains Mono"
    assert QFontInfo(number_font()).fixedPitch()


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_a_tick_takes_no_room_from_the_words_beside_it(qapp: QApplication, colours: Colours) -> None:
    box = QCheckBox("Send the one that asks first, too")
    box.setStyleSheet(style_sheet(colours))
    box.resize(box.sizeHint())
    left = []
    for ticked in (False, True):
        box.setChecked(ticked)
        option = QStyleOptionButton()
        option.initFrom(box)
        option.state |= QStyle.StateFlag.State_On if ticked else QStyle.StateFlag.State_Off
        left.append(box.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, box))
    assert left[0] == left[1]


CHOICE = """
import sys
from PySide6.QtWidgets import QApplication, QRadioButton
from app.ui.look.style import style_sheet
from app.ui.look.theme import PALETTES
app = QApplication([])
choice = QRadioButton("keep quantity")
choice.setStyleSheet(style_sheet(PALETTES[sys.argv[1]]))
choice.resize(choice.sizeHint())
picture = choice.grab().toImage()
scale = round(picture.devicePixelRatio())
before_the_words, rows = range(2 * scale, 8 * scale), range(4 * scale, picture.height() - 4 * scale)
print(scale, len({picture.pixel(x, y) for x in before_the_words for y in rows}))
"""


@pytest.mark.sockets
@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("scale", ["1", "2"])
def test_a_choice_shows_nothing_beside_its_words(name: str, scale: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CHOICE, name],
        env={**os.environ, "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [scale, "1"]
