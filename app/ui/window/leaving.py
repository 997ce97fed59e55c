"""Question before the window closes over something open: amendments without an outcome, drafts that were not sent."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QMessageBox, QWidget

from app.desk.desk import Desk
from app.domain.amendment import AmendmentStage
from app.ui.look.plain import question
from app.ui.orders.rows import DeskRows

#: Lines of the sheet; more are counted.
MOST = 12

#: Stages of an amendment that has not left, and will not when the window closes.
_NOT_LEFT = (AmendmentStage.DRAFT, AmendmentStage.CHECKED, AmendmentStage.QUEUED)


#: Begins of the two kinds of lines.
_AMENDMENT, _DRAFT = "The amendment", "A draft is not sent"


def open_ends(desk: Desk, rows: DeskRows, drafts: Iterable[str], batch: str = "") -> list[str]:
    """Return a line for each amendment without an outcome and for each draft, with the whole name of its order.

    Args:
        desk: the desk.
        rows: gives the names.
        drafts: lineages with something typed and not sent.
        batch: what is still open of a batch, in one line.
    """
    lines = [batch] if batch else []
    for amendment in desk.state.unsettled():
        name = rows.name(amendment.lineage)
        left = "has not left" if amendment.stage in _NOT_LEFT else "has left, and its outcome is not known"
        lines.append(f"{_AMENDMENT} {left}: {name.sentence if name is not None else amendment.lineage}")
    for key in drafts:
        name = rows.name(key)
        lines.append(f"{_DRAFT}: {name.sentence if name is not None else key}")
    return lines


def ask_to_leave(window: QWidget, lines: list[str], *, kept: bool) -> QMessageBox:
    """Return the question, which offers to stay; the caller opens it and takes the answer, Yes for leaving.

    Args:
        window: the window.
        lines: what is open, each in a line.
        kept: whether drafts are kept for the next start.
    """
    more = lines[:MOST]
    if len(lines) > MOST:
        more.append(f"and {len(lines) - MOST} more")
    last = []
    if any(line.startswith(_DRAFT) for line in lines):
        last.append("A draft is kept for the next start." if kept else "A draft goes with the window.")
    if any(line.startswith(_AMENDMENT) for line in lines):
        last.append("An amendment that has left goes on at its venue, and is looked up next time.")
    count = f"{len(lines)} thing{'s are' if len(lines) != 1 else ' is'} still open"
    box = question(window, "Close Redline", f"Close Redline? {count}.", *more, *last)
    box.button(QMessageBox.StandardButton.No).setText("Stay")
    box.button(QMessageBox.StandardButton.Yes).setText("Close anyway")
    return box
