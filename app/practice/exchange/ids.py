"""Identifiers that look random and are not: the same seed gives the same sequence."""

from __future__ import annotations

import random
import uuid

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class IdSource:
    """Makes identifiers in the shapes the venues use.

    Args:
        source: the seeded generator to draw from.
        first: where `count` begins.
    """

    def __init__(self, source: random.Random, first: int = 1) -> None:
        self._random = source
        self._next = first

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def digits(self, length: int) -> str:
        """A decimal number of exactly so many digits, not beginning with zero."""
        return str(self._random.randrange(10 ** (length - 1), 10**length))

    def text(self, length: int) -> str:
        """Lower-case letters and digits."""
        return "".join(self._random.choice(_LETTERS) for _ in range(length))

    def count(self) -> int:
        """The next whole number."""
        number = self._next
        self._next += 1
        return number
