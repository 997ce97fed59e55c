"""Changes of an account's orders while nobody saw them: from the loss of the link, or the last session, until now.

When a link is lost the account's rows are kept as they were. When it is back and the venue has listed its orders, the
rows are compared. What is still open then (a row that is no longer listed, an amendment without an outcome) is followed
until evidence closes it, and an outcome that later evidence refutes is told anew. Whatever else happens from then on
happens before the person's eyes and is no part of this; of a row that is told of it is added as "since then", so that
nothing said here contradicts the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import IntEnum
from typing import Protocol

from app.desk.fold.amendments import asked_text
from app.desk.fold.orders import NOT_FOUND
from app.desk.state import DeskState, Lineage
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.domain.terms import own_terms

#: What one side of a step may be; None where there was nothing.
Value = Decimal | str | None


class AwayKind(IntEnum):
    """Kinds of what happened to an order, the news a person needs first in front."""

    VANISHED = 0
    UNKNOWN = 1
    ENDED = 2
    FILLED = 3
    CANCELLED = 4
    EXPIRED = 5
    REJECTED = 6
    PART_FILLED = 7
    CHANGED = 8
    SETTLED = 9
    NEW = 10


@dataclass(frozen=True, slots=True)
class RowView:
    """Knowledge of the desk about one row at one moment.

    Attributes:
        order: as last proven.
        vanished: whether it was no longer listed, or not to be found.
        amendment_id: its last amendment, "" if none; `stage`, `asked` and `outcome` are of that one.
    """

    order: Order
    vanished: bool = False
    amendment_id: str = ""
    stage: AmendmentStage | None = None
    asked: str = ""
    outcome: str = ""

    @property
    def is_open_question(self) -> bool:
        """Return True if evidence is still missing about this row."""
        return self.vanished or (self.stage is not None and not self.stage.is_settled)


@dataclass(frozen=True, slots=True)
class AwayStep:
    """One thing about an order, before and now."""

    label: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Settling:
    """Outcome of an amendment: its stage before (None if it was sent later) and now, asked terms, a sentence."""

    old: AmendmentStage | None
    new: AmendmentStage
    asked: str
    outcome: str


@dataclass(frozen=True, slots=True)
class AwayChange:
    """All that happened to one order.

    Attributes:
        key: the row.
        account: whose it is.
        order: as it is now, with the size it had.
        kind: the most important of it.
        steps: what differs, old and new.
        amendment: what became of its last amendment, None if that is no news.
        since, later: the same of what happened after the absence was over.
    """

    key: str
    account: str
    order: Order
    kind: AwayKind
    steps: tuple[AwayStep, ...]
    amendment: Settling | None = None
    since: tuple[AwayStep, ...] = ()
    later: Settling | None = None


def view_of(state: DeskState, lineage: Lineage) -> RowView:
    """A row as the desk knows it now."""
    order, last = lineage.order, state.spoken_amendment(lineage)
    vanished = order.is_open and (lineage.vanished_at is not None or order.raw_status == NOT_FOUND)
    if last is None:
        return RowView(order, vanished)
    return RowView(order, vanished, last.amendment_id, last.stage, asked_text(last), last.outcome)


def snapshot(state: DeskState, account: str) -> dict[str, RowView]:
    """All rows of an account as the desk knows them now."""
    return {key: view_of(state, lineage) for key, lineage in state.lineages.items() if lineage.account == account}


def diff(before: Mapping[str, RowView], after: Mapping[str, RowView]) -> tuple[AwayChange, ...]:
    """Return what happened between two moments, the most important first; rows of which nothing is new are left out.

    An amendment without an outcome is news as long as it has none, even where nothing else happened.
    """
    found: list[AwayChange] = []
    for key, now in after.items():
        change = _change(key, before.get(key), now)
        if change is not None:
            found.append(change)
    return tuple(sorted(found, key=_by_weight))


def _by_weight(change: AwayChange) -> tuple[AwayKind, str, str]:
    return change.kind, change.order.symbol, change.key


def _change(key: str, was: RowView | None, now: RowView) -> AwayChange | None:
    return _new(key, now) if was is None else _changed(key, was, now)


_ENDS = {
    OrderStatus.FILLED: AwayKind.FILLED,
    OrderStatus.CANCELLED: AwayKind.CANCELLED,
    OrderStatus.EXPIRED: AwayKind.EXPIRED,
    OrderStatus.REJECTED: AwayKind.REJECTED,
    OrderStatus.ENDED: AwayKind.ENDED,
}


def state_words(view: RowView) -> str:
    """The order's state in words: ours for a state we know, else the venue's own."""
    if view.vanished:
        return "not listed any more"
    order = view.order
    return (order.raw_status or "unknown") if order.status is OrderStatus.UNRECOGNISED else order.status.value


def _new(key: str, now: RowView) -> AwayChange:
    order = now.order
    terms = [(term.label, term.shown(order)) for term in own_terms() if term.name != "value"]
    terms.append(("filled", order.filled or None))
    steps = [AwayStep("state", None, state_words(now).replace("_", " "))]
    steps += [AwayStep(label, None, value) for label, value in terms if value is not None]
    return AwayChange(key, order.account, order, AwayKind.NEW, tuple(steps), _settling(None, now))


def _changed(key: str, was: RowView, now: RowView) -> AwayChange | None:
    now = _with_its_size(was, now)
    steps = _steps(was, now)
    amendment = _settling(was, now)
    kind = _kind(was, now, steps, amendment)
    return None if kind is None else AwayChange(key, now.order.account, now.order, kind, steps, amendment)


def _with_its_size(was: RowView, now: RowView) -> RowView:
    """Some venues count only what was traded once an order has ended. Its size did not change."""
    if now.order.is_open or now.order.quantity != now.order.filled or now.order.filled == was.order.quantity:
        return now
    return replace(now, order=replace(now.order, quantity=was.order.quantity, value=was.order.value))


def _later(change: AwayChange, before: RowView, now: RowView) -> AwayChange:
    """Return a change with what happened to its row since."""
    if now == before:
        return change
    now = _with_its_size(before, now)
    return replace(change, since=_steps(before, now), later=_settling(before, now))


def _steps(was: RowView, now: RowView) -> tuple[AwayStep, ...]:
    old, new = was.order, now.order
    pairs: tuple[tuple[str, Value, Value], ...] = (
        ("state", state_words(was).replace("_", " "), state_words(now).replace("_", " ")),
        *((term.label, term.shown(old), term.shown(new)) for term in own_terms()),
        ("filled", old.filled, new.filled),
        ("order id", old.order_id, new.order_id),
    )
    return tuple(AwayStep(label, before, after) for label, before, after in pairs if before != after)


def _settling(was: RowView | None, now: RowView) -> Settling | None:
    if now.stage is None:
        return None
    same = was is not None and was.amendment_id == now.amendment_id
    before = was.stage if same and was is not None else None
    if before is now.stage and now.stage.is_settled:
        return None
    return Settling(before, now.stage, now.asked, now.outcome)


def _kind(was: RowView, now: RowView, steps: tuple[AwayStep, ...], amendment: Settling | None) -> AwayKind | None:
    if was.order.is_open and not now.order.is_open:
        return _ENDS[now.order.status]
    if now.vanished:
        return AwayKind.VANISHED
    if amendment is not None and not amendment.new.is_settled:
        return AwayKind.UNKNOWN
    labels = {step.label for step in steps}
    if labels - {"filled", "state"}:
        return AwayKind.CHANGED
    if "filled" in labels:
        return AwayKind.PART_FILLED
    if labels:
        return AwayKind.CHANGED
    return AwayKind.SETTLED if amendment is not None else None


@dataclass(slots=True)
class Absence:
    """One account's time without news.

    Attributes:
        lost_at: when it began.
        back_at: when the link was there again, 0 until then.
        restart: whether it is the time between two sessions; `killed` if the first had no end.
        before: the rows then. after: the rows when the venue had listed them again, None until then; of rows that
            were open questions, when those were closed.
        found: what happened, by row.
        following: rows that are still open questions.
    """

    account: str
    lost_at: int
    before: dict[str, RowView]
    back_at: int = 0
    restart: bool = False
    killed: bool = False
    after: dict[str, RowView] | None = None
    following: set[str] = field(default_factory=set)
    found: dict[str, AwayChange] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[AwayChange, ...]:
        """Return what happened, the most important first."""
        return tuple(sorted(self.found.values(), key=_by_weight))


class LastSession(Protocol):
    """Findings of a start about the session before: time of its last record, 0 for none, and whether it was killed."""

    @property
    def last_at(self) -> int: ...
    @property
    def killed(self) -> bool: ...


class WatchedDesk(Protocol):
    """Parts of the desk a watch needs."""

    @property
    def state(self) -> DeskState: ...
    @property
    def recovered(self) -> LastSession | None: ...
    def subscribe(self, listener: Callable[[frozenset[str], frozenset[str]], None]) -> Callable[[], None]: ...


class AwayWatch:
    """Follows the links of a desk and keeps what changed while one was lost, until a person has seen it."""

    def __init__(self, desk: WatchedDesk) -> None:
        """Begin to watch; to see what happened since the last session this must be before the desk is run."""
        self._state = desk.state
        self._absences: dict[str, Absence] = {}
        self._up = {name for name, each in self._state.accounts.items() if each.link is LinkState.UP}
        self._version = 0
        recovered = desk.recovered
        if recovered is not None and recovered.last_at:
            for account in self._state.accounts:
                before = snapshot(self._state, account)
                if before and account not in self._up:
                    absence = Absence(account, recovered.last_at, before, restart=True, killed=recovered.killed)
                    self._absences[account] = absence
        self._forget = desk.subscribe(self._heard)

    @property
    def version(self) -> int:
        """Goes up whenever `reports` may say something else."""
        return self._version

    def reports(self) -> tuple[Absence, ...]:
        """The absences that are over and in which something happened, the earliest first."""
        over = [each for each in self._absences.values() if each.after is not None and each.found]
        return tuple(sorted(over, key=lambda each: (each.lost_at, each.account)))

    def dismiss(self) -> None:
        """The person has seen it."""
        self._absences = {name: each for name, each in self._absences.items() if each.after is None}
        self._version += 1

    def stop(self) -> None:
        """Watch no longer; safe to call twice."""
        self._forget()
        self._forget = _nothing

    def _heard(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        for name in accounts:
            self._link(name)
        for absence in self._absences.values():
            touched = rows & (absence.following | absence.found.keys())
            if touched and absence.after is not None:
                self._follow(absence, absence.after, touched)

    def _link(self, name: str) -> None:
        account = self._state.accounts[name]
        if account.link is not LinkState.UP:
            if name in self._up:
                self._up.discard(name)
                self._lost(name, account.link_at)
            return
        self._up.add(name)
        absence = self._absences.get(name)
        if absence is not None and absence.after is None and account.listed_at >= absence.lost_at:
            self._back(absence)

    def _lost(self, name: str, at: int) -> None:
        known = self._absences.get(name)
        if known is not None and (known.after is None or known.found):
            # Nobody has seen what happened the first time: the two absences become one.
            known.after, known.following = None, set()
        else:
            self._absences[name] = Absence(name, at, snapshot(self._state, name))

    def _back(self, absence: Absence) -> None:
        absence.back_at = self._state.accounts[absence.account].link_at
        absence.after = snapshot(self._state, absence.account)
        absence.following = {key for key, view in absence.after.items() if view.is_open_question}
        absence.found = {change.key: change for change in diff(absence.before, absence.after)}
        self._version += 1

    def _follow(self, absence: Absence, after: dict[str, RowView], rows: Iterable[str]) -> None:
        for key in rows:
            lineage = self._state.lineages.get(key)
            if lineage is None:
                # It turned out to be another row's order under a new id, and that row goes on.
                after.pop(key, None)
                absence.following.discard(key)
                absence.found.pop(key, None)
                continue
            told, now = after[key], view_of(self._state, lineage)
            refuted = now.amendment_id == told.amendment_id and now.stage is not told.stage
            if key in absence.following or refuted:
                told = after[key] = now
            if not now.is_open_question:
                absence.following.discard(key)
            change = _change(key, absence.before.get(key), told)
            if change is None:
                absence.found.pop(key, None)
            else:
                absence.found[key] = _later(change, told, now)
        self._version += 1


def _nothing() -> None:
    """Do nothing: the watch has stopped already."""
