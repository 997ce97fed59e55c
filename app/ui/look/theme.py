"""Colours and fonts of the window: a dark and a light palette, and the object that tells views which one is on.

Every colour a view may use has a name here, so that contrast can be checked in one test (4.5:1 for text, 3:1 for the
outline of a control) and a view can never invent one. State is never told by colour alone: each tone comes with an icon
and a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont

TEXT_FAMILY = "Inter"
NUMBER_FAMILY = "JetBrains Mono"
TEXT_PX = 13
NUMBER_PX = 12
SMALL_PX = 11


class Tone(StrEnum):
    """Meaning of a chip, apart from its word."""

    NEUTRAL = "neutral"
    DRAFT = "draft"
    PENDING = "pending"
    UNKNOWN = "unknown"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Swatch:
    """The three colours of a chip."""

    text: str
    border: str
    fill: str


@dataclass(frozen=True, slots=True)
class Colours:
    """One palette.

    Attributes:
        window, panel, raised, selected, draft_area: backgrounds, from the lowest to the amend panel's own.
        line, grid: separators that carry no meaning.
        control: outline of a control. edited: outline of an edited field, on `edited_fill`.
        text, dim, faint: three strengths of text; all readable on every background.
        accent, on_accent: the focus and the one primary button.
        buy, sell, warn, unknown, good: meanings; `changed` is what is asked for but not there yet.
        replay: the world of a record, on `replay_fill` where a whole strip tells it; nothing else has it.
        held, held_more, free: the three parts of a balance bar. track, progress: the filled bar.
        tones: one swatch for each tone.
    """

    name: str
    dark: bool
    window: str
    panel: str
    raised: str
    selected: str
    hover: str
    draft_area: str
    line: str
    grid: str
    control: str
    edited: str
    edited_fill: str
    locked_fill: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    buy: str
    sell: str
    warn: str
    unknown: str
    good: str
    replay: str
    replay_fill: str
    changed: str
    danger_border: str
    held: str
    held_more: str
    free: str
    track: str
    progress: str
    tones: tuple[tuple[Tone, Swatch], ...]

    def tone(self, tone: Tone) -> Swatch:
        """The swatch of a tone."""
        return next(swatch for key, swatch in self.tones if key is tone)

    @property
    def backgrounds(self) -> tuple[str, ...]:
        """Every background ordinary text may stand on."""
        return (self.window, self.panel, self.raised, self.selected, self.hover, self.draft_area)


DARK = Colours(
    name="dark",
    dark=True,
    window="#0f1216",
    panel="#151a20",
    raised="#1b2129",
    selected="#18222f",
    hover="#151c25",
    draft_area="#121820",
    line="#262e38",
    grid="#1c232b",
    control="#667587",
    edited="#a08336",
    edited_fill="#2b2614",
    locked_fill="#14191f",
    text="#dfe6ee",
    dim="#9aa6b5",
    faint="#828e9e",
    accent="#5aa7ff",
    on_accent="#06121f",
    buy="#2fbf8f",
    sell="#ef6a6a",
    warn="#e8b04a",
    unknown="#cdb4ff",
    good="#2fbf8f",
    replay="#ff8fd2",
    replay_fill="#2c1526",
    changed="#ffd27d",
    danger_border="#a5535a",
    held="#4a74a6",
    held_more="#e8b04a",
    free="#24303d",
    track="#28303a",
    progress="#6f8aa8",
    tones=(
        (Tone.NEUTRAL, Swatch("#b3bfcc", "#2c3642", "#0f1216")),
        (Tone.DRAFT, Swatch("#9fd0ff", "#2b4a6b", "#121e2c")),
        (Tone.PENDING, Swatch("#ffd27d", "#57451f", "#2a2314")),
        (Tone.UNKNOWN, Swatch("#cdb4ff", "#4b3a75", "#221b33")),
        (Tone.GOOD, Swatch("#7fe0bd", "#1f5846", "#10251e")),
        (Tone.BAD, Swatch("#ff9f9f", "#5e2a2e", "#2a1517")),
        (Tone.QUIET, Swatch("#9aa6b5", "#262e38", "#0f1216")),
    ),
)

LIGHT = Colours(
    name="light",
    dark=False,
    window="#f4f6f8",
    panel="#ffffff",
    raised="#eef1f5",
    selected="#e2edfa",
    hover="#ecf1f7",
    draft_area="#f8fbff",
    line="#cdd5de",
    grid="#e1e6ec",
    control="#748090",
    edited="#94700f",
    edited_fill="#fff4d6",
    locked_fill="#eceff3",
    text="#17202b",
    dim="#4a5666",
    faint="#596575",
    accent="#1466c2",
    on_accent="#ffffff",
    buy="#0b6f4f",
    sell="#b8262b",
    warn="#7a5200",
    unknown="#5f35b4",
    good="#0b6f4f",
    replay="#a3156f",
    replay_fill="#fdeaf6",
    changed="#7a5200",
    danger_border="#c0565b",
    held="#5b8fce",
    held_more="#c98a12",
    free="#dbe3ec",
    track="#d5dce4",
    progress="#55779c",
    tones=(
        (Tone.NEUTRAL, Swatch("#3d4958", "#bcc6d1", "#ffffff")),
        (Tone.DRAFT, Swatch("#0f539f", "#9dc2ee", "#e8f2fe")),
        (Tone.PENDING, Swatch("#6f4a00", "#dcbb6a", "#fff4d6")),
        (Tone.UNKNOWN, Swatch("#5f35b4", "#bfa6ec", "#f2ecfd")),
        (Tone.GOOD, Swatch("#0a6246", "#8fcdb6", "#e4f6ef")),
        (Tone.BAD, Swatch("#a31f25", "#e3a0a3", "#fdecec")),
        (Tone.QUIET, Swatch("#4a5666", "#cdd5de", "#f4f6f8")),
    ),
)

PALETTES = {colours.name: colours for colours in (DARK, LIGHT)}


class Theme(QObject):
    """The palette in use. Views read `colours` when they paint and repaint on `changed`.

    Signals:
        changed: another palette is in use.
    """

    changed = Signal()

    def __init__(self, colours: Colours = DARK, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._colours = colours

    @property
    def colours(self) -> Colours:
        """The palette in use."""
        return self._colours

    def use(self, colours: Colours) -> None:
        """Switch palettes."""
        if colours is not self._colours:
            self._colours = colours
            self.changed.emit()

    def colour(self, name: str) -> QColor:
        """A colour by its attribute name."""
        return QColor(getattr(self._colours, name))


def text_font(px: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """The font of words."""
    font = QFont(TEXT_FAMILY)
    font.setPixelSize(px)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def number_font(px: int = NUMBER_PX) -> QFont:
    """The font of numbers and ids: every digit as wide as the next, so columns of prices line up."""
    font = QFont(NUMBER_FAMILY)
    font.setPixelSize(px)
    font.setStyleHint(QFont.StyleHint.Monospace)
    # Digit groups and arrows need a gap, not a whole digit.
    font.setWordSpacing(-3)
    return font
