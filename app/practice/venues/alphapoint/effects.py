"""Receipt first, effect later: what a request has asked for happens after its answer, or never.

Source: "The response acknowledges the successful receipt of your request to modify an order; it does not indicate that
the order has been modified" (AlphaPoint API documentation, "ModifyOrder", read 2026-11-21). How long it takes is not
documented. Requests take effect in the order they came.
"""

from __future__ import annotations

from collections.abc import Callable

from app.practice.exchange.clock import PracticeClock, Timer
from app.practice.server.faults import Switches
from app.practice.server.gate import FaultOrders


class Effects:
    """Work the venue has promised and not done yet."""

    def __init__(self, clock: PracticeClock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._timers: dict[int, Timer] = {}
        self._count = 0

    def after(self, planned: FaultOrders, apply: Callable[[], None]) -> None:
        """Do `apply` when the switch or a planned fault says: at once for 0, never for less."""
        if planned.silent:
            return
        delay_ms = self._switches.integer("effect_delay_ms") if planned.late_ms is None else planned.late_ms
        if delay_ms == 0:
            apply()
        elif delay_ms > 0:
            self.later(delay_ms, apply)

    def later(self, delay_ms: int, apply: Callable[[], None]) -> None:
        """Do `apply` after `delay_ms`."""
        self._count += 1
        number = self._count

        def run() -> None:
            del self._timers[number]
            apply()

        self._timers[number] = self._clock.call_later(delay_ms, run)

    def forget(self) -> None:
        """Drop everything promised; the venue closes."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
