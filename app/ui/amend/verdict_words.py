"""Words of a plan for the panel: on each field, on the draft as a whole, on its row, and on what is not known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from decimal import Decimal

from app.desk.desk import Prepared
from app.domain.amendment import Amendment
from app.domain.form import FieldName, Form
from app.domain.plan import Caution, Plan, Terms
from app.ui.amend.draft_keeper import DraftKeeper
from app.ui.amend.field_line import FieldNews, shown_value
from app.ui.look.numbers import at_places
from app.ui.orders.rows import DraftShown

_REMAINING = "remaining"
_DERIVED = {FieldName.QUANTITY: "quantity", FieldName.VALUE: "value", FieldName.PRICE: "price"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Objections to a draft as a whole.

    Attributes:
        problems: they stop it.
        cautions: they do not.
        asks: cautions that need an explicit consent.
        agreed: cautions of that kind that were consented to beforehand.
        limits: soft limits of the desk, which are consented to by holding Send.
    """

    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    limits: tuple[Caution, ...] = ()


def asks_of(prepared: Prepared) -> tuple[str, ...]:
    """Return what a prepared draft asks a consent for."""
    return tuple(each.text for each in prepared.plan.verdict.cautions if each.confirm)


def is_judged(keeper: DraftKeeper) -> bool:
    """Return True if a plan says anything about what is typed; while the only text is no number, it does not."""
    return bool(keeper.draft.values)


def field_news(form: Form, keeper: DraftKeeper, plan: Plan, name: FieldName) -> FieldNews:
    """Everything to be said about one field."""
    dirty, broken = is_judged(keeper), keeper.broken.get(name, "")
    problems = [each for each in plan.verdict.problems if each.field == name] if dirty else []
    texts = [broken] if broken else [each.text for each in problems]
    nearest: tuple[Decimal, ...] = next((each.nearest for each in problems if each.nearest), ())
    cautions = [each.text for each in plan.verdict.cautions if each.field == name and not each.confirm]
    return FieldNews(
        problem=" ".join(texts),
        nearest=() if broken else nearest,
        caution=" ".join(cautions) if dirty else "",
        moved=keeper.moved(name),
        derived=_derived(form, keeper, plan, name),
    )


def _derived(form: Form, keeper: DraftKeeper, plan: Plan, name: FieldName) -> Decimal | None:
    """Value that a field nobody typed into would get."""
    target, field = plan.target, form.field(name)
    if target is None or field is None or name not in _DERIVED or keeper.typed(name) is not None:
        return None
    value = getattr(target, _DERIVED[name])
    if not isinstance(value, Decimal) or value == field.current:
        return None
    return at_places(value, shown_value(field))


def standing_of(
    form: Form,
    keeper: DraftKeeper,
    plan: Plan,
    names: Set[FieldName],
    is_agreed: Callable[[Caution], bool] = lambda caution: False,
) -> Standing:
    """Return what stands against the draft beside what is said at its fields.

    Args:
        form: of the order as it is now.
        keeper: what is typed.
        plan: what it comes to.
        names: fields that say themselves what is theirs.
        is_agreed: whether a caution that asks for a consent has one from before.
    """
    if not is_judged(keeper):
        return Standing()
    verdict = plan.verdict
    general = [each.text for each in verdict.problems if each.field not in names]
    asks = [each for each in verdict.cautions if each.confirm and not each.limit]
    return Standing(
        # A lock of the whole order stands above the fields already.
        problems=tuple(text for text in dict.fromkeys(general) if text != form.locked),
        cautions=tuple(each.text for each in verdict.cautions if each.field not in names and not each.confirm),
        asks=tuple(each.text for each in asks if not is_agreed(each)),
        agreed=tuple(each.text for each in asks if is_agreed(each)),
        limits=tuple(each for each in verdict.cautions if each.confirm and each.limit),
    )


def draft_shown(form: Form, keeper: DraftKeeper, plan: Plan, was_refused: bool) -> DraftShown | None:
    """The draft as its row shows it; None where there is none."""
    if not keeper.dirty:
        return None
    target = plan.target or Terms()
    draft, field = keeper.draft, form.field(FieldName.QUANTITY)
    price, size = target.price or draft.number(FieldName.PRICE), draft.number(FieldName.QUANTITY)
    means_remaining = target.remaining is not None or (field is not None and _REMAINING in field.meaning)
    return DraftShown(
        price,
        None if means_remaining else target.quantity or size,
        returned=keeper.returned or was_refused,
        remaining=target.remaining or size if means_remaining else None,
    )


def no_balance(form: Form, keeper: DraftKeeper, under_way: Amendment | None) -> str:
    """Reason why there is no forecast of the balance."""
    if not form.order.is_open:
        return "Nothing is locked for this order any more: it has ended."
    if under_way is not None:
        return "Shown again when the amendment under way is settled."
    if form.locked:
        return f"No forecast: {form.locked}"
    return "Not known for this order." if keeper.dirty else "Shown as soon as something is typed."


def nothing_to_send(form: Form, keeper: DraftKeeper) -> str:
    """Reason why there is no request to show."""
    if form.locked:
        return f"Nothing can be sent{' while the order is locked' if form.order.is_open else ': the order has ended'}."
    return "Not sendable yet; see what is marked." if keeper.dirty else "Nothing is typed yet."
