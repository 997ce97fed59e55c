"""The left column of the amend panel: the route, every field of the form in tab order, and the quick buttons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.form import Field, FieldName, Form, IdAfter, Route
from app.domain.intent import Basis
from app.domain.market import Quote
from app.domain.order import Order
from app.domain.rules import Rule
from app.domain.twins import twin_of
from app.ui.amend.draft_keeper import Value
from app.ui.amend.field_line import FieldLine, FieldNews, note_label, say
from app.ui.amend.quick_buttons import Quick, QuickButtons
from app.ui.amend.twin_line import TwinLine
from app.ui.look.keymap import Keymap
from app.ui.look.plain import Label
from app.ui.look.theme import Theme
from app.ui.widgets.choice_pills import ChoicePills, Pill
from app.ui.widgets.elided_label import heading


def route_heading(route: Route | None, *, ended: bool = False) -> str:
    """One line on what the panel will do: the venue's call as it is written, and what becomes of the order's id."""
    if ended:
        return "ENDED"
    if route is None:
        return "AMEND"
    becomes = "NEW ORDER ID" if route.id_after is IdAfter.NEW else "IN PLACE"
    return f"AMEND · {route.call} · {becomes}"


class FieldColumn(QWidget):
    """Fields, route and quick buttons.

    Attributes:
        last: line that had the keyboard last; None before any had it.
        twins: the lines that say a size the other way, by the field they belong to.

    Signals:
        typed: a field changed; carries its name, the value (None if it is no number) and the sentence about that.
        take_wanted: the venue's value is to be taken for a field; carries the name.
        route_chosen: carries the route's name.
        rule_wanted: the rule behind something is asked for; carries the rule and the widget it belongs to.
        acted: a key was pressed in a field, whatever came of it.
    """

    typed = Signal(object, object, str)
    take_wanted = Signal(object)
    route_chosen = Signal(str)
    rule_wanted = Signal(object, object)
    acted = Signal()

    def __init__(self, form: Form, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._form = form
        self._quote: Quote | None = None
        self._keys = Keymap()
        self.lines: dict[FieldName, FieldLine] = {}
        self.twins: dict[FieldName, TwinLine] = {}
        self.last: FieldLine | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._heading = heading("Amend", Qt.TextElideMode.ElideMiddle)
        self._locked = note_label("caution")
        self._route_label = note_label("caution")
        self._about = note_label("moved")
        self.routes = ChoicePills()
        self.routes.set_name("Route")
        self._route_key = Label(role="key")
        self.routes.chosen.connect(self.route_chosen)
        self.routes.wants_rule.connect(self._route_rule)
        self.quick = QuickButtons()
        self.quick.wanted.connect(self.do_quick)
        self._body = QVBoxLayout()
        self._body.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._route_key)
        self._layout.addLayout(top)
        for part in (self._about, self._locked, self.routes, self._route_label):
            self._layout.addWidget(part)
        self._layout.addLayout(self._body)
        self._layout.addWidget(self.quick)
        self._layout.addStretch(1)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def set_keys(self, keys: Keymap) -> None:
        """Tell the keys that work here."""
        self._keys = keys
        self._route_key.setText(keys.keys("route"))
        self.quick.tell_keys(keys)

    # -- showing -------------------------------------------------------------------------------------------------------

    def show_form(self, form: Form, news: Mapping[FieldName, FieldNews], route: Route | None) -> None:
        """Show the form as it is now; fields that are new to it are added, none ever goes away."""
        self._form = form
        self._heading.setText(route_heading(route, ended=not form.order.is_open))
        say(self._locked, form.locked + ("  (F1: rule)" if form.locked and form.rule is not None else ""))
        self._show_routes(form, route)
        for field in form.fields:
            line = self.lines.get(field.name)
            if line is None:
                line = self._add(field)
            line.update_field(field, self._with_reason(form, field, news.get(field.name, FieldNews())))
            if field.name in self.twins:
                self.twins[field.name].follow(form.order, field)

    def _add(self, field: Field) -> FieldLine:
        line = FieldLine(field, self._theme)
        line.set_wishes(self._basis)
        line.set_keys(self._keys)
        line.typed.connect(partial(self._own_typed, field.name))
        line.take_wanted.connect(partial(self.take_wanted.emit, field.name))
        line.number.acted.connect(self.acted)
        line.rule_wanted.connect(partial(self._field_rule, line))
        self.lines[field.name] = line
        self._body.addWidget(line)
        if twin_of(field, self._form.order) is not None:
            self._add_twin(line)
        return line

    def _add_twin(self, own: FieldLine) -> None:
        twin = self.twins[own.name] = TwinLine(own, self._form.order, self._theme)
        twin.set_wishes(self._basis)
        twin.typed.connect(partial(self._twin_typed, own.name))
        twin.number.acted.connect(self.acted)
        twin.rule_wanted.connect(partial(self._field_rule, own))
        self._body.addWidget(twin)

    def _own_typed(self, name: FieldName, value: Value, problem: str) -> None:
        if name in self.twins:
            self.twins[name].restore(None)
        self.typed.emit(name, value, problem)

    def _twin_typed(self, name: FieldName, number: Decimal | None, problem: str) -> None:
        """Take what was typed as the twin: it counts, and the venue's own field follows."""
        twin, own = self.twins[name], self.lines[name]
        twin.leads = True
        value, problem = twin.in_wire(number, problem)
        own.restore(value)
        self.typed.emit(name, value, problem)

    def led(self, order: Order) -> list[tuple[FieldName, Value, str]]:
        """Return what is typed as twins, as it comes to for an order that may have filled further."""
        answers: list[tuple[FieldName, Value, str]] = []
        for name, twin in self.twins.items():
            if twin.leads:
                twin.move_to(order)
                value, problem = twin.in_wire(twin.number.number(), twin.number.problem())
                answers.append((name, value, problem))
                if value != self.lines[name].number.number():
                    self.lines[name].restore(value)
        return answers

    def _basis(self) -> Basis:
        """The order, the market and the drafted price as they are now, from which a wish starts."""
        line, order = self.lines.get(FieldName.PRICE), self._form.order
        price = line.number.number() if line is not None and not line.number.isHidden() else None
        return Basis(order, self._quote, order.price if price is None else price)

    @staticmethod
    def _with_reason(form: Form, field: Field, news: FieldNews) -> FieldNews:
        """A lock of the whole order is said once, at the top; a field's own lock below the field."""
        if field.editable or field.reason == form.locked:
            return news
        return FieldNews(news.problem, news.nearest, news.caution, news.moved, news.derived, field.reason)

    def _show_routes(self, form: Form, route: Route | None) -> None:
        several = len(form.routes) > 1
        self.routes.setVisible(several)
        self._route_key.setVisible(several and bool(self._route_key.text()))
        if several:
            pills = [
                Pill(each.name, each.label, "" if each.offered else each.reason, each.warning) for each in form.routes
            ]
            self.routes.offer(pills, route.name if route is not None else "")
            self.routes.set_name("Route")
        say(self._route_label, route.warning if route is not None and not form.locked else "")

    def show_about(self, *texts: str) -> None:
        """Say at the top what the draft is, where it is not what a person typed; nothing where it is."""
        say(self._about, *texts)

    def show_quote(self, quote: Quote | None, *, legal: bool) -> None:
        """Fit the quick buttons to the market."""
        self._quote = quote
        form = self._form
        price, quantity = form.field(FieldName.PRICE), form.field(FieldName.QUANTITY)
        self.quick.fit(form.order, price, quantity, quote, legal=legal)

    def restore(self, values: Mapping[FieldName, Value]) -> None:
        """Show what a draft holds, after Revert or when a panel is opened again."""
        for name in self.lines:
            self.restore_field(name, values.get(name))

    def restore_field(self, name: FieldName, value: Value) -> None:
        """Show what a draft holds for one field; None for the order's own."""
        self.lines[name].restore(value)
        if name in self.twins:
            self.twins[name].restore(None)

    def show_choices(self, choices: Mapping[FieldName, Value]) -> None:
        """Show what stands in choices that have another value than the order's own by themselves."""
        for name, value in choices.items():
            if name in self.lines:
                self.lines[name].restore(value)

    def stops(self) -> list[QWidget]:
        """Widgets that Tab may reach, in order."""
        lines = [stop for line in self._all_lines() for stop in line.stops()]
        return [*self.routes.stops(), *lines, *self.quick.stops()]

    def _all_lines(self) -> list[FieldLine]:
        """Lines as they are read, each twin below its own."""
        pairs = ((line, self.twins.get(name)) for name, line in self.lines.items())
        return [line for pair in pairs for line in pair if line is not None]

    # -- doing ---------------------------------------------------------------------------------------------------------

    def do_quick(self, quick: Quick) -> None:
        """Do what a quick button says. It drafts; it never sends."""
        price, quantity = self.lines.get(FieldName.PRICE), self.lines.get(FieldName.QUANTITY)
        match quick:
            case Quick.TICK_DOWN | Quick.TICK_UP if price is not None:
                price.number.step_ticks(-1 if quick is Quick.TICK_DOWN else 1)
            case Quick.JOIN if price is not None:
                price.wish("join", self._basis())
            case Quick.MID if price is not None:
                price.wish("mid", self._basis())
            case Quick.HALF if quantity is not None:
                quantity.wish("half", self._basis())
            case Quick.LEGAL:
                self.offer_legal()
            case _:
                return

    def touch(self, word: str) -> None:
        """Put the best price, or one near it, into the price field that has the keyboard, or into the order's price."""
        focus = QApplication.focusWidget()
        line = next((each for each in self._all_lines() if focus is not None and each.isAncestorOf(focus)), None)
        if line is None or line.field.is_choice:
            line = self.lines.get(FieldName.PRICE)
        if line is not None:
            self.acted.emit()
            line.wish(word, self._basis())

    def offer_legal(self) -> bool:
        """Take the nearest legal value in the first field that needs one; False if none does."""
        return any(line.offer_first() for line in self.lines.values())

    def focus_field(self, name: FieldName | None) -> None:
        """Put the focus into a field; into the first editable one if it is not there or locked."""
        line = self.lines.get(name) if name is not None else None
        if line is None:
            editable = [each for each in self.lines.values() if each.field.editable]
            line = editable[0] if editable else next(iter(self.lines.values()), None)
        if line is not None:
            self.focus_line(line)

    @staticmethod
    def focus_line(line: FieldLine) -> None:
        """Put the focus into a line, its number selected."""
        line.editor.setFocus()
        if line.editor is line.number:
            line.number.lineEdit().selectAll()

    def _follow_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self.last = next((line for line in self._all_lines() if line.isAncestorOf(now)), self.last)

    # -- rules ---------------------------------------------------------------------------------------------------------

    def _field_rule(self, line: FieldLine) -> None:
        self._want(line.rule or self._form.rule, line.editor)

    def _route_rule(self) -> None:
        route = self._form.route(self.routes.value() or None)
        self._want(route.rule if route is not None else None, self.routes)

    def _want(self, rule: Rule | None, near: QWidget) -> None:
        if rule is not None:
            self.rule_wanted.emit(rule, near)
