"""Habits of one session: what each order was sent with last, and the consents that stand. Never written anywhere.

An order keeps the route and the way of repricing of its last amendment, so that the next one needs no choice again.
Losing the place in the queue can be agreed to beforehand, for one market of one account, until it is taken back or the
window closes; no other consent can.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.form import FieldName
from app.domain.order import Order
from app.domain.plan import Caution, Draft

#: Choices that say how an order is changed, and nothing about what may become of it.
_KEPT = (FieldName.WHEN_REPRICED,)

Market = tuple[str, str, str]


def market_of(order: Order) -> Market:
    """Market that a consent is for: account, kind of market, symbol."""
    return order.account, order.market, order.symbol


class Habits(QObject):
    """Memory of the window while it is open.

    Signals:
        changed: a consent was given or taken back.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices: dict[str, dict[FieldName, str]] = {}
        self._routes: dict[str, str] = {}
        self._agreed: dict[Market, None] = {}

    def sent(self, lineage: str, draft: Draft, route: str) -> None:
        """Remember how an order was changed."""
        choices = {name: draft.choice(name) for name in _KEPT}
        self._choices[lineage] = {name: value for name, value in choices.items() if value is not None}
        self._routes[lineage] = route

    def choices(self, lineage: str) -> dict[FieldName, str]:
        """The choices an order was sent with last."""
        return self._choices.get(lineage, {})

    def route(self, lineage: str) -> str | None:
        """The route an order was sent by last; None before the first."""
        return self._routes.get(lineage)

    def agree(self, order: Order, *, agreed: bool) -> None:
        """Give the consent to lose the place for the market of an order, or take it back."""
        if agreed:
            self._agreed[market_of(order)] = None
        else:
            self._agreed.pop(market_of(order), None)
        self.changed.emit()

    def agreed(self, order: Order) -> bool:
        """Return True while losing the place is agreed to in the market of an order."""
        return market_of(order) in self._agreed

    def take_back(self) -> tuple[str, ...]:
        """Take back every consent; returns what they were for, in words."""
        words = tuple(f"{symbol} ({account})" for account, _, symbol in self._agreed)
        self._agreed.clear()
        self.changed.emit()
        return words

    def covers(self, order: Order, caution: Caution) -> bool:
        """Return True if a caution that asks for a consent has it: it asks about the place alone, and that is given."""
        return caution.about_place and self.agreed(order)
