"""Search among every order there is a row of, open or ended, part by part, so that no key waits for 100,000 of them.

It looks at orders, not at rows: what is listed only because a panel is open, or hidden by a filter, is no other match
for that. A text fits where each of its words stands in the venue, the symbol, the market, the side or an id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from app.desk.desk import Desk
from app.desk.state import Lineage

#: Orders looked at without a pause, and the most that are offered of either kind.
_PART = 2_000
_MOST = 40


class OrderSearch(QObject):
    """Finds orders.

    Attributes:
        open, ended: keys of those that fit, in the order of the desk; those whose id was typed whole come first.
        looking: whether it is still at it.

    Signals:
        advanced: more may be known.
    """

    advanced = Signal()

    def __init__(self, desk: Desk, venue: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._venue = desk, venue
        self.open: list[str] = []
        self.ended: list[str] = []
        self.looking = False
        self._text = ""
        self._words: tuple[str, ...] = ()
        self._todo: Iterator[Lineage] = iter(())
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._go_on)

    def look_for(self, text: str) -> None:
        """Look for another text; nothing fits an empty one."""
        self._text = " ".join(text.lower().split())
        self._words = tuple(self._text.split())
        self.open, self.ended = [], []
        self._todo = iter(list(self._desk.state.lineages.values()) if self._words else ())
        self.looking = bool(self._words)
        self._look()

    def stop(self) -> None:
        """Look no further."""
        self._next.stop()
        self.looking = False

    def _look(self) -> None:
        for _ in range(_PART):
            lineage = next(self._todo, None)
            if lineage is None:
                self.stop()
                return
            self._take(lineage)
        self._next.start()

    def _go_on(self) -> None:
        self._look()
        self.advanced.emit()

    def _take(self, lineage: Lineage) -> None:
        order = lineage.order
        hits = self.open if order.is_open else self.ended
        ids = (*lineage.ids, order.client_id)
        is_id = any(self._text == name.lower() for name in ids)
        if len(hits) >= _MOST and not is_id:
            return
        about = (self._venue(lineage.account), lineage.account, order.symbol, order.market, order.side.value, *ids)
        text = " ".join(about).lower()
        if all(word in text for word in self._words):
            hits.insert(0 if is_id else len(hits), lineage.key)
