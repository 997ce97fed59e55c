"""Other half of the sheet of marked orders: asks the desk for verdicts, sends once, follows what becomes of each."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, QTimer, Signal

from app.desk.batch.batch import Batch
from app.desk.batch.cutting import is_total
from app.desk.batch.members import REPEATABLE, Ending, Member, Remark
from app.desk.batch.planning import Wish, plan_batch, request_of, waits_of
from app.desk.batch.together import total_words, wanted, why_not_all
from app.desk.desk import Desk, DeskError
from app.desk.holding import CANCELS_LEAVE
from app.domain.form import InputError
from app.domain.money import tidy
from app.ui.batch.lines import MemberShown
from app.ui.batch.sheet import BatchSheet
from app.ui.orders.rows import DeskRows
from app.ui.orders.view import OrderView

#: Milliseconds after the last key before many verdicts are worked out; a few are at once.
_PAUSE_MS, _AT_ONCE = 120, 40

#: Said where marks were of orders that have ended since.
ENDED = "Every order that was marked has ended; mark others."


class BatchHost(QObject):
    """The sheet's other half.

    Signals:
        said: a sentence for the banner.
    """

    said = Signal(object)

    def __init__(self, desk: Desk, rows: DeskRows, view: OrderView, sheet: BatchSheet) -> None:
        super().__init__(view)
        self._desk, self._rows, self._view, self.sheet = desk, rows, view, sheet
        self._marks = view.order_model.marks
        self._keys: list[str] = []
        self._cancel = False
        self._problem = ""
        self._members: list[Member] = []
        self._waits: dict[str, float] = {}
        self._switches: object = None
        self.batch: Batch | None = None
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(_PAUSE_MS)
        self._due.timeout.connect(self.work_out)
        view.keeps_marks = lambda: not sheet.isHidden() and not sheet.folded
        self._marks.changed.connect(self._marked)
        view.many_wanted.connect(self.open)
        sheet.open_wanted.connect(self.open)
        sheet.wish_changed.connect(self._wish_changed)
        sheet.send_wanted.connect(self.send)
        sheet.stop_wanted.connect(self._stop)
        sheet.again_wanted.connect(self._again)
        sheet.closed.connect(self._close)

    # -- opening and closing -------------------------------------------------------------------------------------------

    def open(self, cancel: bool) -> None:
        """Open the sheet for the marked orders: to amend them, or to cancel them."""
        if self._is_under_way():
            self.said.emit("A batch is under way; wait for its end, or stop the rest of it.")
            self.sheet.stop.setFocus()
            return
        if self._desk.refusal:
            self.said.emit(self._desk.refusal)
            return
        had = bool(self._marks)
        self._marks.leave_ended()
        keys = self._marks.listed()
        if not keys:
            self.said.emit(ENDED if had else "No order is marked; mark some with Ctrl+click, Shift+click or Ctrl+A.")
            return
        if cancel and all(why_nots := [self._desk.why_no_cancel(key) for key in keys]):
            self.said.emit(why_nots[0])  # nobody is to consent to nothing
            return
        self.batch, self._keys, self._cancel = None, keys, cancel
        self.sheet.start(cancel=cancel)
        self._show_title()
        self.work_out()
        (self.sheet.close_button if cancel else self.sheet.text).setFocus()

    def cancel_shown(self) -> None:
        """Mark every order shown and open the sheet to cancel them."""
        self._view.mark_all()
        self.open(True)

    def _close(self, unmark: bool) -> None:
        if self._is_under_way():
            # Closed, nobody could stop it or see what became of the orders that do not leave.
            self.said.emit("The batch is under way and stays in sight; “Stop the rest” ends it.")
            self._view.setFocus()
            return
        self._keys, self.batch, had_focus = [], None, self.sheet.has_focus()
        if unmark:
            self._marks.clear()
        self._marks.leave_ended()  # the sheet has told of them
        self.sheet.show_strip(len(self._marks))
        if had_focus:
            self._view.setFocus()

    def _marked(self) -> None:
        """Follow the marks: the strip counts them, an open sheet that is not sent takes them over."""
        if self._desk.refusal:
            if len(self._marks):  # the strip would offer what a replay cannot do
                self.said.emit(self._desk.refusal)
                self._marks.clear()
            return
        if self.sheet.folded or self.sheet.isHidden():
            self.sheet.show_strip(len(self._marks))
        elif self.batch is None:
            self._keys = self._marks.listed()
            if self._keys:
                self._show_title()
                self._wish_changed()
            else:
                self._close(True)

    def _show_title(self) -> None:
        rows = [self._desk.lineage(key) for key in self._keys if key in self._desk.state.lineages]
        accounts = dict.fromkeys(row.account for row in rows)
        worlds = dict.fromkeys(self._desk.accounts[each].world for each in accounts)
        venues = ", ".join(dict.fromkeys(f"{self._rows.venue(each)} (account {each})" for each in accounts))
        self.sheet.show_wish(len(self._keys), f"{', '.join(worlds)} · {venues}", cancel=self._cancel)

    # -- verdicts ------------------------------------------------------------------------------------------------------

    def _wish_changed(self) -> None:
        if self.batch is not None or not self._keys:
            return
        if len(self._keys) <= _AT_ONCE:
            self.work_out()
        else:
            self._due.start()

    def work_out(self) -> None:
        """Work the verdicts out on the orders as they are now."""
        self._due.stop()
        self._members, self._waits, self._problem = [], {}, ""
        self._switches = self._as_switched()
        change = self.sheet.change()
        if change or self._cancel:
            wish = Wish((change,), None, self.sheet.nearest.isChecked(), self._cancel)
            try:
                self._members = plan_batch(
                    self._desk, [key for key in self._keys if key in self._desk.state.lineages], wish
                )
            except (InputError, DeskError) as error:
                self._problem = str(error)
            self._waits = waits_of(self._desk, self._members)
        self.refresh()

    def refresh(self) -> None:
        """Show where everything stands now."""
        if self.sheet.isHidden() or self.sheet.folded:
            self._marks.leave_ended()
            return
        if self.batch is None and self._switches != self._as_switched():
            self.work_out()  # what is stopped or read-only is so for what the sheet says, too
            return
        if self.batch is None:
            known = [self._desk.state.lineages.get(key) for key in self._keys]
            self.sheet.count(len(self._keys), sum(row is None or not row.order.is_open for row in known))
        sent = self.batch is not None
        shown = [
            MemberShown(
                member,
                self._name(member),
                self._waits.get(member.key, 0.0),
                sent,
                not sent and self._has_moved(member),
            )
            for member in self._members
        ]
        self.sheet.show_members(shown, "" if self._problem else "Type what all of them should have.")
        if self.batch is None:
            self._show_verdicts(shown)
        else:
            self._show_endings(self.batch)

    def _as_switched(self) -> object:
        """Return what holds sending back, to tell whether the verdicts are still of now."""
        return self._desk.stopped, self._desk.read_only, frozenset(self._desk.read_only_accounts)

    def _name(self, member: Member) -> str:
        name = self._rows.name(member.key)
        return name.sentence if name is not None else member.order.order_id

    def _has_moved(self, member: Member) -> bool:
        lineage = self._desk.state.lineages.get(member.key)
        return lineage is None or lineage.order != member.order

    def _show_verdicts(self, shown: Collection[MemberShown]) -> None:
        members = [each.member for each in shown]
        asking = sum(member.sends and member.asks for member in members)
        leaving = self._leaving(members)
        parts = [f"{count} {word}" for word, count in _counted(members).items()]
        requests = self._requests(leaving)
        if self._desk.stopped and any(member.cancels for member in leaving):
            requests += f" {CANCELS_LEAVE}"
        summary = f"{', '.join(parts)}.{requests}" if parts else ""
        self.sheet.show_end(summary, self._problem, 0 if self._cancel else asking)
        commands = [member.prepared.command for member in leaving if member.prepared is not None]
        self.sheet.must_hold(any(member.limited for member in leaving), tuple(commands))
        verb = "Cancel" if self._cancel else "Send"
        count = len(leaving)
        text = f"{verb} {count} of {len(members)}" if count != len(members) else f"{verb} {count}"
        why_not = self._problem or ("" if count else "Nothing can leave yet.")
        if self._is_total and any(member.sends for member in members):
            part = why_not_all(members, leaving)
            why_not = part or why_not
            summary = part or f"{summary} {tidy(wanted(members))} would be left of all."
            self.sheet.show_end(summary, self._problem, asking)
        moved = any(each.moved for each in shown)
        self.sheet.show_buttons(
            f"{text}   {self.sheet.send_key}", why_not, sending=False, again="Work out again" if moved else ""
        )

    @property
    def _is_total(self) -> bool:
        """Return True if the wish is for what remains of all together."""
        return not self._cancel and is_total((self.sheet.change(),))

    def _leaving(self, members: Collection[Member]) -> list[Member]:
        consent = self.sheet.consent.isChecked() or self._cancel
        return [member for member in members if member.sends and (consent or not member.asks)]

    def _requests(self, leaving: Collection[Member]) -> str:
        """Say how many requests carry them, where that is fewer than there are; of a cancel, what else it touches."""
        if self._cancel:
            return " Each by a request of its own; no other order is touched. A list afterwards proves it." * bool(
                leaving
            )
        groups: dict[str, int] = {}
        for member in leaving:
            if member.cancels:
                continue
            size, kind = request_of(self._desk, member)
            if size > 1:
                groups[f"{member.account} {kind}"] = groups.get(f"{member.account} {kind}", 0) + 1
        shared = [count for count in groups.values() if count > 1]
        return f" {sum(shared)} share requests of their venue's batch call." if shared else ""

    # -- sending -------------------------------------------------------------------------------------------------------

    def send(self) -> None:
        """Send what may leave, once."""
        if self.batch is not None or not self._keys:
            return
        if self._due.isActive():
            self.work_out()
            return  # what would leave is not on the screen yet
        if not self.sheet.send.isEnabled():
            if self.sheet.consent.isVisible() and not self.sheet.consent.isChecked():
                self.sheet.consent.setFocus()
            return
        consent = self.sheet.consent.isChecked() or self._cancel
        self.batch = Batch(self._desk, self._members, self.refresh)
        self._desk.effects.spawn(self.batch.send(consent=consent), f"send {len(self._members)} together")
        if self.sheet.has_focus():
            self.sheet.stop.show()
            self.sheet.stop.setFocus()  # what had the focus goes
        self.refresh()

    def _stop(self) -> None:
        if self.batch is not None:
            self.batch.stop()

    def _is_under_way(self) -> bool:
        return self.batch is not None and not self.batch.finished

    def open_end(self) -> str:
        """Return what is still open of a batch, in one line; "" for nothing."""
        if self.batch is None or self.batch.finished:
            return ""
        left = sum(member.ending is Ending.WAITING for member in self.batch.members)
        return f"A batch is under way: {left} of its {len(self.batch.members)} orders wait and would not leave."

    def _show_endings(self, batch: Batch) -> None:
        batch.refresh()
        counts = batch.counts()
        done = sum(count for ending, count in counts.items() if ending not in (Ending.WAITING, Ending.UNDER_WAY))
        words = ", ".join(f"{count} {ending.value}" for ending, count in counts.items())
        summary = f"{words}." if batch.finished else f"{done} of {len(batch.members)} done: {words}."
        total = batch.finished and self._is_total
        self.sheet.show_end(
            f"{summary} {total_words(batch.members, self._desk.state.lineages)}" if total else summary, "", 0
        )
        repeat = sum(member.ending in REPEATABLE and member.sends for member in batch.members)
        words = "Again: the total of all" if total else f"Again: the {repeat} that did not change"
        again = words if batch.finished and repeat else ""
        self.sheet.show_buttons("", "", sending=not batch.finished and not batch.stopped, again=again)

    def _again(self) -> None:
        """Work the verdicts out again; after a batch only for orders that certainly did not change.

        A total is again that of all orders: of a part of them the same number would be another wish.
        """
        if self.batch is not None:
            if not self.batch.finished:
                return
            members = self.batch.members
            keys = [each.key for each in members if self._is_total or (each.ending in REPEATABLE and each.sends)]
            self.batch = None
            self.sheet.consent.setChecked(False)  # it was given to what was sent
            self._marks.mark_all(keys)
            if not self._marks:
                self._close(True)
                self.said.emit(ENDED)
                return
            self._keys = self._marks.listed()  # what has ended since, or is hidden, is not marked
            self._show_title()
        self.work_out()
        (self.sheet.close_button if self._cancel else self.sheet.text).setFocus()


def _counted(members: Collection[Member]) -> dict[str, int]:
    """Count how many orders have which verdict, in the order of the verdicts."""
    found = {remark: sum(member.verdict is remark for member in members) for remark in Remark}
    return {_WORDS[remark]: count for remark, count in found.items() if count}


_WORDS = {
    Remark.SENDS: "as typed",
    Remark.CANCELS: "to cancel",
    Remark.ADJUSTED: "adjusted",
    Remark.WAITS: "waiting",
    Remark.ASKS: "asking first",
    Remark.LIMITED: "passing a limit",
    Remark.LOSES_PLACE: "losing their place",
    Remark.SAME: "without a change",
    Remark.HELD: "cannot leave now",
    Remark.BLOCKED: "blocked",
}
