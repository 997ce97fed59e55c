"""Keeper of what is typed into an amend panel, and of how it stands to an order that may move meanwhile.

A feed update never overwrites what is typed. If the venue changes a term the person has edited, both are kept and the
person decides; if it changes any other term, the draft quietly stands on the new order and the panel says what moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.form import FieldName, Form
from app.domain.order import Order
from app.domain.plan import Draft

Value = Decimal | str | None

#: An order's size is given one way or the other; the one typed last counts and the other is derived from it.
_OTHER_SIZE = {FieldName.QUANTITY: FieldName.VALUE, FieldName.VALUE: FieldName.QUANTITY}


@dataclass(frozen=True, slots=True)
class FieldMoved:
    """A term the venue changed while a draft stood on it; `conflict` if the person has edited the same term."""

    field: FieldName
    was: Value
    now: Value
    conflict: bool


class DraftKeeper:
    """The draft of one order."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._base: Order = form.order
        self._current: dict[FieldName, Value] = _current(form)
        self._typed: dict[FieldName, Decimal | str] = {}
        self._broken: dict[FieldName, str] = {}
        self._route: str | None = None
        self._usual: dict[FieldName, str] = {}
        self._usual_route: str | None = None
        self._moved: dict[FieldName, FieldMoved] = {}
        self._returned = False
        self._sent: tuple[dict[FieldName, Decimal | str], str | None] = ({}, None)

    # -- what the person does ------------------------------------------------------------------------------------------

    def type(self, name: FieldName, value: Value, problem: str = "") -> None:
        """Take a field's new content.

        Args:
            name: the field.
            value: the number or choice; None while the text is no number.
            problem: why it is no number.
        """
        self._broken.pop(name, None)
        self._returned = False
        if value is None:
            self._typed.pop(name, None)
            if problem:
                self._broken[name] = problem
            return
        self._typed.pop(name, None)
        if value != self.usual.get(name, self._current.get(name)):
            self._typed[name] = value
        other = _OTHER_SIZE.get(name)
        if other is not None and name in self._typed:
            self._typed.pop(other, None)
            self._broken.pop(other, None)
        self._settle()

    def choose_route(self, route: str | None) -> None:
        """Take a route; None is the usual one, and the venue's default where none is."""
        self._route = route

    def use(self, choices: Mapping[FieldName, str], route: str | None) -> None:
        """Take what this order was sent with last: it goes along with whatever is typed, and is no draft by itself."""
        self._usual, self._usual_route = dict(choices), route

    def revert(self) -> None:
        """Drop everything typed."""
        self._typed.clear()
        self._broken.clear()
        self._moved.clear()
        self._route = None
        self._returned = False
        self._rebase()

    def keep_mine(self) -> None:
        """Let the typed values stand on the order as it is now."""
        self._moved.clear()
        self._rebase()
        for name in [name for name, value in self._typed.items() if value == self._current.get(name)]:
            if name not in self._usual:
                del self._typed[name]

    def take_venues(self, name: FieldName) -> None:
        """Give up one typed value for the venue's new one."""
        self._typed.pop(name, None)
        self._broken.pop(name, None)
        self._settle()

    def sent(self) -> None:
        """The draft left: what was typed is the amendment's business now."""
        self._sent = (dict(self._typed), self.route)
        self.revert()

    def give_back(self) -> bool:
        """Put what was sent back into the draft, after a refusal; False if something else is typed already."""
        typed, route = self._sent
        if self.dirty or not typed:
            return False
        self._sent = ({}, None)
        self._typed = {name: value for name, value in typed.items() if value != self._current.get(name)}
        self._route = route
        self._returned = bool(self._typed)
        return self._returned

    def put_back(
        self, typed: Mapping[FieldName, Decimal | str], stood_on: Mapping[FieldName, Value], route: str | None
    ) -> None:
        """Take a draft of an earlier session; what the venue changed since is told as if it had happened now.

        Args:
            typed: what was typed, by field.
            stood_on: the order's own values at that time.
            route: the route chosen, None for the venue's default.
        """
        names = {field.name for field in self._form.fields}
        self._typed = {name: value for name, value in typed.items() if name in names}
        self._current |= {name: value for name, value in stood_on.items() if name in names}
        self._route = route if self._form.route(route) is not None else None
        self.observe(self._form)

    @property
    def stood_on(self) -> dict[FieldName, Value]:
        """The order's own values that the draft stands on, by field."""
        return dict(self._current)

    def withhold(self) -> None:
        """Take what was given back out of the draft again, as long as it cannot be sent; nothing of it is lost."""
        self._sent = (dict(self._typed), self.route)
        self.revert()

    # -- what the venue does -------------------------------------------------------------------------------------------

    def observe(self, form: Form) -> None:
        """Take in the order as it is now."""
        self._form = form
        now = _current(form)
        for name, value in now.items():
            before = self._moved[name].was if name in self._moved else self._current.get(name)
            if value == before:
                self._moved.pop(name, None)
            elif name in self._typed and self._typed[name] != value:
                self._moved[name] = FieldMoved(name, before, value, conflict=True)
            elif self.dirty:
                self._typed.pop(name, None)
                self._moved[name] = FieldMoved(name, before, value, conflict=False)
        self._settle()

    def _settle(self) -> None:
        """Stand on the newest order as soon as nothing typed contradicts it."""
        for name, moved in list(self._moved.items()):
            if moved.conflict and name not in self._typed:
                del self._moved[name]
        if not self.dirty:
            self._moved.clear()
        if not self.conflict:
            self._rebase()

    def _rebase(self) -> None:
        self._base = self._form.order
        self._current = _current(self._form)

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """The draft, in the order of the form's fields."""
        typed: dict[FieldName, Decimal | str] = {}
        if self._typed:
            typed.update(self.usual)
            typed.update(self._typed)
        values = tuple((field.name, typed[field.name]) for field in self._form.fields if field.name in typed)
        return Draft(self._base, values, self.route)

    @property
    def usual(self) -> dict[FieldName, str]:
        """The choices that go along by themselves, as far as nothing else is chosen and they can mean something."""
        editable = {field.name for field in self._form.editable} - self._typed.keys()
        if self._typed.keys() & _OTHER_SIZE.keys():
            editable.discard(FieldName.WHEN_REPRICED)  # it is about a price that is changed alone
        return {name: value for name, value in self._usual.items() if name in editable}

    @property
    def shown_choices(self) -> dict[FieldName, Value]:
        """Content of the choices that have a usual value: that one, another that was chosen, or None."""
        usual = self.usual
        return {name: self._typed.get(name, usual.get(name)) for name in self._usual}

    @property
    def dirty(self) -> bool:
        """True while anything is typed, legal or not. A route alone is no draft."""
        return bool(self._typed or self._broken)

    @property
    def returned(self) -> bool:
        """True while the draft is what was sent and refused, and nobody has touched it since."""
        return self._returned

    @property
    def broken(self) -> dict[FieldName, str]:
        """Fields whose text is no number, with the sentence that says so."""
        return dict(self._broken)

    @property
    def route(self) -> str | None:
        """The route chosen, or else the usual one where the venue offers it; None for the venue's default."""
        if self._route is not None or self._usual_route is None:
            return self._route
        usual = self._form.route(self._usual_route)
        return usual.name if usual is not None and usual.offered else None

    @property
    def route_chosen(self) -> bool:
        """True while a route is chosen that is not the usual one."""
        return self._route is not None

    @property
    def conflict(self) -> bool:
        """True while the venue has changed a term that is also edited here."""
        return any(moved.conflict for moved in self._moved.values())

    def moved(self, name: FieldName) -> FieldMoved | None:
        """Change of a field by the venue while the draft stood on it; None if there was none."""
        return self._moved.get(name)

    def typed(self, name: FieldName) -> Value:
        """Value typed into a field; None if nothing is or it is no number."""
        return self._typed.get(name)


def _current(form: Form) -> dict[FieldName, Value]:
    return {field.name: field.current for field in form.fields}
