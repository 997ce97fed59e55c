"""The connector's side of a modelled venue's wires, as its reads and its lies need it."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from app.domain.amendment import Source
from app.domain.market import LinkState
from app.domain.order import Fill, Order
from app.simulation.modelled.behaviour import Behaviour, VenueModel
from app.simulation.modelled.engine import SimulatedEngine
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.pairs import Pairs
from app.simulation.modelled.stage import Stage, Waiting


class Line(Protocol):
    """One account's wires; `Wires` says what each attribute is."""

    stage: Stage
    engine: SimulatedEngine
    account: str
    model: VenueModel
    behaviour: Behaviour
    account_faults: dict[FaultKind, int]
    life: int
    session: int
    link_state: LinkState
    is_half_open: bool
    dead: bool
    waiting: dict[str, Waiting]
    renamed: dict[str, str]
    pairs: Pairs
    known: set[str]
    orphans: list[Fill]
    told_fills: set[str]
    sizes: dict[str, Decimal]

    def is_lost(self, session: int) -> bool:
        """Return True if an answer that was asked for in that session is lost."""
        ...

    def show(self, order: Order, source: Source, asked_at: int | None, replaces: str = "") -> None:
        """Show one row to the desk, as the care for pairs allows."""
        ...

    def marked(self, row: Order) -> Order:
        """A row with what the connector remembers of its order."""
        ...

    def show_fill(self, fill: Fill, source: Source) -> None:
        """Show an execution, once its order is known."""
        ...

    def adopt_orphans(self) -> None:
        """Show the executions whose orders are known by now."""
        ...

    def tell_overdue(self) -> None:
        """Show new legs that have waited long enough."""
        ...

    def trip(self) -> int:
        """Time of a way there or back."""
        ...

    def chance(self, about: str) -> int:
        """A number that only the moment and its matter decide."""
        ...
