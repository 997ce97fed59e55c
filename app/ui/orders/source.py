"""Source of the order list: what sorts and filters a row is asked for by itself, its texts only where it is seen."""

from __future__ import annotations

from typing import Protocol

from app.ui.orders.row import Column, OrderRow, SortKey


class RowSource(Protocol):
    """Answers to what the list asks of each lineage, as it is now. None of these raises anything."""

    def listed(self, lineage: str) -> bool:
        """Return True if a lineage is to have a row."""

    def key(self, lineage: str, column: Column) -> SortKey:
        """Return what a lineage that is listed sorts by in a column."""

    def row(self, lineage: str) -> OrderRow | None:
        """Return all texts of a lineage's row, also of one that is not to be listed any more; None where none is."""

    def ended(self, lineage: str) -> bool:
        """Return True if a lineage's order can neither fill nor be changed any more."""
