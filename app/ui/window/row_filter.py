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
        self._heads: dict[tuple[str, str, str], str] = {}

    @property
    def search(self) -> str:
        """Text to be found, in lower case; "" for none."""
        return self._search

    @search.setter
    def search(self, text: str) -> None:
        self._search = text
        if not text:
            self._texts, self._heads = {}, {}

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
            if key not in self._texts:
                self.read((key,))
            if self._search not in self._texts[key]:
                return False
            if not self.attention and not self.account:
                return True
        lineage = self._desk.state.lineages.get(key)
        if lineage is None or self.account not in ("", lineage.account):
            return False
        return not self.attention or self._rows.waits(lineage)

    def read(self, keys: Iterable[str]) -> None:
        """Take in what these rows are found by, of those that are not known yet."""
        texts, lineages = self._texts, self._desk.state.lineages
        for key in keys:
            if key not in texts:
                texts[key] = self._words(lineages[key]) if key in lineages else ""

    def _words(self, lineage: Lineage) -> str:
        order, ids = lineage.order, lineage.ids
        market = (lineage.account, order.symbol, order.market)
        head = self._heads.get(market)
        if head is None:
            # The same of many orders.
            about = (self._rows.venue(lineage.account), shortened(order.symbol), shortened(order.market))
            head = self._heads[market] = _APART.join(about).lower()
        return f"{head}{_APART}{_APART.join((order.client_id, *ids)).lower()}"

    def passes(self, key: str) -> bool:
        """Return True if a row is shown: for a match, or because a person is at work on it."""
        return key in self._rows.pinned or self.matches(key)
