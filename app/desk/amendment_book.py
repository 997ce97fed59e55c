"""Amendments by id, with what is asked of them again and again kept beside them: no question looks through all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.amendment import Amendment, AmendmentStage

#: Stages in which an amendment may still turn out to have taken effect under a new order id.
MAY_STILL_LAND = frozenset({AmendmentStage.NOT_APPLIED, AmendmentStage.DIFFERENT, AmendmentStage.OVERTAKEN})


def may_land(amendment: Amendment) -> bool:
    """Return True if an amendment may have taken effect unseen: it left, or nothing shows that it did not."""
    if not (amendment.is_open or amendment.stage in MAY_STILL_LAND):
        return False
    return amendment.written_at is not None or any(rung.stage is AmendmentStage.UNKNOWN for rung in amendment.rungs)


class AmendmentBook(dict[str, Amendment]):
    """All amendments of a state by their ids, oldest first.

    Each change of it, whichever way it is made, keeps the indexes: there is no other door.

    Attributes:
        unsettled: those that wait for evidence, in the order in which they came to wait.
        landing: by row, how many of its amendments may have taken effect under an id that nobody tied to them yet.
        numbers: by row, how many amendments it has here.
    """

    __slots__ = ("landing", "numbers", "unsettled")

    def __init__(self, given: Mapping[str, Amendment] | Iterable[tuple[str, Amendment]] = ()) -> None:
        """Take over what is given, in its order."""
        super().__init__()
        self.unsettled: dict[str, Amendment] = {}
        self.landing: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        self.update(given)

    def __setitem__(self, amendment_id: str, amendment: Amendment) -> None:
        """Put an amendment in, or another form of one that is in."""
        before = self.get(amendment_id)
        super().__setitem__(amendment_id, amendment)
        if before is not None and before.lineage == amendment.lineage:
            if _may_land_elsewhere(before) != _may_land_elsewhere(amendment):
                _count(self.landing, amendment.lineage, 1 if _may_land_elsewhere(amendment) else -1)
        else:
            if before is not None:
                self._leave(before)
            _count(self.numbers, amendment.lineage, 1)
            if _may_land_elsewhere(amendment):
                _count(self.landing, amendment.lineage, 1)
        if amendment.is_open:
            self.unsettled[amendment_id] = amendment
        else:
            self.unsettled.pop(amendment_id, None)

    def __delitem__(self, amendment_id: str) -> None:
        """Take an amendment out."""
        before = self[amendment_id]
        super().__delitem__(amendment_id)
        self.unsettled.pop(amendment_id, None)
        self._leave(before)

    def _leave(self, before: Amendment) -> None:
        _count(self.numbers, before.lineage, -1)
        if _may_land_elsewhere(before):
            _count(self.landing, before.lineage, -1)

    def pop(self, amendment_id: str, *default: Any) -> Any:
        """Take an amendment out and return it; the default, where one is given, if it is not in."""
        if amendment_id not in self and default:
            return default[0]
        amendment = self[amendment_id]
        del self[amendment_id]
        return amendment

    def popitem(self) -> tuple[str, Amendment]:
        """Take the newest amendment out and return it."""
        amendment_id = next(reversed(self))
        return amendment_id, self.pop(amendment_id)

    def setdefault(self, amendment_id: str, default: Any = None) -> Any:
        """Return an amendment, put in if it is not in yet."""
        if amendment_id not in self:
            self[amendment_id] = default
        return self[amendment_id]

    def update(self, *given: Any, **named: Any) -> None:
        """Put amendments in, as a dictionary takes them."""
        for amendment_id, amendment in dict(*given, **named).items():
            self[amendment_id] = amendment

    def __ior__(self, given: Any) -> AmendmentBook:  # type: ignore[override,misc]
        """Put amendments in."""
        self.update(given)
        return self

    def clear(self) -> None:
        """Take all out."""
        super().clear()
        self.unsettled.clear()
        self.landing.clear()
        self.numbers.clear()

    def copy(self) -> AmendmentBook:
        """Return a book of its own with the same amendments."""
        book = AmendmentBook()
        dict.update(book, self)
        book.unsettled, book.landing, book.numbers = self.unsettled.copy(), self.landing.copy(), self.numbers.copy()
        return book


def _may_land_elsewhere(amendment: Amendment) -> bool:
    return not amendment.new_order_id and may_land(amendment)


def _count(numbers: dict[str, int], key: str, step: int) -> None:
    number = numbers.get(key, 0) + step
    if number:
        numbers[key] = number
    else:
        del numbers[key]
