"""Arithmetic of the Decimal field: the number that one step leads to."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from PySide6.QtCore import Qt

from app.domain.money import ZERO, exact, places


def ticks_with(modifiers: Qt.KeyboardModifier) -> int:
    """Return the ticks of one step: ten with Shift, a hundred with Ctrl."""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return 100
    return 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1


def tick_step(
    number: Decimal | None,
    ticks: int,
    tick: Decimal | None,
    minimum: Decimal | None,
    maximum: Decimal | None,
) -> Decimal | None:
    """Move `number` by whole ticks on the grid.

    From between two grid points the first step reaches the neighbouring one. Digits shown after the point are kept
    (0.5000 goes to 0.5010 with tick 0.001). Without a tick, one unit of the last digit shown is the step.

    Returns:
        The number reached, clamped to the bounds and never below zero; None when there is nowhere to go.
    """
    if ticks == 0:
        return None
    if number is None:
        return minimum
    with exact():
        step = tick if tick is not None else Decimal(1).scaleb(-places(number))
        whole = number / step
        on_grid = whole == whole.to_integral_value()
        if on_grid:
            target = number + step * ticks
        elif ticks > 0:
            target = (whole.to_integral_value(ROUND_CEILING) + ticks - 1) * step
        else:
            target = (whole.to_integral_value(ROUND_FLOOR) + ticks + 1) * step
        target = _bounded(target, step, minimum, maximum)
        if target == number:
            return None
        digits = max(places(number) if on_grid else 0, places(step))
        return target.quantize(Decimal(1).scaleb(-digits))


def percent_step(
    number: Decimal,
    percent: int,
    tick: Decimal | None,
    minimum: Decimal | None,
    maximum: Decimal | None,
) -> Decimal:
    """Move `number` by whole percents to a grid point, at least one tick away, keeping the digits shown."""
    with exact():
        step = tick if tick is not None else Decimal(1).scaleb(-places(number))
        wish = number * (100 + percent) / 100
        rounding = ROUND_FLOOR if percent > 0 else ROUND_CEILING
        target = (wish / step).to_integral_value(rounding) * step
        moved = target > number if percent > 0 else target < number
        if not moved:
            nearby = tick_step(number, 1 if percent > 0 else -1, tick, minimum, maximum)
            return number if nearby is None else nearby
        target = _bounded(target, step, minimum, maximum)
        digits = max(places(number), places(step))
        return target.quantize(Decimal(1).scaleb(-digits))


def _bounded(target: Decimal, step: Decimal, minimum: Decimal | None, maximum: Decimal | None) -> Decimal:
    lowest = minimum if minimum is not None else ZERO
    lowest = (lowest / step).to_integral_value(ROUND_CEILING) * step
    if maximum is not None:
        target = min(target, (maximum / step).to_integral_value(ROUND_FLOOR) * step)
    return max(target, lowest)
