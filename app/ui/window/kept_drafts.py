"""Drafts from one session to the next: what is typed and not sent stands in a file beside the journal until it is.

A draft comes back when its order is listed again. If the venue changed the order meanwhile, the panel says so as it
does within one session: both values are kept and the person decides. A draft whose order is open no more is said to be
gone. Nothing here ever sends, and no file but one of ours is read or replaced.
"""

from __future__ import annotations

import json
import logging
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.desk.desk import Desk
from app.domain.form import FieldName
from app.domain.plain import named
from app.ui.amend.draft_keeper import Value
from app.ui.amend.panel_host import PanelHost

log = logging.getLogger("redline.ui")

_SOON_MS = 300
_MOST = 500

#: Name under which a file of ours has its drafts, and the most bytes of one that are read.
_OURS, _LARGEST = "redline_drafts", 4_000_000


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """One draft.

    Attributes:
        account, environment, order_id: the order it is of.
        typed: by field, what was typed.
        stood_on: by field, the order's own value at that time.
        route: the route chosen, None for the venue's default.
    """

    account: str
    environment: str
    order_id: str
    typed: dict[FieldName, Decimal | str]
    stood_on: dict[FieldName, Value]
    route: str | None


def _out(value: Value) -> object:
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _in(value: Any) -> Value:
    if isinstance(value, dict):
        number = Decimal(str(value["number"]))
        if not number.is_finite():
            raise InvalidOperation
        return number
    return None if value is None else str(value)


def _fields(values: Any) -> dict[FieldName, Value]:
    return {FieldName(name): _in(value) for name, value in dict(values).items()}


def _rows_in(path: Path) -> list[Any] | None:
    """Return what a file of ours holds; [] where there is none, None for whatever else lies under its name."""
    try:
        # A link is not followed, and a pipe is not waited for.
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(number, "rb") as file:
            content = file.read(_LARGEST + 1) if stat.S_ISREG(os.fstat(number).st_mode) else b""
        rows = json.loads(content)[_OURS]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return None
    return rows if isinstance(rows, list) and len(content) <= _LARGEST else None


def is_free(path: Path) -> bool:
    """Return True if drafts may be kept under a name: nothing lies there, or a file of ours."""
    return _rows_in(path) is not None


def read_drafts(path: Path) -> list[KeptDraft]:
    """Read the file; one that is missing or not ours holds none, and a draft that cannot be read is left out."""
    rows = _rows_in(path) or []
    drafts = []
    for row in rows[:_MOST]:
        try:
            typed = {name: value for name, value in _fields(row["typed"]).items() if value is not None}
            route = None if row["route"] is None else str(row["route"])
            names = [str(row[name]) for name in ("account", "environment", "order_id")]
            drafts.append(KeptDraft(names[0], names[1], names[2], typed, _fields(row["stood_on"]), route))
        except (KeyError, TypeError, ValueError, ArithmeticError):
            log.warning("a draft in %s cannot be read and is left out", path)
    return drafts


def write_drafts(path: Path, drafts: Iterable[KeptDraft]) -> None:
    """Write the file whole, or leave what lies there: the old one, or somebody else's."""
    rows = [
        {
            "account": each.account,
            "environment": each.environment,
            "order_id": each.order_id,
            "typed": {name.value: _out(value) for name, value in each.typed.items()},
            "stood_on": {name.value: _out(value) for name, value in each.stood_on.items()},
            "route": each.route,
        }
        for each in drafts
    ]
    if not is_free(path):
        return
    try:
        # For its owner alone, as `mkstemp` makes it.
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        try:
            with open(number, "w", encoding="utf-8") as file:
                json.dump({_OURS: rows}, file)
            os.replace(name, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)
    except OSError as error:
        log.warning("drafts could not be kept in %s: %s", path, error)


class DraftShelf(QObject):
    """Keeps the drafts of one window.

    Signals:
        said: a sentence for the banner: drafts are back, or are gone with their orders.
    """

    said = Signal(str)

    def __init__(self, path: Path, desk: Desk, panels: PanelHost) -> None:
        super().__init__(panels)
        self._path, self._desk, self._panels = path, desk, panels
        self._waiting = read_drafts(path)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.keep)
        panels.drafted.connect(lambda _: self._soon.start())

    def bring_back(self) -> None:
        """Put back the drafts whose orders are listed now, and give up those whose orders are not there any more."""
        if not self._waiting:
            return
        state, still, gone, count = self._desk.state, [], [], 0
        for draft in self._waiting:
            account = self._desk.accounts.get(draft.account)
            if account is None or account.environment.value != draft.environment:
                still.append(draft)
                continue
            key, listed = state.by_id.get((draft.account, draft.order_id)), state.accounts[draft.account]
            if key is not None and state.lineages[key].order.is_open:
                count += self._panels.bring_back(key, draft.typed, draft.stood_on, draft.route)
            elif key is not None or (listed.answered_at and listed.list_complete):
                gone.append(f"{named(draft.order_id)} ({draft.account})")
            else:
                still.append(draft)
        if len(still) != len(self._waiting):
            self._waiting = still
            self._soon.start()
        if count:
            self.said.emit(f"Drafts of the last session are back on their rows: {count}.")
        if gone:
            self.said.emit(f"A draft is gone, because its order is open no more: {', '.join(gone)}.")

    def keep(self) -> None:
        """Write down what is typed now, and what still waits for its order."""
        self._soon.stop()
        drafts = list(self._waiting)
        for key in self._panels.drafts():
            panel, lineage = self._panels.panel(key), self._desk.state.lineages.get(key)
            if panel is not None and lineage is not None and panel.keeper.draft.values:
                account, order_id = lineage.account, lineage.order.order_id
                environment = self._desk.accounts[account].environment.value
                typed, keeper = dict(panel.keeper.draft.values), panel.keeper
                drafts.append(KeptDraft(account, environment, order_id, typed, keeper.stood_on, keeper.route))
        write_drafts(self._path, drafts)
