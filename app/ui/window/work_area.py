"""Place of the window within the work areas there are: never larger than one of them, and never outside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStyle, QWidget

#: Pixels that a frame usually has at its sides and below.
_EDGE = 8

_STATES_OF_ITS_OWN = ("isMaximized", "isFullScreen", "isMinimized")


def bounded(wanted: QRect, areas: Sequence[QRect], frame: QMargins | None = None) -> QRect:
    """Return a window's place without its frame: the one wanted, made smaller and moved as far as it must be.

    Args:
        wanted: as it would be placed, its frame left out.
        areas: the work areas of all screens, the first one's where none is met.
        frame: width of the frame at each side; none if left out.
    """
    frame = frame or QMargins()
    outer = wanted.marginsAdded(frame)
    met = [(area.intersected(outer), area) for area in areas]
    sizes = [part.width() * part.height() if part.isValid() else 0 for part, _ in met]
    if not sizes:
        return wanted
    area = areas[sizes.index(max(sizes))]
    size = outer.size().boundedTo(area.size())
    left = min(max(outer.left(), area.left()), area.left() + area.width() - size.width())
    top = min(max(outer.top(), area.top()), area.top() + area.height() - size.height())
    return QRect(left, top, size.width(), size.height()).marginsRemoved(frame)


def work_areas() -> list[QRect]:
    """Return the work area of each screen, the main one's first."""
    screens, main = QGuiApplication.screens(), QGuiApplication.primaryScreen()
    return [screen.availableGeometry() for screen in sorted(screens, key=lambda screen: screen is not main)]


def _frame_of(window: QWidget) -> QMargins:
    """The frame that the window system put around a window; a usual one while that is not known."""
    outer, inner = window.frameGeometry(), window.geometry()
    if outer != inner:
        right, bottom = outer.right() - inner.right(), outer.bottom() - inner.bottom()
        return QMargins(inner.left() - outer.left(), inner.top() - outer.top(), right, bottom)
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
    return QMargins(_EDGE, title, _EDGE, _EDGE)


def fit_window(window: QWidget, least: QSize) -> None:
    """Make a window fit into a work area, where it does not; its smallest size first, which could not be met else.

    Args:
        window: the window.
        least: smallest size of it where there is room for that.
    """
    areas, frame = work_areas(), _frame_of(window)
    if not areas:
        return
    room = areas[0].marginsRemoved(frame).size()
    for area in areas:
        room = room.boundedTo(area.marginsRemoved(frame).size())
    smallest, now = least.boundedTo(room), window.minimumSize()
    # One that fits already is left as it is for the few pixels by which the frame was guessed too wide.
    if smallest == least or now.isNull() or now != now.boundedTo(room):
        window.setMinimumSize(smallest)
    if any(getattr(window, state)() for state in _STATES_OF_ITS_OWN):
        return
    place = bounded(window.geometry(), areas, frame)
    if place.size() != window.size():
        window.resize(place.size())
    if place.topLeft() != window.geometry().topLeft():
        window.setGeometry(place)
