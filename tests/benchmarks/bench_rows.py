"""Rows of the table of all benchmarks, and the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.benchmarks.peers import Missing

HEAD = ("measure", "peer", "the peer's", "limit", "Redline", "ratio")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of Redline and of one peer, both from the same run.

    Attributes:
        measure: what was measured, with its unit.
        ours: Redline's figure. peer: the name of the other; "" for none.
        theirs: its figure, or why there is none. limit: the product's own promise, None for none.
        more_is_better: whether a larger figure is the better one.
    """

    measure: str
    ours: float
    peer: str = ""
    theirs: float | Missing | None = None
    limit: float | None = None
    more_is_better: bool = False

    def cells(self) -> tuple[str, ...]:
        """Texts of its cells; the ratio is of the time taken or of the rate reached, over 1 where Redline is worse."""
        if isinstance(self.theirs, Missing):
            theirs, ratio = f"not installed here: {self.theirs.why}", "–"
        elif self.theirs is None:
            theirs, ratio = "–", "–"
        else:
            pair = (self.theirs, self.ours) if self.more_is_better else (self.ours, self.theirs)
            theirs, ratio = figure(self.theirs), f"{pair[0] / pair[1]:.2f}" if pair[1] else "–"
        limit = "–" if self.limit is None else figure(self.limit)
        return self.measure, self.peer or "–", theirs, limit, figure(self.ours), ratio


def figure(value: float) -> str:
    """A figure with three digits or more."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(rows: Iterable[Row]) -> str:
    """All rows as one table in Markdown, with its cells in columns."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    padded = [
        " | ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    rule = " | ".join(
        "-" * (width if column < 2 else width - 1) + ":" * (column > 1) for column, width in enumerate(widths)
    )
    return "\n".join(f"| {line} |" for line in (padded[0], rule, *padded[1:])) + "\n"
