"""Checks of the first axis: what the row shows, and whether the exchange holds the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.desk.state import Lineage
from app.domain.money import plain
from app.domain.order import Fill, Order, OrderStatus
from app.drills.checks.registry import check
from app.drills.scene import TRADER, Scene, Truth, is_open, rows_of, same

_TERMS = ("price", "quantity", "filled", "remaining", "stop")


@check("orders")
def row(scene: Scene, **terms: str) -> str:
    """The row shows these terms, and the exchange holds them under the row's id."""
    order = scene.row.order
    held = scene.held(order.order_id)
    if held is None:
        return f"the exchange has no order {order.order_id}"
    for name, wanted in terms.items():
        if not same(_shown(getattr(order, name)), wanted):
            return f"the row shows {name} {_shown(getattr(order, name))}"
        if not same(held[name], wanted):
            return f"the exchange holds {name} {held[name]}"
    return ""


@check()
def shows(scene: Scene, **terms: str) -> str:
    """The row shows these terms, whatever the exchange holds by now."""
    order = scene.row.order
    wrong = [name for name, wanted in terms.items() if not same(_shown(getattr(order, name)), wanted)]
    return ", ".join(f"the row shows {name} {_shown(getattr(order, name))}" for name in wrong)


@check()
def status(scene: Scene, be: Sequence[str]) -> str:
    """The row's status."""
    found = scene.row.order.status.value
    return "" if found in be else f"the row is {found} ({scene.row.order.raw_status})"


@check()
def never_shown(scene: Scene, statuses: Sequence[str]) -> str:
    """The row has never shown one of these statuses."""
    found = [each.order.status.value for each in scene.row_shown if each.order.status.value in statuses]
    return f"the row showed {', '.join(dict.fromkeys(found))}" if found else ""


@check()
def ids(scene: Scene, count: int) -> str:
    """Number of ids the row has had."""
    found = scene.row.ids
    return "" if len(found) == count else f"its ids are {', '.join(found)}"


@check()
def history(scene: Scene, says: Sequence[str]) -> str:
    """The row's history mentions these words, in this sequence."""
    texts = [each.text.lower() for each in scene.row.history]
    start = 0
    for wanted in says:
        found = next((index for index in range(start, len(texts)) if wanted.lower() in texts[index]), None)
        if found is None:
            return f"its history is {texts}"
        start = found
    return ""


@check()
def said_once(scene: Scene, says: str) -> str:
    """One line of the row's history begins with these words."""
    found = [each.text for each in scene.row.history if each.text.lower().startswith(says.lower())]
    return "" if len(found) == 1 else f"{len(found)} lines do: {found}"


@check("executions")
def fills(scene: Scene, total: str, price: str = "", order: str = "") -> str:
    """Executions booked on the row: their sum, at this price, under this id; and each of them is the exchange's."""
    mine = [
        each
        for each in scene.row.fills.values()
        if (not price or same(plain(each.price), price)) and (not order or each.order_id == order)
    ]
    found = sum((each.quantity for each in mine), Decimal(0))
    if found != Decimal(total):
        return f"{plain(found)} is booked so"
    strange = [
        each.fill_id for each in mine if not any(_is_of(each, str(their["trade_id"])) for their in scene.executions)
    ]
    return f"the exchange knows no execution {', '.join(strange)}" if strange else ""


@check("executions")
def booked(scene: Scene) -> str:
    """Every execution of the row's order since the drill began is booked on the row once, under the id it had."""
    mine = [each for each in scene.executions if each["trade_id"] not in scene.before]
    for each in mine:
        order_id = each["maker_order_id"] if each["maker_owner"] == TRADER else each["taker_order_id"]
        if order_id not in scene.row.ids:
            continue
        found = [fill for fill in scene.row.fills.values() if _is_of(fill, str(each["trade_id"]))]
        if [(fill.order_id, fill.quantity) for fill in found] != [(order_id, Decimal(each["quantity"]))]:
            shown = [(fill.fill_id, fill.order_id, plain(fill.quantity)) for fill in found]
            return f"execution {each['trade_id']} of {each['quantity']} of order {order_id} is booked as {shown}"
    return ""


@check()
def stale(scene: Scene, be: bool) -> str:
    """The row says that the link was lost since it was seen."""
    return "" if scene.row.stale is be else f"the row's stale mark is {scene.row.stale}"


@check()
def rows(scene: Scene, count: int, **terms: str) -> str:
    """Number of open rows of the order's market that show these terms."""
    symbol = scene.row.order.symbol
    found = [
        each.order.order_id
        for each in scene.state.lineages.values()
        if each.order.is_open
        and each.order.symbol == symbol
        and all(same(_shown(getattr(each.order, name)), wanted) for name, wanted in terms.items())
    ]
    return "" if len(found) == count else f"{len(found)} rows do: {', '.join(found)}"


@check("orders")
def at_rest(scene: Scene) -> str:
    """Every open order of the exchange is one row with the same terms, and no row is open that the exchange ended."""
    shown: dict[str, Lineage] = {
        each.order.order_id: each for each in scene.state.lineages.values() if each.order.is_open
    }
    held = {each["order_id"]: each for each in rows_of(scene.truth)}
    for order_id, each in held.items():
        if order_id not in shown:
            return f"order {order_id} is open at the exchange and no row shows it"
        wrong = _difference(shown[order_id].order, each)
        if wrong:
            return wrong
    for order_id in shown:
        if order_id not in held:
            return f"the row of {order_id} is open and the exchange has ended it"
    return _end(scene.row.order, scene.held(scene.row.order.order_id))


def _difference(order: Order, held: Truth) -> str:
    """Difference between the row and the exchange's order; "" if there is none."""
    if order.side.value != held["side"]:
        return f"order {order.order_id} is a {held['side']} and the row says {order.side.value}"
    for name in ("price", "quantity", "filled", "stop"):
        if not same(_shown(getattr(order, name)), held[name]):
            return f"the row of {order.order_id} shows {name} {_shown(getattr(order, name))}, it is {held[name]}"
    return ""


def _end(order: Order, held: Truth | None) -> str:
    """Return True if an ended row ended as the exchange says, with what was filled."""
    if order.is_open:
        return ""
    if held is None or is_open(held):
        return f"the row of {order.order_id} has ended and the exchange knows of no end"
    told = order.status is not OrderStatus.ENDED  # else the row says itself that it does not know how
    if told and (order.status is OrderStatus.FILLED) is not (held["status"] == "filled"):
        return f"the row of {order.order_id} ended as {order.status.value}, the order was {held['status']}"
    return "" if same(_shown(order.filled), held["filled"]) else f"it was filled {held['filled']}, not {order.filled}"


def _is_of(fill: Fill, trade_id: str) -> bool:
    """Return True if a booked fill is that execution; its id may be the venue's, made unique by what follows it."""
    return fill.fill_id == trade_id or fill.fill_id.startswith(f"{trade_id}-")


def _shown(value: Decimal | None) -> str | None:
    return plain(value) if value is not None else None
