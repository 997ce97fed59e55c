"""Pictures of widgets, for looking at and for checking that something was drawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget


def shoot(widget: QWidget, scale: int = 1) -> QImage:
    """Draw a widget as it would look on a screen of that scale factor."""
    picture = QPixmap(widget.size() * scale)
    picture.setDevicePixelRatio(scale)
    widget.render(picture)
    return picture.toImage()


def save(image: QImage, path: Path) -> None:
    """Write a picture as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert image.save(str(path), "PNG")


def ink(image: QImage, step: int = 3) -> int:
    """How many different colours the picture has, sampled: an empty picture has one, boxes have two."""
    return len({image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)})
