"""Rows of the window's list: those of the desk, each apart from the others, and which ended ones leave with time."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from app.desk.desk import Desk
from app.desk.supervision import FAULTS
from app.ui.orders.model import Sift
from app.ui.orders.row import Column, OrderRow, SortKey
from app.ui.orders.row_order import Place
from app.ui.orders.rows import LINGER, DeskRows
from app.ui.window.apart import Apart
from app.ui.window.row_filter import RowFilter


class ShownRows:
    """Source of the list. What fails for one row takes nothing from the others."""

    def __init__(self, desk: Desk, rows: DeskRows, chosen: RowFilter, apart: Apart) -> None:
        self._desk, self._rows, self._chosen, self._apart = desk, rows, chosen, apart
        self._leaves: dict[str, int] = {}
        self._turns: list[tuple[int, str]] = []

    def listed(self, lineage: str) -> bool:
        """Return True if a lineage is to have a row, and remember of an ended one when it is to leave."""
        known = self._desk.state.lineages.get(lineage)
        if known is None:
            return False
        if known.order.is_open:
            return True
        try:
            if not self._rows.listed(known):
                self._leaves.pop(lineage, None)
                return False
        except FAULTS as error:
            self._report(lineage, error)
        at = known.seen_at + LINGER
        if self._leaves.get(lineage) != at:
            self._leaves[lineage] = at
            heappush(self._turns, (at, lineage))
        return True

    def due(self, now: int) -> list[str]:
        """Return the ended rows whose time is over; one that something else holds in the list comes again."""
        found: list[str] = []
        while self._turns and self._turns[0][0] <= now:
            at, lineage = heappop(self._turns)
            if self._leaves.get(lineage) == at:
                del self._leaves[lineage]
                found.append(lineage)
        return found

    def key(self, lineage: str, column: Column) -> SortKey:
        """Return what a lineage sorts by in a column; None where that cannot be told."""
        known = self._desk.state.lineages.get(lineage)
        try:
            return self._rows.key(known, column) if known is not None else None
        except FAULTS as error:
            self._report(lineage, error)
            return None

    def row(self, lineage: str) -> OrderRow | None:
        """Return the row of a lineage; of one that cannot be shown, that it is there."""
        known = self._desk.state.lineages.get(lineage)
        if known is None:
            return None
        try:
            return self._rows.made(known)
        except FAULTS as error:
            self._report(lineage, error)
            return self._rows.bare(lineage)

    def ended(self, lineage: str) -> bool:
        """Return True if a lineage's order can neither fill nor be changed any more."""
        known = self._desk.state.lineages.get(lineage)
        return known is not None and not known.order.is_open

    def passing(self) -> Callable[[str], bool] | None:
        """Return the filter as it is set now; None where none is."""
        if not self._chosen.active:
            return None
        texts, search, passes, pinned = self._chosen.texts, self._chosen.search, self.passes, self._rows.pinned
        if texts is None:
            return passes

        def holds(lineage: str) -> bool:
            # One look into a text that is known: of 100,000 rows this is what each letter costs.
            text = texts.get(lineage)
            return passes(lineage) if text is None else search in text or lineage in pinned

        return holds

    def sift(self) -> Sift | None:
        """Return what gives those of many places that the filter as it is set now shows; None where none is quicker."""
        passing, texts, search, pinned = self.passing(), self._chosen.texts, self._chosen.search, self._rows.pinned
        if passing is None or texts is None:
            return None

        def sifted(places: list[Place]) -> list[Place]:
            try:
                self._chosen.read([lineage for _, _, lineage in places if lineage not in texts])
                if not pinned:
                    return [place for place in places if search in texts[place[2]]]
                return [place for place in places if search in texts[place[2]] or place[2] in pinned]
            except FAULTS:
                # One of them cannot be read: each is asked for, and that one is told of.
                return [place for place in places if passing(place[2])]

        return sifted

    def passes(self, lineage: str) -> bool:
        """Return True if the filter shows a lineage, or cannot be asked about it."""
        try:
            return self._chosen.passes(lineage)
        except FAULTS as error:
            self._report(lineage, error)
            return True

    def _report(self, lineage: str, error: BaseException) -> None:
        self._apart.report(f"the row of {lineage}", error)
