"""Checks of drafts and forms: what stands against a change, what it would do, which fields are locked and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.desk.desk import Prepared
from app.domain.form import FieldName, Form
from app.domain.money import plain
from app.domain.plan import Draft
from app.drills.checks.registry import check
from app.drills.scene import Scene, same


def prepared(scene: Scene) -> Prepared:
    """The open draft against the order as it is now, the numbers as they were typed."""
    return scene.desk.prepare(scene.row.key, Draft(_form(scene).order, scene.changes, scene.route))


def _form(scene: Scene) -> Form:
    return scene.desk.form(scene.row.key)


@check()
def sendable(scene: Scene, be: bool = True) -> str:
    """The open draft could be sent now."""
    found = prepared(scene)
    if (found.command is not None) is be:
        return ""
    return "; ".join(each.text for each in found.plan.verdict.problems) or "it could be sent"


@check()
def problem(scene: Scene, says: str, field: str = "", nearest: Sequence[str] = ()) -> str:
    """Something stops the open draft: its words, its field, and the legal values offered first."""
    found = prepared(scene).plan.verdict.problems
    for each in found:
        if says.lower() not in each.text.lower() or (field and (each.field is None or each.field.value != field)):
            continue
        offered = [plain(value) for value in each.nearest]
        if all(same(one, other) for one, other in zip(offered, nearest, strict=False)) and len(offered) >= len(nearest):
            return ""
        return f"it offers {offered}"
    return f"what stops it is {[each.text for each in found]}"


@check()
def caution(scene: Scene, says: str, confirm: bool = False) -> str:
    """Something is said about the open draft that does not stop it; it asks for consent where `confirm`."""
    found = prepared(scene).plan.verdict.cautions
    for each in found:
        if says.lower() in each.text.lower():
            return "" if each.confirm or not confirm else "it asks for no consent"
    return f"what is said is {[(each.text, each.confirm) for each in found]}"


@check()
def line(scene: Scene, label: str, now: str = "", peak: str = "", after: str = "") -> str:
    """A line of what would change."""
    consequence = prepared(scene).plan.consequence
    lines = consequence.lines if consequence is not None else ()
    for each in lines:
        if label.lower() not in each.label.lower():
            continue
        shown = [_shown(value) for value in (each.now, each.peak, each.after)]
        pairs = zip(shown, (now, peak, after), strict=True)
        return "" if all(not wanted or same(found, wanted) for found, wanted in pairs) else f"{each.label} is {shown}"
    return f"its lines are {[each.label for each in lines]}"


@check()
def worst_case(scene: Scene, says: str) -> str:
    """Worst case in the preview has these words."""
    consequence = prepared(scene).plan.consequence
    found = consequence.worst_case if consequence is not None else ""
    return "" if says.lower() in found.lower() else f"the worst case reads “{found}”"


@check("balances")
def forecast(scene: Scene, locked_now: str = "", locked_peak: str = "", locked_after: str = "") -> str:
    """The lock of the order's currency before, at the peak and after; what is total and available is the venue's."""
    consequence = prepared(scene).plan.consequence
    found = consequence.balance if consequence is not None else None
    if found is None:
        return "there is no forecast of balances"
    for name, wanted in (("locked_now", locked_now), ("locked_peak", locked_peak), ("locked_after", locked_after)):
        if wanted and not same(plain(getattr(found, name)), wanted):
            return f"{name} is {plain(getattr(found, name))}"
    held = next((each for name, each in scene.balances.items() if name.lower() == found.currency.lower()), None)
    if held is None or found.available_now is None:
        return f"what is available of {found.currency} is not known"
    if not same(plain(found.available_now), held["available"]):
        return f"{plain(found.available_now)} {found.currency} is said to be available, it is {held['available']}"
    return ""


@check()
def more_than_available(scene: Scene) -> str:
    """The order would lock more than is available, and what it locks already makes up for it."""
    consequence = prepared(scene).plan.consequence
    found = consequence.balance if consequence is not None else None
    if found is None or found.available_now is None or found.available_after is None:
        return "there is no forecast of balances"
    if found.locked_after <= found.available_now:
        return f"{plain(found.locked_after)} would be locked of {plain(found.available_now)} available"
    return "" if found.available_after >= Decimal(0) else f"{plain(found.available_after)} would be available after"


@check()
def balance_age(scene: Scene, at_least: int) -> str:
    """The forecast says when the balance was read, and it was read so many seconds ago."""
    consequence = prepared(scene).plan.consequence
    found = consequence.balance if consequence is not None else None
    if found is None or found.as_of is None:
        return "the forecast does not say when the balance was read"
    age = (scene.desk.clock.now() - found.as_of) // 1_000_000_000
    return "" if age >= at_least else f"the balance was read {age} s ago"


@check()
def locked(scene: Scene, says: str, field: str = "", rule: bool = True) -> str:
    """The order, or one field of it, is locked with these words, and the rule's source is given."""
    form = _form(scene)
    reason, source = form.locked, form.rule
    if field:
        found = form.field(FieldName(field))
        if found is None:
            return f"there is no field {field}"
        reason, source = ("" if found.editable else found.reason), found.rule
    if says.lower() not in reason.lower() or not reason:
        return f"the lock reads “{reason}”"
    return "no rule is quoted" if rule and (source is None or not source.statement) else ""


@check()
def open_field(scene: Scene, field: str, current: str = "") -> str:
    """A field may change now, and shows this value."""
    found = _form(scene).field(FieldName(field))
    if found is None or not found.editable:
        return f"{field} is locked: {found.reason if found else 'no such field'}"
    shown = plain(found.current) if isinstance(found.current, Decimal) else found.current
    return "" if not current or same(shown, current) else f"{field} is {shown}"


@check()
def route(scene: Scene, name: str, queue: str, opt_in: bool = False) -> str:
    """A route is offered, says what it costs in the queue, and is off until chosen where it is an emulation."""
    found = next((each for each in _form(scene).routes if each.name == name), None)
    if found is None or not found.offered:
        return f"route {name} is not offered"
    if found.queue.value != queue:
        return f"its place in the queue is {found.queue.value}"
    return "" if found.opt_in is opt_in else f"opt-in is {found.opt_in}"


@check()
def route_off(scene: Scene, name: str, says: str) -> str:
    """A route is not offered now, with these words."""
    found = next((each for each in _form(scene).routes if each.name == name), None)
    if found is None or found.offered:
        return f"route {name} is offered"
    return "" if says.lower() in found.reason.lower() else f"it is not offered because “{found.reason}”"


def _shown(value: Decimal | str | None) -> str | None:
    return plain(value) if isinstance(value, Decimal) else value
