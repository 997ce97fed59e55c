"""Filter of the list: by search, by account, by what waits. A row that is pinned is shown and counts as no match."""

from __future__ import annotations

from app.desk.desk import Desk
from app.ui.orders.row import OrderRow
from app.ui.orders.rows import DeskRows


class RowFilter:
    """The three filters there are, which add up.

    Attributes:
        search: text to be found, in lower case; "" for none.
        account: the one account to be shown; "" for all.
        attention: whether only what waits for a person is shown.
    """

    def __init__(self, desk: Desk, rows: DeskRows) -> None:
        self._desk, self._rows = desk, rows
        self.search, self.account, self.attention = "", "", False

    @property
    def active(self) -> bool:
        """True while rows may be hidden."""
        return bool(self.search or self.account or self.attention)

    def matches(self, row: OrderRow) -> bool:
        """Return True if a row is what is looked for."""
        lineage = self._desk.state.lineages.get(row.lineage)
        if lineage is None or (self.attention and not row.attention) or self.account not in ("", lineage.account):
            return False
        words = (row.venue, row.symbol, row.market, lineage.order.client_id, *lineage.ids)
        return any(self.search in word.lower() for word in words)

    def passes(self, row: OrderRow) -> bool:
        """Return True if a row is shown: for a match, or because a person is at work on it."""
        return row.lineage in self._rows.pinned or self.matches(row)
