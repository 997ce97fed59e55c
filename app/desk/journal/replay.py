"""Folding a journal: the same records give the same state, hash for hash. Pure; times come with the records.

The hash covers everything the reducer owns but two things, whose fields are marked `UNKEPT` in `state`: the quotes,
because market data is not journalled (the one quote a sent amendment was judged by is), and the ring of wire messages
kept for the window, which the journal holds in full but a checkpoint does not repeat.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from app.desk.fold.forgetting import DAY as DAY
from app.desk.fold.forgetting import drop, is_over
from app.desk.fold.orders import NOT_FOUND
from app.desk.fold.reducer import Reducer
from app.desk.journal import codec as codec
from app.desk.journal.chain import Row
from app.desk.journal.records import LeftBehind, Party, Previous, Session, SessionEnded, TakenOver
from app.desk.state import AccountState, DeskState, Lineage
from app.domain.account import Environment
from app.domain.amendment import Command
from app.domain.evidence import EvidencePolicy, Judgement, judge_terms
from app.domain.form import Form
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings, Verdict
from app.domain.ports import Rulebook
from app.domain.rules import Confidence, Rule

#: How long an ended order whose amendments are settled stays in the state, counted to the start of a session: what
#: became of it meanwhile is told then, so it stays longer than within one.
FORGET_AFTER = DAY


class FoldError(Exception):
    """A journal that cannot be folded; one sentence that says why."""


@dataclass(slots=True)
class Parked:
    """State of an account the configuration no longer has: kept until it is configured again."""

    party: Party
    state: DeskState


@dataclass(slots=True)
class Folded:
    """A folded journal.

    Attributes:
        state: as the window has it.
        parties: the accounts of the session, by name.
        parked: accounts that are not configured now, by identity.
        last_request: highest request number any amendment ever had.
        ended_at: when the last session ended in order, None while one runs or if it was killed.
        last_at: time of the last record.
    """

    state: DeskState = field(default_factory=DeskState)
    parties: dict[str, Party] = field(default_factory=dict)
    parked: dict[str, Parked] = field(default_factory=dict)
    last_request: int = 0
    ended_at: int | None = None
    last_at: int = 0

    def request_number(self) -> int:
        """The highest request number any amendment ever had, those of the running session included."""
        used = (each.command.request_id for each in self.state.amendments.values())
        return max(self.last_request, self.state.highest_request, max(used, default=0))

    def copied(self) -> Folded:
        """A copy that later events do not change. The frozen values in it are shared, so this is quick."""
        return _copied(self)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A whole folded journal at one moment, the first row of every segment: nothing before it is needed.

    Attributes:
        at: time of the last record it covers.
        previous: the segment it continues, None for the first ever.
        hash: of `folded.state`.
    """

    at: int
    previous: Previous | None
    hash: str
    folded: Folded


class UnknownRules:
    """Stands in for the rules of a venue that is not configured now: its orders are followed, little is concluded.

    Nothing it leaves open is lost: the account is set aside as it is, and asked about when it is configured again.
    """

    evidence = EvidencePolicy(
        settle_after=DAY,
        probe_after=(),
        probe_every=DAY,
        answer_within=DAY,
        acknowledged="Received, not confirmed.",
        rule=Rule("unknown", "The venue is not configured.", "", "", "", Confidence.UNKNOWN),
    )

    def form(self, order: Order, around: Surroundings) -> Form:
        """No field."""
        return Form(order, (), ())

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """No route."""
        return Plan(draft, None, Verdict())

    def judge(self, command: Command, seen: Order) -> Judgement:
        """Terms are terms at every venue."""
        return judge_terms(command, seen)

    def claims(self, command: Command, seen: Order) -> bool:
        """Only the venue's own rules can tell."""
        return False


class Folding:
    """A fold under way, one record after the other. No effect is run, whatever the records ask for.

    Attributes:
        folded: the journal as far as its records were taken.
    """

    def __init__(self, rulebooks: Mapping[str, Rulebook]) -> None:
        """Begin with an empty state; `rulebooks` are by venue name."""
        self.folded = Folded()
        self._rulebooks = rulebooks
        self._reducer = Reducer(self.folded.state, {})

    @classmethod
    def resumed(cls, folded: Folded, rulebooks: Mapping[str, Rulebook]) -> Folding:
        """Return a fold that goes on from a folded journal, which belongs to it from then on."""
        folding = cls(rulebooks)
        folding.folded = folded
        folding._reducer = Reducer(folded.state, _rules_of(folded, rulebooks))
        return folding

    def take(self, row: Row) -> None:
        """Fold one record.

        Raises:
            codec.CodecError: if it cannot be read.
        """
        if row.kind in codec.EVENTS:
            self._reducer.apply(codec.loads(codec.EVENTS[row.kind], row.body))
        else:
            self.folded = _record(self.folded, row)
            if row.kind in _NEW_RULES:
                self._reducer = Reducer(self.folded.state, _rules_of(self.folded, self._rulebooks))


def replay(rows: Iterable[Row], rulebooks: Mapping[str, Rulebook], problems: list[str] | None = None) -> Folded:
    """Fold records from a checkpoint, or from the very first one, to their end.

    Args:
        rows: in order.
        rulebooks: by venue name.
        problems: takes one sentence for each row that cannot be read, which is then skipped.

    Raises:
        FoldError: for the first such row if there is no such list.
    """
    folding = Folding(rulebooks)
    for row in rows:
        try:
            folding.take(row)
        except codec.CodecError as error:
            sentence = left_out(row, error)
            if problems is None:
                raise FoldError(sentence) from error
            problems.append(sentence)
        folding.folded.last_at = max(folding.folded.last_at, row.at)
    return folding.folded


def left_out(row: Row, error: Exception) -> str:
    """One sentence about a row that cannot be read."""
    return f"Row {row.seq} of the journal cannot be read and is left out: {error}"


def _record(folded: Folded, row: Row) -> Folded:
    """Take in a record that is no event. One of a kind that is not here (a clock reading) says nothing of the state."""
    match row.kind:
        case Checkpoint.__name__:
            return codec.loads(Checkpoint, row.body).folded
        case Session.__name__:
            begin(folded, codec.loads(Session, row.body))
        case SessionEnded.__name__:
            folded.ended_at = row.at
        case LeftBehind.__name__:
            adopt(folded, codec.loads(LeftBehind, row.body))
        case TakenOver.__name__:
            give_up(folded, codec.loads(TakenOver, row.body))
    return folded


#: Records after which other accounts, and so other rules, are in force.
_NEW_RULES = frozenset({Checkpoint.__name__, Session.__name__})


def _rules_of(folded: Folded, rulebooks: Mapping[str, Rulebook]) -> dict[str, Rulebook]:
    return {name: rulebooks.get(party.venue) or UnknownRules() for name, party in folded.parties.items()}


def begin(folded: Folded, session: Session) -> None:
    """Take the start of a session in: what was learnt over the links of the session before is stale or gone."""
    state = folded.state
    folded.last_request, folded.ended_at = folded.request_number(), None
    wanted = {party.name: party for party in session.accounts}
    for name in list(state.accounts):
        party = folded.parties[name]
        if name in wanted and wanted[name].identity == party.identity:
            continue
        parked = Parked(party, _taken_out(state, name))
        is_renamed = any(not party.marks.isdisjoint(each.marks) for each in session.accounts)
        if party.environment is not Environment.PRACTICE or is_renamed:
            # An ended practice venue never comes back. A real one still has the orders, and so has one that runs on.
            folded.parked[party.identity] = parked
    for party in session.accounts:
        back = folded.parked.pop(party.identity, None)
        if back is not None:
            _put_back(state, back.state)
    folded.parties = wanted
    # What was said of those links stands in the journal; it is no news of this session.
    state.notices.clear()
    state.accounts = {party.name: AccountState(party.name, party.venue) for party in session.accounts}
    for lineage in list(state.lineages.values()):
        lineage.stale = True
        if _is_history(state, lineage) and lineage.seen_at < session.at - FORGET_AFTER:
            drop(state, lineage, None)


def _is_history(state: DeskState, lineage: Lineage) -> bool:
    """Return True if nothing can still be learnt of a row: its order is over or missing, its amendments settled."""
    missing = lineage.order.raw_status == NOT_FOUND and not state.open_amendments(lineage)
    return missing or is_over(state, lineage)


def _taken_out(state: DeskState, account: str) -> DeskState:
    """Take an account and everything of it out of a state."""
    out = DeskState(accounts={account: state.accounts.pop(account)})
    for key in [key for key, lineage in state.lineages.items() if lineage.account == account]:
        lineage = out.lineages[key] = state.lineages.pop(key)
        for amendment_id in lineage.amendments:
            out.amendments[amendment_id] = state.amendments.pop(amendment_id)
    for name in [name for name in state.by_id if name[0] == account]:
        out.by_id[name] = state.by_id.pop(name)
    for name in [name for name in state.gone if name[0] == account]:
        del state.gone[name]  # another world may give its orders the same ids
    return out


def _put_back(state: DeskState, back: DeskState) -> None:
    state.lineages.update(back.lineages)
    state.amendments.update(back.amendments)
    state.by_id.update(back.by_id)


def adopt(folded: Folded, left: LeftBehind) -> list[str]:
    """Go on with what another journal left without an outcome.

    Returns:
        The amendments this journal answers for from now on. One whose order has an open amendment here waits.
    """
    state = folded.state
    taken: list[str] = []
    for row in left.rows:
        if row.account not in state.accounts:
            continue
        key = next(
            (state.by_id[(row.account, each)] for each in row.ids if (row.account, each) in state.by_id), row.key
        )
        mine = state.lineages.get(key)
        if mine is None:
            mine = state.lineages[key] = replace(row, amendments=[], stale=True)
        elif state.open_amendment(mine) is not None:
            continue
        elif row.seen_at > mine.seen_at:
            mine.order, mine.seen_at, mine.source = row.order, row.seen_at, row.source
            mine.ids = [*dict.fromkeys([*mine.ids, *row.ids])]
        state.by_id.update({(row.account, each): key for each in row.ids})
        for amendment in left.amendments:
            if amendment.lineage == row.key and amendment.amendment_id not in state.amendments:
                state.amendments[amendment.amendment_id] = replace(amendment, lineage=key)
                mine.amendments.append(amendment.amendment_id)
                taken.append(amendment.amendment_id)
    return taken


def give_up(folded: Folded, over: TakenOver) -> None:
    """Leave amendments to the journal that has taken them over."""
    for amendment_id in over.amendments:
        amendment = folded.state.amendments.pop(amendment_id, None)
        if amendment is not None:
            folded.state.lineages[amendment.lineage].amendments.remove(amendment_id)


# -- comparing -------------------------------------------------------------------------------------------------------


def lines(state: DeskState) -> list[str]:
    """A state as sorted lines of text, one for each thing in it; the order of things in the state does not matter."""
    return sorted(each_line(state))


def each_line(state: DeskState) -> Iterator[str]:
    """The same lines one after the other, in no order; the state must not change in between."""
    yield from (f"account {codec.dumps(each)}" for each in state.accounts.values())
    yield from (f"order {codec.dumps(each)}" for each in state.lineages.values())
    yield from (f"amendment {codec.dumps(each)}" for each in state.amendments.values())
    yield from (f"id {account} {order_id} {key}" for (account, order_id), key in state.by_id.items())
    yield from (f"gone {account} {order_id} {at}" for (account, order_id), at in state.gone.items())
    yield from (f"notice {number:04} {codec.dumps(each)}" for number, each in enumerate(state.notices))


def state_hash(state: DeskState) -> str:
    """SHA-256 over `lines`, hexadecimal."""
    return hash_of(lines(state))


def hash_of(sorted_lines: Iterable[str]) -> str:
    """SHA-256 over the lines of a state, hexadecimal."""
    digest = hashlib.sha256()
    for line in sorted_lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


#: Kinds of values that change after they were put into a folded journal.
_CHANGING = (DeskState, AccountState, Lineage, Folded, Parked, dict, list, deque)


def _copied(value: Any) -> Any:
    match value:
        case DeskState() | AccountState() | Lineage() | Folded() | Parked():
            return type(value)(**{each.name: _copied(getattr(value, each.name)) for each in fields(value)})
        case dict():
            # All values of one are of one kind; where they are frozen, as those of most are, they are shared.
            if not isinstance(next(iter(value.values()), None), _CHANGING):
                return value.copy()
            return {key: _copied(item) for key, item in value.items()}
        case list():
            return value.copy()
        case deque():
            return deque(value, value.maxlen)
        case _:
            return value
