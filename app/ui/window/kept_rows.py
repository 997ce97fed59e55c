"""Rows that a person has not looked at, or has before their eyes: they stay, however long ago their orders ended."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Protocol

from app.desk.desk import Desk
from app.desk.views.attention import Attention


class ShownRows(Protocol):
    """A list that knows where a row stands."""

    def position_of(self, lineage: str) -> int | None:
        """Return the place of a row, None for one it does not show."""
        ...


@dataclass(frozen=True, slots=True)
class OnScreen:
    """The rows that a list shows.

    Attributes:
        model: the list.
        panels: names the rows whose panels are open.
    """

    model: ShownRows
    panels: Callable[[], Container[str]]

    def __contains__(self, key: object) -> bool:
        """Return True if a row is in the list, or has a panel open."""
        return isinstance(key, str) and (self.model.position_of(key) is not None or key in self.panels())


def keep_rows(desk: Desk, waiting: Attention, model: ShownRows, panels: Callable[[], Container[str]]) -> None:
    """Let a desk forget no row that waits for a person, or that the window shows."""
    shown = OnScreen(model, panels)
    desk.forgetting.keepers += [waiting.unlooked, lambda: shown]
