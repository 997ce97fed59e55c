"""Needs of a modelled venue's wires of the world they run in, and what travels over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol

from app.domain import events as ev
from app.domain.amendment import Command
from app.simulation.modelled.faults import FaultKind

_NO_FAULTS: frozenset[FaultKind] = frozenset()


class Stage(Protocol):
    """Needs of the wires of the world they run in."""

    @property
    def now(self) -> int:
        """Virtual time."""
        ...

    def later(self, delay: int, work: Callable[[], None], *, routine: bool = False) -> None:
        """Do something after a delay; routine work does not keep the world awake."""
        ...

    def tell(self, event: ev.Event) -> None:
        """Put an event into the desk's sink."""
        ...

    def struck(self, fault: FaultKind, account: str, amendment_id: str = "") -> None:
        """A fault has taken effect; without an amendment it struck every open one of the account."""
        ...


@dataclass(frozen=True, slots=True)
class Cause:
    """Cause of a message: its dice, its faults, and the amendment they belong to, if any."""

    dice: Random
    faults: frozenset[FaultKind] = _NO_FAULTS
    amendment_id: str = ""


@dataclass(slots=True)
class Waiting:
    """A request that left and has no answer yet."""

    command: Command
    cause: Cause
    open: bool = True
