"""Reads the payload of a request: keys in any case, numbers bare or as texts, as the venue takes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.practice.venues.alphapoint.errors import INVALID_REQUEST, generic, missing


class Payload:
    """One request's fields.

    Args:
        value: the parsed JSON; anything but an object counts as one without fields.
    """

    def __init__(self, value: object) -> None:
        fields = value if isinstance(value, Mapping) else {}
        self._fields = {str(name).lower(): item for name, item in fields.items()}

    def has(self, name: str) -> bool:
        """Return True if the field is there and not null."""
        return self._fields.get(name.lower()) is not None

    def first(self, *names: str) -> Any:
        """The first of these fields that is there, None if none is."""
        for name in names:
            if self.has(name):
                return self._fields[name.lower()]
        return None

    def whole(self, *names: str) -> int:
        """A whole number.

        Raises:
            ApiError: 100, missing or no whole number.
        """
        found = self.maybe_whole(*names)
        if found is None:
            raise missing()
        return found

    def maybe_whole(self, *names: str) -> int | None:
        """A whole number, None when it is not there."""
        value = self.first(*names)
        if value is None:
            return None
        if isinstance(value, bool):
            raise generic(INVALID_REQUEST, detail=f"{names[0]} must be a whole number")
        try:
            return int(str(value))
        except ValueError:
            raise generic(INVALID_REQUEST, detail=f"{names[0]} must be a whole number") from None

    def number(self, *names: str) -> Decimal:
        """A decimal.

        Raises:
            ApiError: 100, missing or no number.
        """
        found = self.maybe_number(*names)
        if found is None:
            raise missing()
        return found

    def maybe_number(self, *names: str) -> Decimal | None:
        """A decimal, None when it is not there."""
        value = self.first(*names)
        if value is None:
            return None
        try:
            found = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            raise generic(INVALID_REQUEST, detail=f"{names[0]} must be a number")
        return found

    def text(self, name: str) -> str:
        """A text; empty when it is not there or is not a text."""
        value = self.first(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """A yes or no; no when it is not there."""
        return str(self.first(name)).lower() in {"true", "1"}

    def order_id(self) -> str:
        """The id of the order the request is about, empty if it names none; never fails."""
        value = self.first("OrderId", "OrderIdToReplace")
        return str(value) if isinstance(value, int | str) else ""
