"""Killing the program and starting it again: the journal keeps what was durable, the rest has to be asked anew.

The steps are those of a real start: the record is folded, a session begins, what was left open is told as events, and
look-ups ask about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from zlib import crc32

from app.desk.effects import Effect
from app.desk.fold.reducer import Reducer
from app.desk.journal import codec
from app.desk.journal.chain import Row
from app.desk.journal.records import Session
from app.desk.journal.recovery import leftovers, wakes_of
from app.desk.journal.replay import Folded, begin, lines, replay, state_hash
from app.domain import events as ev
from app.simulation.promises import BrokenPromise
from app.simulation.record import EpisodeRecord, session
from app.simulation.world import World


def restart(world: World, dice: Random) -> None:
    """Kill the program now and start it again with what its journal holds.

    An intent is durable before it leaves, and so is all before it; of what came after the last one, the newest may be
    lost.
    """
    for wires in world.wires.values():
        wires.killed()
    record = world.record
    durable = max((place for place, each in enumerate(record) if _is_kept(each)), default=-1)
    if dice.random() < 0.7:
        del record[dice.randint(durable + 1, len(record)) :]
    folded = fold(world, record[world.base_at :], world.base.copied())
    begun = session(world.now, world.accounts)
    record.append(begun)
    begin(folded, begun)
    world.base, world.base_at = folded.copied(), len(record)
    reducer = Reducer(folded.state, world.rules)
    before = {each.amendment_id: each.stage for each in folded.state.amendments.values()}
    effects: list[Effect] = []
    for event in leftovers(folded, world.now):
        record.append(event)
        effects += reducer.apply(event).effects
    world.start(folded)
    world.promises.restarted(before, effects)
    for wake in wakes_of(folded, world.rules, world.now):
        world.run(wake)
    world.connect()


def fold(world: World, record: Iterable[EpisodeRecord], folded: Folded) -> Folded:
    """Fold what a record has after a checkpoint, in memory; no effect is run."""
    reducer = Reducer(folded.state, world.rules)
    for each in record:
        if isinstance(each, Session):
            begin(folded, each)
        else:
            reducer.apply(each)
    return folded


def folded_again(world: World) -> None:
    """The record, written as the journal writes it, read and folded again, must give the same state, hash for hash.

    That is as long as the episode itself, so one in four is looked at; which, its seed decides.

    Raises:
        BrokenPromise: if it does not.
    """
    if crc32(world.seed.encode()) % 4:
        return
    live = world.desk.state
    again = replay(_rows(world.record), world.rules).state
    if state_hash(again) == state_hash(live):
        return
    ours, theirs = set(lines(live)), set(lines(again))
    text = f"Folded again: {' '.join(sorted(theirs - ours))[:300]} instead of {' '.join(sorted(ours - theirs))[:300]}."
    raise BrokenPromise("the fold is the state", text)


def _rows(record: Sequence[EpisodeRecord]) -> Iterable[Row]:
    for number, each in enumerate(record, 1):
        # Market data is not journalled, and the hash does not cover it.
        if not isinstance(each, ev.QuoteSeen | ev.WireSeen):
            yield Row(number, each.at, type(each).__name__, "", codec.dumps(each), b"")


def _is_kept(record: EpisodeRecord) -> bool:
    """Return True if a record was surely durable, or could not be learnt again: one id took another's place."""
    return isinstance(record, Session | ev.AmendmentRequested) or (
        isinstance(record, ev.OrderSeen) and bool(record.replaces)
    )
