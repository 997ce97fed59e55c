"""Filter of the list: by search, by account, by what waits. A row that is pinned is shown and counts as no match.

While a text is looked for, all that a row can be found by is kept as one text in lower case: each further letter costs
one look into each of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.desk.desk import Desk
from app.desk.state import Lineage
from app.ui.look.texts import shortened
from app.ui.orders.rows import DeskRows

#: Between two words of a row: nobody can type it into one line.
_APART = "\n"


class RowFilter:
    """The three filters there are, which add up.

    Attributes:
        account: the one account to be shown; "" for all.
        attention: whether only what waits for a person is shown.
    """

    def __init__(self, desk: Desk, rows: DeskRows) -> None:
        self._desk, self._rows = desk, rows
        self._search, self.account, self.attention = "", "", False
        self._texts: dict[str, str] = {}

    @property
    def search(self) -> str:
        """Text to be found, in lower case; "" for none."""
        return self._search

    @search.setter
    def search(self, text: str) -> None:
        self._search = text
        if not text:
            self._texts = {}

    @property
    def active(self) -> bool:
        """True while rows may be hidden."""
        return bool(self.search or self.account or self.attention)

    def touch(self, keys: Iterable[str]) -> None:
        """These rows changed: what they can be found by is read again."""
        if self._texts:
            for key in keys:
                self._texts.pop(key, None)

    @property
    def texts(self) -> dict[str, str] | None:
        """Texts by which the rows looked at so far are found, while a text alone is looked for; None otherwise."""
        return self._texts if self._search and not self.account and not self.attention else None

    def matches(self, key: str) -> bool:
        """Return True if the row of a lineage is what is looked for."""
        if self._search:
            text = self._texts.get(key)
            if text is None:
                lineage = self._desk.state.lineages.get(key)
                text = self._texts[key] = self._words(lineage) if lineage is not None else ""
            if self._search not in text:
                return False
            if not self.attention and not self.account:
                return True
        lineage = self._desk.state.lineages.get(key)
        if lineage is None or self.account not in ("", lineage.account):
            return False
        return not self.attention or self._rows.waits(lineage)

    def _words(self, lineage: Lineage) -> str:
        order = lineage.order
        about = (self._rows.venue(lineage.account), shortened(order.symbol), shortened(order.market), order.client_id)
        return _APART.join((*about, *lineage.ids)).lower()

    def passes(self, key: str) -> bool:
        """Return True if a row is shown: for a match, or because a person is at work on it."""
        return key in self._rows.pinned or self.matches(key)
