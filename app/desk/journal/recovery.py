"""From a journal to a desk that can go on: one path for an ordinary start, for a start after a crash, for the first.

The journal is folded, the start of the session is recorded, and every amendment whose outcome is not known becomes
UNKNOWN by an event like any other. Nothing is sent here, whatever the folded events ask for: of the effects of a
recovery only the wake-ups are kept, and those ask look-ups. Look-ups are read-only, and they wait for the link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app import __version__
from app.desk.effects import WakeAt
from app.desk.fold.amendments import REFUTING_PROBE_DELAY
from app.desk.fold.reconcile import refutable_at
from app.desk.fold.reducer import Reducer
from app.desk.journal import files as files
from app.desk.journal.reading import rows
from app.desk.journal.records import LeftBehind, Party, RulesInForce, Session, TakenOver
from app.desk.journal.replay import Folded, FoldError, adopt, begin, replay
from app.desk.journal.store import StoreError
from app.desk.journal.writer import Journal, JournalError
from app.domain import events as ev
from app.domain.account import Account
from app.domain.amendment import AmendmentStage
from app.domain.masking import Masker
from app.domain.ports import Rulebook, Venue

ENDED_FIRST = "The ticket ended before the outcome was known."


@dataclass(frozen=True, slots=True)
class Recovered:
    """Findings of a start.

    Attributes:
        folded: the state to go on with, and what belongs to it.
        wakes: when to ask about what is not settled.
        last_at: time of the last record before this start, 0 for a new journal; `killed` whether no end was recorded.
        unknown: ids of the amendments whose outcome the last session did not learn.
        problems: sentences about the journal for the person.
        beside: the one of them that tells of another ticket, which is no trouble; "" where none runs.
    """

    folded: Folded
    wakes: tuple[WakeAt, ...]
    last_at: int
    killed: bool
    unknown: tuple[str, ...]
    problems: tuple[str, ...]
    beside: str


def recover(journal: Journal, accounts: Sequence[Account], venues: Mapping[str, Venue], now: int) -> Recovered:
    """Fold a journal and begin a session in it.

    Args:
        journal: just opened.
        accounts: as configured now, addresses completed.
        venues: by account name.
        now: nanoseconds UTC.
    """
    problems = [journal.problem] if journal.problem else []
    rules = {name: venue.rulebook for name, venue in venues.items()}
    known = {venue.profile.name: venue.rulebook for venue in venues.values()}
    folded = _folded(journal, known, problems)
    last_at, killed = folded.last_at, bool(folded.parties) and folded.ended_at is None
    if journal.fresh or problems:
        # The first record of a segment repeats all that is not over, so that the segments before it may go. And what
        # had to be left out once is not met again by the next start.
        journal.checkpoint(folded)
    journal.tail.clear()
    session = Masker.of(accounts).value(_session(accounts, venues, now))
    journal.append(session)
    begin(folded, session)
    if not journal.shared:
        _take_over(journal, folded, session, known, problems)
    reducer = Reducer(folded.state, rules)
    unknown: list[str] = []
    for event in leftovers(folded, now):
        journal.append(event)
        reducer.apply(event)
        if isinstance(event, ev.AmendmentUnanswered):
            unknown.append(event.amendment_id)
    problems += [*_away(folded), *([journal.beside] if journal.beside else [])]
    wakes = tuple(wakes_of(folded, rules, now))
    return Recovered(folded, wakes, last_at, killed, tuple(unknown), tuple(problems), journal.beside)


def _folded(journal: Journal, known: Mapping[str, Rulebook], problems: list[str]) -> Folded:
    """Fold from the last checkpoint on; if something there cannot be read, fold all there is and leave that out."""
    try:
        return replay(journal.tail, known)
    except FoldError:
        pass
    try:
        whole = [row for path in files.segments(journal.path) for row in rows(path)]
    except StoreError:
        whole = journal.tail
    return replay(whole, known, problems)


def _session(accounts: Iterable[Account], venues: Mapping[str, Venue], now: int) -> Session:
    by_venue = {venue.profile.name: RulesInForce(venue.profile, venue.rulebook.evidence) for venue in venues.values()}
    return Session(now, __version__, tuple(Party.of(account) for account in accounts), tuple(by_venue.values()))


def leftovers(folded: Folded, now: int) -> list[ev.Event]:
    """Return what the last session left open as events: amendments without an outcome, cancels without an answer."""
    found: list[ev.Event] = []
    for amendment in folded.state.unsettled():
        account = folded.state.lineages[amendment.lineage].account
        if amendment.stage is not AmendmentStage.UNKNOWN:
            found.append(ev.AmendmentUnanswered(account, now, amendment.amendment_id, ENDED_FIRST))
    for lineage in folded.state.lineages.values():
        if lineage.cancelling:
            text = f"Order {lineage.ids[-1]}: the ticket ended before the venue answered the cancel; look at its state."
            found.append(ev.CancelAnswered(lineage.account, now, lineage.ids[-1], taken=False, text=text))
    return found


def wakes_of(folded: Folded, rules: Mapping[str, Rulebook], now: int) -> list[WakeAt]:
    """Return when to ask about each amendment that is not settled: soon. Its timers ended with the last session."""
    wakes: list[WakeAt] = []
    for amendment in folded.state.unsettled():
        account = folded.state.lineages[amendment.lineage].account
        policy = rules[account].evidence
        after = policy.probe_after[0] if policy.probe_after else policy.probe_every
        wakes.append(WakeAt(account, amendment.amendment_id, now + after))
        late_enough = refutable_at(amendment, policy)
        if late_enough is not None and late_enough > now:
            wakes.append(WakeAt(account, amendment.amendment_id, late_enough + REFUTING_PROBE_DELAY, once=True))
    return wakes


def _away(folded: Folded) -> list[str]:
    """One sentence for each account that is not configured any more and has amendments without an outcome."""
    found: list[str] = []
    for parked in folded.parked.values():
        count = len(parked.state.unsettled())
        if count:
            found.append(
                f"Account {parked.party.name} is not in the configuration, and what became of {count} of its "
                "amendments is not known; put it back to settle them."
            )
    return found


def _take_over(
    journal: Journal, folded: Folded, session: Session, known: Mapping[str, Rulebook], problems: list[str]
) -> None:
    """Go on with what tickets that ran beside this journal, and run no more, left without an outcome.

    The other file is told last: if we are killed in between, the next start finds the amendments known already.
    """
    for path in files.siblings(journal.path):
        try:
            other = Journal(path, exactly=True)
        except JournalError:
            continue  # it runs; what it leaves open is its own
        try:
            if other.problem:
                problems.append(other.problem)
            theirs = _folded(other, known, problems)
            if other.fresh:
                other.checkpoint(theirs)
            begin(theirs, session)
            keys = dict.fromkeys(each.lineage for each in theirs.state.unsettled())
            left_rows = tuple(theirs.state.lineages[key] for key in keys)
            amendments = tuple(theirs.state.amendments[each] for row in left_rows for each in row.amendments)
            left = LeftBehind(session.at, path.name, left_rows, amendments)
            taken = adopt(folded, left) if left_rows else []
            if taken:
                journal.append(left)
                if journal.flush():
                    other.append(TakenOver(session.at, tuple(taken)))
        finally:
            other.close()
