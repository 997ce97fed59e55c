"""Every event that a desk folds, told to a test; a list that is taken in part by part too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.desk.desk import Desk
from app.desk.fold.context import FoldOutcome
from app.domain import events as ev

Told = Callable[[ev.Event], object]


def _nobody(_: ev.Event) -> None:
    """Hear nothing."""


def watch_folds(desk: Desk, *, before: Told = _nobody, after: Told = _nobody) -> None:
    """Tell of each event before it is folded, and after, where nothing failed."""
    fold, apply = desk._reducer.folding, desk._reducer.apply

    def folding(event: ev.OpenOrdersListed, out: FoldOutcome) -> Iterator[None]:
        before(event)
        yield from fold(event, out)
        after(event)

    def applied(event: ev.Event) -> FoldOutcome:
        before(event)
        out = apply(event)
        after(event)
        return out

    desk._reducer.folding = folding  # type: ignore[method-assign]
    desk._reducer.apply = applied  # type: ignore[method-assign]
