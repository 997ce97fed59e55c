"""The window is never larger than the work area, on any screen and at any scale; the switches are always in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.ui.look.theme import Theme
from app.ui.window.main_window import MainWindow
from app.ui.window.work_area import bounded, fit_window, work_areas

Screens = list[tuple[int, int, int, int]]

ONE = [(0, 0, 1600, 1000)]
CASES: dict[str, tuple[Screens, str, str]] = {
    "as-it-is": (ONE, "1", ""),
    "at-125": (ONE, "1.25", ""),
    "at-150": (ONE, "1.5", ""),
    "at-200": (ONE, "2", ""),
    "tiny-at-200": ([(0, 0, 1280, 720)], "2", ""),
    "low": ([(0, 0, 1920, 480)], "1", ""),
    "the-second-is-smaller": ([(0, 0, 2560, 1440), (2560, 0, 1280, 800)], "1", ""),
    "remembered-too-large-at-200": (ONE, "2", "1600x1000"),
    "remembered-elsewhere": ([(0, 0, 1280, 800)], "1.25", "2600x900"),
}


@pytest.mark.sockets
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_it_opens_within_the_work_area_with_its_switches(case: str, tmp_path: Path, repo_root: Path) -> None:
    screens, scale, remembered = CASES[case]
    file = tmp_path / "screens.json"
    keys = ("x", "y", "width", "height")
    shared = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    listed = [dict(zip(keys, each, strict=True)) | shared | {"name": f"s{n}"} for n, each in enumerate(screens)]
    file.write_text(json.dumps({"windowFrameMargins": True, "screens": listed}))
    environ = os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={file}", "QT_SCALE_FACTOR": scale}
    command = [sys.executable, "-m", "tests.helpers.opened_window", remembered, str(tmp_path / "window.ini")]
    done = subprocess.run(command, cwd=repo_root, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    places = json.loads(done.stdout)
    frame = QRect(*places["frame"])
    assert any(QRect(*area).contains(frame) for area in places["areas"]), places
    inside = QRect(0, 0, *places["window"])
    assert inside.contains(QRect(*places["stop"])), places
    assert inside.contains(QRect(*places["read_only"])), places
    assert inside.contains(QRect(*places["foot"])), places
    assert places["stop"][2] >= places["stop_wants"], "its word is whole"
    assert places["list"][3] > 60, places


def rects(least: int, most: int) -> st.SearchStrategy[QRect]:
    corner, size = st.integers(-4000, 4000), st.integers(least, most)
    return st.builds(QRect, corner, corner, size, size)


@given(rects(1, 5000), st.lists(rects(300, 3000), min_size=1, max_size=3), st.integers(0, 40))
def test_it_lies_in_one_of_the_areas_wherever_it_was_wanted(wanted: QRect, areas: list[QRect], edge: int) -> None:
    frame = QMargins(edge, edge, edge, edge)
    place = bounded(wanted, areas, frame)
    assert any(area.contains(place.marginsAdded(frame)) for area in areas)
    if any(area.contains(wanted.marginsAdded(frame)) for area in areas[:1]) and len(areas) == 1:
        assert place == wanted, "what fits stays where it is"


def test_without_a_screen_it_stays_as_it_is() -> None:
    assert bounded(QRect(1, 2, 3, 4), []) == QRect(1, 2, 3, 4)


def test_a_window_that_grew_beyond_its_screen_comes_back(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(theme, ErrorSink(), Lifecycle())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.setGeometry(3000, 2000, 4000, 3000)
    window.fit()
    QApplication.processEvents()
    assert work_areas()[0].contains(window.geometry())


def test_a_window_as_large_as_its_screen_is_left_to_the_window_system(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.showMaximized()
    qtbot.waitExposed(window)
    before = window.geometry()
    fit_window(window, QSize(100, 100))
    assert window.isMaximized()
    assert window.geometry() == before
