"""Checks of everything that was shown on the way, not only of the end: every drill has to meet most of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.money import plain
from app.drills.checks.registry import check
from app.drills.language import Tell
from app.drills.scene import Scene, Shown, Truth, same

_TERMS = ("price", "quantity", "filled", "stop")
#: Fields an ended order keeps at every venue; its size may be reported as what is left of it, which is nothing.
_KEPT = ("price", "filled", "stop")

#: Sources that may not decide what became of an amendment: only the venue knows.
_OURS = frozenset({Source.YOU, Source.APP, Source.WIRE})
_THEIRS = frozenset(
    {AmendmentStage.CONFIRMED, AmendmentStage.REFUSED, AmendmentStage.DIFFERENT, AmendmentStage.OVERTAKEN}
)


@check("orders")
def followed(scene: Scene) -> str:
    """Every row showed each term of its order in the sequence in which the exchange had it, and never before.

    A row may leave values out, it may not go back to one, nor show one that the exchange never had; an order that was
    shown as ended stays ended, and one order is never shown as two rows. Where the venue's clock was set, times are not
    compared.
    """
    for key, shown in scene.shown.items():
        if key not in scene.state.lineages:
            return f"the order of {key} was shown as two rows until they were joined"
        wrong = _left(scene, shown)
        if wrong:
            return wrong
    return ""


@check()
def told(scene: Scene) -> str:
    """Every amendment has a text on where it stands, and on what is missing as long as it is open."""
    for each in scene.state.amendments.values():
        if not each.outcome:
            return f"nothing is said of {each.amendment_id} at {each.stage.value}"
        if each.is_open and not each.missing:
            return f"nothing is said to be missing while {each.amendment_id} stands at {each.stage.value}"
        if each.stage in (AmendmentStage.CONFIRMED, AmendmentStage.REFUSED) and each.missing:
            return f"“{each.missing}” is said to be missing of {each.amendment_id}, which is {each.stage.value}"
    return ""


@check("orders")
def proven(scene: Scene) -> str:
    """Every ladder goes up in time and has all that was shown; what became of what left, the venue says.

    One that was confirmed was made: the exchange held the terms asked for, no later than that.
    """
    for each in scene.state.amendments.values():
        times = [rung.at for rung in each.rungs]
        if times != sorted(times):
            return f"the times on the ladder of {each.amendment_id} go back"
        left = any(rung.stage is AmendmentStage.WRITTEN for rung in each.rungs)
        theirs = _THEIRS | {AmendmentStage.NOT_APPLIED} if left else _THEIRS
        ours = [rung.stage.value for rung in each.rungs if rung.stage in theirs and rung.source in _OURS]
        if ours:
            return f"{ours[0]} comes from ourselves"
        rest = iter([rung.stage for rung in each.rungs])
        if not all(stage in rest for stage in scene.stages.get(each.amendment_id, ())):
            return f"{each.amendment_id} was shown at {[stage.value for stage in scene.stages[each.amendment_id]]}"
        confirmed = [rung.at for rung in each.rungs if rung.stage is AmendmentStage.CONFIRMED]
        if confirmed and not any(_is_made(each, line) for line in _before(scene, _lines(scene, each), confirmed[0])):
            return f"{each.amendment_id} is confirmed, and the exchange did not hold its terms by then"
    return ""


@check()
def never_terms(scene: Scene, **terms: str) -> str:
    """The row has never shown all of these terms at once."""
    return f"the row showed {terms}" if _was_shown(scene, terms) else ""


@check()
def was_shown(scene: Scene, **terms: str) -> str:
    """The row has shown all of these terms at once, at some time."""
    return "" if _was_shown(scene, terms) else f"the row never showed {terms}"


@check()
def links(scene: Scene, be: Sequence[str], says: str = "") -> str:
    """The link has been in these states, in this sequence; the first of them said these words."""
    rest = iter(scene.links)
    first = next((each for each in rest if each.state.value == be[0] and says.lower() in each.text.lower()), None)
    if first is not None and all(any(each.state.value == wanted for each in rest) for wanted in be[1:]):
        return ""
    return f"it was {[(each.state.value, each.text) for each in scene.links]}"


def _was_shown(scene: Scene, terms: Mapping[str, str]) -> bool:
    """Return True if the row has shown all of these terms at once."""
    return any(
        all(same(_text(getattr(each.order, name)), wanted) for name, wanted in terms.items())
        for each in scene.row_shown
    )


def _left(scene: Scene, shown: Sequence[Shown]) -> str:
    """First departure of a row from the orders the exchange had; "" if there is none."""
    ended: set[str] = set()
    positions: dict[tuple[str, str], int] = {}
    for each in shown:
        order = each.order
        held = scene.held(order.order_id)
        if held is None:
            return f"a row showed order {order.order_id}, of which the exchange knows nothing"
        if order.is_open and order.order_id in ended:
            return f"order {order.order_id} was shown as ended and then as {order.status.value}"
        if not order.is_open:
            ended.add(order.order_id)
        for name in _TERMS if order.is_open else _KEPT:
            wrong = _behind(scene, held, name, each, positions)
            if wrong:
                return wrong
    return ""


def _behind(scene: Scene, held: Truth, name: str, each: Shown, positions: dict[tuple[str, str], int]) -> str:
    """Follow one term of one order to its next value, if it changed; positions are kept between calls."""
    value = _text(getattr(each.order, name))
    key = (str(held["uid"]), name)
    at = positions.get(key, 0)
    history = held["history"]
    found = next((place for place in range(at, len(history)) if same(history[place][name], value)), None)
    if found is None:
        had = ", ".join(str(line[name]) for line in history)
        said = f"the row of {each.order.order_id} showed {name} {value} after {history[at][name]}"
        return f"{said}; the exchange had {had}"
    if not _clock_was_set(scene) and history[found]["time_ns"] > each.at:
        return f"the row of {each.order.order_id} showed {name} {value} before the exchange had it"
    positions[key] = found
    return ""


def _lines(scene: Scene, amendment: Amendment) -> list[Truth]:
    """Everything the exchange ever held of the order of an amendment, under all its ids."""
    held = [scene.held(each) for each in scene.state.lineages[amendment.lineage].ids]
    orders = {each["uid"]: each for each in held if each is not None}
    return [line for each in orders.values() for line in each["history"]]


def _before(scene: Scene, lines: Sequence[Truth], at: int) -> list[Truth]:
    return [line for line in lines if _clock_was_set(scene) or line["time_ns"] <= at]


def _is_made(amendment: Amendment, line: Truth) -> bool:
    """Return True if a line of the exchange's history has the terms asked for."""
    target = amendment.command.target
    held = {name: Decimal(line[name]) for name in ("price", "quantity", "stop") if line[name] is not None}
    remaining = held["quantity"] - Decimal(line["filled"])
    if any(
        value is not None and held.get(name) != value
        for name, value in (("price", target.price), ("stop", target.stop))
    ):
        return False
    # Where a venue's request means what remains, a fill in flight leaves a larger total than was asked for.
    return target.quantity in (None, held["quantity"], remaining) and target.remaining in (None, remaining)


def _clock_was_set(scene: Scene) -> bool:
    return any(isinstance(step, Tell) and step.path == "clock" for step in scene.drill.steps)


def _text(value: Decimal | None) -> str | None:
    return plain(value) if value is not None else None
