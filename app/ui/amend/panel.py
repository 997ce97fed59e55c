"""The inline panel that amends one order: fields, what will change, balance, the exact request, Send and Revert.

It holds its own draft. The desk tells it what the order, the market and the rules are now; nothing of that touches what
is typed. Only Send, by its button or Ctrl+Enter, makes anything leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.desk.desk import Desk, DeskError, Prepared
from app.desk.fold.line import ahead_of
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.form import FieldName, Form, Route
from app.domain.plan import Plan
from app.domain.undo import UndoError
from app.ui.amend.balance_bars import BalanceBars
from app.ui.amend.change_table import ChangeTable
from app.ui.amend.draft_keeper import DraftKeeper, Value
from app.ui.amend.field_column import FieldColumn
from app.ui.amend.field_line import note_label, say
from app.ui.amend.habits import Habits
from app.ui.amend.name_line import NameLine
from app.ui.amend.outcome_words import came_to_nothing, dropped_words, outcome_shown
from app.ui.amend.panel_frame import PanelFrame
from app.ui.amend.quick_buttons import Quick
from app.ui.amend.send_box import SendBox
from app.ui.amend.tab_walk import TabWalk
from app.ui.amend.under_way import asked_balance, asked_lines, line_words, lines_now, refused_lines, request_shown
from app.ui.amend.undoing import inverse_now
from app.ui.amend.verdict_words import (
    asks_of,
    draft_shown,
    field_news,
    is_judged,
    no_balance,
    nothing_to_send,
    standing_of,
)
from app.ui.amend.wire_box import WireBox
from app.ui.look.keymap import Keymap
from app.ui.look.texts import writable
from app.ui.look.theme import Theme
from app.ui.orders.naming import order_name
from app.ui.widgets.elided_label import heading
from app.ui.widgets.two_columns import TwoColumns, column

_CHANGES = "WHAT WILL CHANGE"
_CONFLICT = "The venue changed what you are editing. Take its value or keep yours."
_CONFIRM = "Read the warning and confirm it first."
_SAID_ABOVE = "Nothing was sent: the order is locked; the reason stands above its fields."
_GIVE_BACK = (AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED)


class AmendPanel(PanelFrame):
    """The panel of one lineage.

    Signals:
        close_wanted: Esc with nothing left to revert; carries the lineage.
        drafted: the draft changed; carries the lineage and a :class:`DraftShown`, or None when there is no draft.
        sent: an amendment left; carries the lineage and the amendment's id.
        rule_wanted: carries the rule and the widget it belongs to.
        back_wanted: the person turned to this panel while the list is at another order; carries the lineage.
        dropped: the draft went because its order has ended; carries the lineage and the sentence on that.
    """

    close_wanted = Signal(object)
    back_wanted = Signal(object)
    drafted = Signal(object, object)
    sent = Signal(object, object)
    rule_wanted = Signal(object, object)
    dropped = Signal(object, object)

    def __init__(
        self,
        lineage: str,
        desk: Desk,
        theme: Theme,
        parent: QWidget | None = None,
        habits: Habits | None = None,
        keys: Keymap | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self.lineage = lineage
        self._desk = desk
        self._habits, self._keys = habits or Habits(self), keys or Keymap()
        self._form: Form = desk.form(lineage)
        self.keeper = DraftKeeper(self._form)
        self._use_habits()
        self._prepared: Prepared | None = None
        self._watched: str | None = None
        self._given_back: str | None = None
        self._said, self._was_under_way = "", False
        self._asked_by_route: tuple[str, ...] = ()
        self._mendable = False
        self.setProperty("role", "amend")
        self.setAccessibleName(writable(f"Amend {self._form.order.symbol} order {self._form.order.order_id}"))
        self.name = NameLine()
        self.fields = FieldColumn(self._form, theme)
        self.fields.set_keys(self._keys)
        self.name.set_key(self._keys.keys("pane"))
        self.changes = ChangeTable(theme)
        self.bars, self.wire, self.box = BalanceBars(theme), WireBox(theme), SendBox()
        self._balance_heading, self._balance_note = heading("Balance"), note_label("hint")
        self._wire_heading = heading("On the wire")
        # As it is read: route, fields, quick buttons, request, consent, Send.
        self._walk = TabWalk(lambda: [*self.fields.stops(), *self.wire.stops(), *self.box.stops()])
        self._build()
        self._connect()
        self.refresh()

    def _build(self) -> None:
        self._changes_heading = heading(_CHANGES)
        self._middle = column(self._changes_heading, self.changes)
        money = (self._balance_heading, self.bars, self._balance_note)
        self._right = TwoColumns(money, (self._wire_heading, self.wire, self.box))
        self.put_parts(self.name, self.fields, self._middle, self._right)

    def _connect(self) -> None:
        self.fields.typed.connect(self._typed)
        self.fields.acted.connect(partial(self.box.show_error, ""))
        self.fields.take_wanted.connect(self._take)
        self.fields.route_chosen.connect(self._route)
        self.fields.rule_wanted.connect(self.rule_wanted)
        self.box.send_wanted.connect(self.send)
        self.box.revert_wanted.connect(self.revert)
        self.box.keep_wanted.connect(self._keep)
        self.box.consent_changed.connect(self._consented)
        self.box.session.changed.connect(self._agree)
        self.box.tell_key(self._keys.keys("send"))
        for action, slot in self.commands().items():
            self._keys.bind(action, self, slot, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what has a key of its own in the panel, by the action's name."""
        return {
            "join": partial(self.fields.touch, "join"),
            "improve": partial(self.fields.touch, "improve"),
            "legal": partial(self.fields.do_quick, Quick.LEGAL),
            "route": self.next_route,
            "send": self.box.hold.press,
        }

    # -- what the person does ------------------------------------------------------------------------------------------

    def _typed(self, name: FieldName, value: Value, problem: str) -> None:
        self.box.show_error("")
        held = {each for each, _ in self.keeper.draft.values}
        self.keeper.type(name, value, problem)
        for other in held - {name} - {each for each, _ in self.keeper.draft.values}:
            # Of an amount and a value the one typed last counts; the other gives way and is derived from it.
            self.fields.restore_field(other, None)
        self.refresh()

    def _take(self, name: FieldName) -> None:
        self.keeper.take_venues(name)
        self.fields.restore_field(name, None)
        self.refresh()

    def _route(self, route: str) -> None:
        self.keeper.choose_route(None)
        usual = self._form.route(self.keeper.route)
        if usual is None or usual.name != route:
            self.keeper.choose_route(route)
        self.refresh()

    def next_route(self) -> None:
        """Take the next route that is offered. Where it gives up the place, the consent to that is asked for at once.

        Ctrl+Enter on that consent then is the consent: the key that chose the route said what it does. Whatever else is
        asked for has to be ticked.
        """
        self.box.show_error("")
        names = [route.name for route in self._form.routes if route.offered]
        if len(names) < 2:
            why_not = self._form.locked or next((each.reason for each in self._form.routes if each.reason), "")
            self.box.show_error(why_not or "There is one way only to amend this order.")
            return
        shown = self.fields.routes.value()
        self._route(names[(names.index(shown) + 1) % len(names)] if shown in names else names[0])
        if self._place_asked() and self._why_not() == _CONFIRM:
            self._asked_by_route = self.box.asked
            self.box.consent.setFocus()
            self.box.prompt(f"{self._keys.keys('send')} here agrees to losing the place, and sends.")

    def _place_asked(self) -> bool:
        """Return True if a consent is asked for, and about nothing but the place in the queue."""
        cautions = self._prepared.plan.verdict.cautions if self._prepared is not None else ()
        covers = partial(self._habits.covers, self._form.order)
        return bool(self.box.asked) and all(each.about_place for each in cautions if each.confirm and not covers(each))

    def _consented(self) -> None:
        self.box.show_error("")
        self._allow()

    def _agree(self, agreed: bool) -> None:
        self._habits.agree(self._form.order, agreed=agreed)
        self.box.show_error("")
        self.refresh()

    def _use_habits(self) -> None:
        self.keeper.use(self._habits.choices(self.lineage), self._habits.route(self.lineage))

    def _keep(self) -> None:
        self.keeper.keep_mine()
        self.refresh()

    def revert(self) -> None:
        """Drop the draft and show the order's own values."""
        self._mendable = False
        self._asked_by_route = ()
        self.keeper.revert()
        self._restore()
        self.box.show_error("")
        self.refresh()

    def draft_inverse(self) -> None:
        """Draft the terms from before the last amendment; nothing is sent.

        Raises:
            UndoError: if there is nothing to undo, or something else is typed.
        """
        if self.keeper.dirty:
            raise UndoError("Something is typed for this order already; send it or revert it first, then undo.")
        inverse = inverse_now(self._desk, self.lineage)
        for name, value in inverse.values:
            self.keeper.type(name, value)
        self._restore()
        self._route(inverse.route)
        self.fields.show_about(*inverse.texts)

    def _restore(self) -> None:
        """Show in the fields what is drafted, and nothing else."""
        self.fields.show_about()
        self.fields.restore(dict(self.keeper.draft.values))

    def show_other(self, other: str) -> None:
        """Hold Send back while the list is at another order; "" where it is at this one."""
        if other != self.name.other:
            self.name.show_other(other)
            self._allow()

    def send(self) -> None:
        """Send what is shown, if it may be sent; otherwise say why not. Nothing typed is lost either way."""
        consent, why_not = self.box.consent, self._why_not()
        by_route = self._asked_by_route == self.box.asked and self._place_asked()
        if why_not == _CONFIRM and consent.hasFocus() and by_route:
            consent.setChecked(True)
            why_not = self._why_not()
        why_not = why_not or self.box.why_not_held()
        if self.name.other:
            why_not = self.name.back_words()
            self.back_wanted.emit(self.lineage)
        elif why_not == _CONFIRM:
            why_not = f"{_CONFIRM} Space ticks it, {self._keys.keys('send')} sends then."
            consent.setFocus()
        if why_not or self._prepared is None:
            # All but what ends by itself or by a switch is said until the next key, whatever the market does.
            self._said = why_not if why_not in (self._held(), self._form.locked) else ""
            self.box.show_error(_SAID_ABOVE if why_not and why_not == self._form.locked else why_not)
            return
        if asks_of(self._desk.prepare(self.lineage, self._prepared.plan.draft)) != asks_of(self._prepared):
            # A consent is to what was shown, and the market may have moved since.
            self.refresh()
            self.box.show_error("A warning is another one than when you looked; read it, then send again.")
            return
        try:
            amendment = self._desk.send(self._prepared, confirmed=self.box.consented)
        except DeskError as error:
            self.box.show_error(str(error))
            self.refresh()
            return
        self._watched, self._mendable, self._asked_by_route = amendment, False, ()
        self._habits.sent(self.lineage, self._prepared.plan.draft, self._desk.state.amendments[amendment].command.route)
        self.keeper.sent()
        self._use_habits()
        self._restore()
        self.box.show_error("")
        self.refresh()
        self.sent.emit(self.lineage, amendment)

    # -- what the desk says --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look at the order, its rules and its market again, plan the draft anew, and show all that."""
        try:
            self._form = self._desk.form(self.lineage)
        except DeskError as error:
            self.box.show_error(str(error))
            return
        focus, line = self._focus(), self.fields.last
        self.keeper.observe(self._form)
        for name, value, problem in self.fields.led(self._form.order):
            if value is None or value != self.keeper.typed(name):
                self.keeper.type(name, value, problem)
        self._give_back()
        over = self._drop_over()
        draft = self.keeper.draft
        if self.keeper.conflict:
            # What is shown stands on the order as it is now; Send waits until the person has decided.
            draft = replace(draft, base=self._form.order)
        self._prepared = self._desk.prepare(self.lineage, draft)
        self._show()
        self._walk.lay()
        if over:
            self.box.show_error(over)
            self.dropped.emit(self.lineage, over)
        if focus is not None and QApplication.focusWidget() is not focus:
            # What is hidden or switched off under the focus hands it on, to another field or to nobody.
            self.fields.focus_line(line) if line is not None else self.focus_field()
        nothing = came_to_nothing(self._desk, self._form, self.lineage) is not None
        self.drafted.emit(self.lineage, draft_shown(self._form, self.keeper, self._prepared.plan, nothing))

    def _give_back(self) -> None:
        """After a refusal the typed values come back, so that they can be mended instead of typed again.

        Into a locked order they do not come: there is nothing to mend. The panel shows them as what was asked, and
        they come back if it is unlocked.
        """
        amendment = self._desk.state.amendments.get(self._watched) if self._watched else None
        if amendment is not None and amendment.stage.is_settled:
            self._watched, self._given_back = None, self._watched
            self._mendable = amendment.stage in _GIVE_BACK
        if not self._mendable:
            return
        if self._form.locked and self.keeper.returned:
            self.keeper.withhold()
            self._restore()
        elif not self._form.locked and self.keeper.give_back():
            self._restore()

    def _drop_over(self) -> str:
        """Drop what is typed for an order that has ended: it can be asked of nothing. Return the sentence on it."""
        if self._form.order.is_open or not self.keeper.dirty:
            return ""
        words = dropped_words(self._form, self.keeper)
        self.keeper.revert()
        self._restore()
        return words

    def tick(self) -> None:
        """Show ages as they are now."""
        now = self._desk.clock.now()
        shown = outcome_shown(self._desk, self.lineage, self.keeper, self._given_back)
        self.box.show_outcome(shown.amendment, now, shown.before, shown.after)

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        assert self._prepared is not None
        plan = self._prepared.plan
        lineage = self._desk.lineage(self.lineage)
        around, under_way = self._desk.surroundings(lineage), self._desk.state.open_amendment(lineage)
        if self.keeper.dirty and not self._form.locked:
            under_way = None  # what is typed may be sent behind it, and is what is shown
        if self._was_under_way and under_way is None:
            self.box.show_error("")
        self._was_under_way = under_way is not None
        venue = self._desk.venues[lineage.account].profile.title
        name = order_name(lineage.order, self._desk.accounts[lineage.account], venue)
        self.name.show_name(name)
        self.box.show_name(name)
        route = self._shown_route(plan.route)
        news = {field.name: field_news(self._form, self.keeper, plan, field.name) for field in self._form.fields}
        self.fields.show_form(self._form, news, route)
        self.fields.show_choices(self.keeper.shown_choices)
        self.fields.show_quote(around.quote, legal=any(each.nearest for each in news.values()))
        refused = None if self.keeper.dirty else came_to_nothing(self._desk, self._form, self.lineage)
        if under_way is not None:
            before = ahead_of(self._desk.state, lineage, under_way)
            self.changes.show_consequence(None, asked_lines(self._form, under_way, lineage.order, before))
        elif refused is not None:
            self.changes.show_consequence(None, refused_lines(self._form, refused))
        else:
            self.changes.show_consequence(plan.consequence, lines_now(self._form), typed=self.keeper.dirty)
        words = "WHAT IS ASKED" if under_way is not None else "WHAT WAS ASKED" if refused is not None else _CHANGES
        change = words != _CHANGES or lineage.order.is_open
        self._changes_heading.setText(words if change else "AS IT ENDED")
        self.changes.show_heads(change=change)
        balance = plan.consequence.balance if plan.consequence is not None else None
        if under_way is not None:
            balance = asked_balance(self._desk, under_way)
        self._balance_heading.setText(f"BALANCE · {balance.currency.upper()}" if balance is not None else "BALANCE")
        self.bars.show_forecast(balance, around.now)
        say(self._balance_note, balance.note if balance is not None else no_balance(self._form, self.keeper, under_way))
        self._show_request(under_way)
        self._show_standing(plan)
        self.tick()
        self._allow()

    def _show_request(self, under_way: Amendment | None) -> None:
        """Show the request that has left, that is about to leave, or that Send would send."""
        assert self._prepared is not None
        words, preview, note = "ON THE WIRE", self._prepared.preview, nothing_to_send(self._form, self.keeper)
        if under_way is not None:
            words, preview, note = request_shown(self._desk, under_way)
        self._wire_heading.setText(words)
        self.wire.show_preview(preview, note)

    def _shown_route(self, planned: Route | None) -> Route | None:
        return planned or self._form.route(self.keeper.route) or next(iter(self._form.routes), None)

    def _show_standing(self, plan: Plan) -> None:
        order, covers = self._form.order, partial(self._habits.covers, self._form.order)
        standing = standing_of(self._form, self.keeper, plan, set(self.fields.lines), covers)
        agreed = [f"Agreed to before: {text}" for text in standing.agreed]
        typed = is_judged(self.keeper) and not self._form.locked  # its cautions say the same
        waiting = () if typed else line_words(self._desk, self.lineage, self._form)
        self.box.show_standing(standing.problems, (*waiting, *standing.cautions, *agreed), standing.asks)
        self.box.show_limits(standing.limits, self._prepared.command if self._prepared is not None else None)
        offered = is_judged(self.keeper) and any(each.about_place for each in plan.verdict.cautions)
        where = f"{order.symbol} ({order.account})"
        self.box.session.show_standing(where, offered=offered, agreed=self._habits.agreed(order))
        self.box.show_conflict(_CONFLICT if self.keeper.conflict else "")

    def _why_not(self) -> str:
        """Sentence on why Send cannot be pressed now; "" if it can."""
        if self.name.other:
            return self.name.why_not()
        if self._form.locked:
            return self._form.locked
        if not self.keeper.dirty:
            return "Change a field first; there is nothing to send."
        if self.keeper.broken:
            return next(iter(self.keeper.broken.values()))
        if self.keeper.conflict:
            return "The venue changed what you are editing; take its value or keep yours first."
        if self._prepared is None or self._prepared.command is None:
            problems = self._prepared.plan.verdict.problems if self._prepared is not None else ()
            return problems[0].text if problems else "This cannot be sent as it is."
        if held := self._held():
            return held
        if not self.box.consented:
            return _CONFIRM
        return ""

    def _held(self) -> str:
        """Sentence on what holds all sending back now, whatever is typed; "" if nothing does."""
        return self._desk.holds_back(self._desk.lineage(self.lineage).account)

    def _allow(self) -> None:
        why_not = self._why_not()
        if self._said and why_not != self._said:
            # What was said about an attempt to send is no longer so.
            if self.box.error_text() in (self._said, _SAID_ABOVE):
                self.box.show_error("")
            self._said = ""
        self.box.show_held(self._held() if self.keeper.dirty else "")
        self.box.allow(why_not, can_revert=self.keeper.dirty or self.keeper.route_chosen)

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def walk_after(self, widget: QWidget) -> None:
        """Let Tab come into the panel from that widget."""
        self._walk.begin_after(widget)

    def _focus(self) -> QWidget | None:
        focus = QApplication.focusWidget()
        return focus if focus is not None and self.isAncestorOf(focus) else None

    def focus_field(self, name: FieldName | None = None) -> None:
        """Put the focus into a field of the panel."""
        self.fields.focus_field(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back: a field undid itself before; here the draft goes, then the panel."""
        if event.key() == Qt.Key.Key_Escape:
            if self.keeper.dirty or self.keeper.route_chosen:
                self.revert()
                self.focus_field()
            else:
                self.close_wanted.emit(self.lineage)
        elif event.key() == Qt.Key.Key_F1 and self._form.rule is not None:
            self.rule_wanted.emit(self._form.rule, self.fields)
        # Enter in a part that does not use it must not reach the list behind the panel.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on what takes none, such as a button that is held back, comes back to this panel's order."""
        if self.name.other:
            self.back_wanted.emit(self.lineage)
        event.accept()
