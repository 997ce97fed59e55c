"""Texts on their way to Qt and to the clipboard: whatever a record holds, what leaves here can be encoded.

Half of a surrogate pair is a text that no encoding takes. Qt drops it, and the error it leaves behind breaks whatever
Python code happens to run next; so it is written as its escape, and the rest of the text stays as it is.
"""

from __future__ import annotations

import html

from PySide6.QtGui import QGuiApplication, Qt


def writable(text: str) -> str:
    """Return the text with every half of a surrogate pair as its escape: `a\\ud800` where that is in it."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def shortened(text: str, most: int = 600) -> str:
    """Return the text, writable and at most so many characters long: to lay out a longer one holds the window up."""
    text = writable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def tip(text: str) -> str:
    """Return the text for a tooltip: Qt would read a venue's `<b>` as a style, so it is escaped where it might."""
    text = shortened(text, 2_000)
    return html.escape(text).replace("\n", "<br>") if Qt.mightBeRichText(text) else text


def copy(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(writable(text))
