"""Two and three tickets that want to change one order at a time: whatever the order of their steps, one sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.desk.journal import turns
from app.desk.journal.elsewhere import InFlight
from app.desk.journal.turns import Claim, Turn, turn_of
from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import T0, amendment, order

#: What a ticket's journal says of its intent.
NOTHING, CHECKED, UNSENT, WRITTEN = "", "checked", "unsent", "written"

STAGES = {
    CHECKED: AmendmentStage.CHECKED,
    UNSENT: AmendmentStage.NOT_APPLIED,
    WRITTEN: AmendmentStage.WRITTEN,
}


def path_of(number: int) -> Path:
    return Path(f"/state/journal-{number}.db")


def intent_of(number: int, at: int) -> Amendment:
    return amendment(order(), number=7, at=T0 + at)


def as_read(number: int, at: int, recorded: str) -> InFlight:
    stage = STAGES[recorded]
    there = replace(intent_of(number, at), stage=stage)
    there = replace(there, rungs=(*there.rungs, Rung(stage, T0 + 100, Source.APP)))
    return InFlight(path_of(number), "toy", frozenset(), ("o1",), there)


# -- every interleaving ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ticket:
    """One ticket between two of its steps.

    Attributes:
        step: "write", "read", "send" (it may, and does so next), "tell" (that is not recorded yet), "over", "dead".
        recorded: what its journal says.
        seen: what it has read of the others in this look, each journal by itself, the last one first.
        sent: whether a request left.
    """

    step: str = "write"
    recorded: str = NOTHING
    seen: tuple[str, ...] = ()
    sent: bool = False


World = tuple[Ticket, ...]
Decide = Callable[[Claim, list[InFlight]], tuple[Turn, InFlight | None]]


class Plays:
    """All that may happen to some tickets, each step of each as one.

    Attributes:
        after: every state of things that can be reached, and those one step later.
    """

    def __init__(self, times: tuple[int, ...], *, deaths: bool = False, decide: Decide = turn_of) -> None:
        self._times = times
        self._deaths = deaths
        self._decide = decide
        self.after: dict[World, set[World]] = {}
        waiting = [tuple(Ticket() for _ in times)]
        while waiting:
            world = waiting.pop()
            if world not in self.after:
                self.after[world] = set(self._next(world))
                waiting += self.after[world]

    def ends(self) -> list[World]:
        return [world for world, later in self.after.items() if not later]

    def lead_to(self, wanted: list[World]) -> set[World]:
        """Those from which one of the wanted can still be reached."""
        before: dict[World, set[World]] = {}
        for world, later in self.after.items():
            for each in later:
                before.setdefault(each, set()).add(world)
        reached, waiting = set(wanted), list(wanted)
        while waiting:
            fresh = before.get(waiting.pop(), set()) - reached
            reached |= fresh
            waiting += fresh
        return reached

    def _next(self, world: World) -> Iterator[World]:
        for number, ticket in enumerate(world):
            if ticket.step in ("over", "dead"):
                continue
            for then in self._step(world, number, ticket):
                yield (*world[:number], then, *world[number + 1 :])

    def _step(self, world: World, number: int, ticket: Ticket) -> Iterator[Ticket]:
        if self._deaths:
            yield replace(ticket, step="dead")
        others = [each for each in reversed(range(len(world))) if each != number]
        match ticket.step:
            case "write":
                yield replace(ticket, step="read", recorded=CHECKED)
            case "read":
                seen = (*ticket.seen, world[others[len(ticket.seen)]].recorded)
                if len(seen) < len(others):
                    yield replace(ticket, seen=seen)
                    return
                then = self._decided(number, ticket, others, seen)
                yield then
                if then.step == "read" and self._deaths:
                    yield replace(ticket, step="tell", seen=())  # a turn that does not come in time is given up
            case "send":
                yield replace(ticket, step="tell", sent=True)
            case "tell":
                yield replace(ticket, step="over", recorded=WRITTEN if ticket.sent else UNSENT)

    def _decided(self, number: int, ticket: Ticket, others: list[int], seen: tuple[str, ...]) -> Ticket:
        claim = Claim(path_of(number), intent_of(number, self._times[number]), T0)
        read = [as_read(each, self._times[each], what) for each, what in zip(others, seen, strict=True) if what]
        turn, _ = self._decide(claim, read)
        step = {Turn.GO: "send", Turn.WAIT: "read", Turn.YIELD: "tell"}[turn]
        return replace(ticket, step=step, seen=())


ORDERS = [(0, 1), (1, 0), (0, 0), (0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("times", ORDERS)
def test_in_every_interleaving_exactly_one_sends(times: tuple[int, ...]) -> None:
    plays = Plays(times)
    assert all(sum(each.sent for each in world) <= 1 for world in plays.after)
    ends = plays.ends()
    assert ends
    assert all(sum(each.sent for each in world) == 1 for world in ends)
    assert plays.lead_to(ends) == set(plays.after), "nobody waits for ever"


@pytest.mark.parametrize("times", ORDERS)
def test_whoever_dies_whenever_two_never_send(times: tuple[int, ...]) -> None:
    plays = Plays(times, deaths=True)
    assert all(sum(each.sent for each in world) <= 1 for world in plays.after)
    assert plays.lead_to(plays.ends()) == set(plays.after)


def hasty(claim: Claim, seen: list[InFlight]) -> tuple[Turn, InFlight | None]:
    """The earlier intent sends, whatever the later one did before it could see it."""
    turn, other = turn_of(claim, seen)
    return (Turn.GO if turn is Turn.WAIT else turn), other


def meek(claim: Claim, seen: list[InFlight]) -> tuple[Turn, InFlight | None]:
    """Whoever sees another intent yields."""
    return (Turn.YIELD, seen[0]) if seen else (Turn.GO, None)


def test_the_interleavings_tell_wrong_ways_from_right_ones() -> None:
    assert any(sum(each.sent for each in world) > 1 for world in Plays((0, 1), decide=hasty).after)
    plays = Plays((0, 1), decide=meek)
    assert all(sum(each.sent for each in world) <= 1 for world in plays.after)
    assert any(not any(each.sent for each in world) for world in plays.ends())


# -- what is seen of the others --------------------------------------------------------------------------------------


def test_what_went_on_is_never_passed_by_however_late_its_intent() -> None:
    claim = Claim(path_of(1), intent_of(1, 0), T0)
    later = as_read(2, 5, WRITTEN)
    for stage in AmendmentStage:
        seen = replace(later, amendment=replace(later.amendment, stage=stage))
        turn, _ = turn_of(claim, [seen])
        if stage in (AmendmentStage.DRAFT, AmendmentStage.CHECKED):
            assert turn is Turn.WAIT
        elif not stage.is_settled:
            assert turn is Turn.YIELD
    assert turn_of(replace(claim, despite=frozenset({later.key})), [later]) == (Turn.GO, None)
    assert turn_of(replace(claim, despite=frozenset({"A7 /elsewhere.db"})), [later]) == (Turn.YIELD, later)


def test_an_order_that_was_changed_since_it_was_read_is_not_changed_again() -> None:
    confirmed = as_read(2, 0, WRITTEN)
    confirmed = replace(confirmed, amendment=replace(confirmed.amendment, stage=AmendmentStage.CONFIRMED))
    for seen_at, base, turn in (
        (T0 + 50, order(), Turn.YIELD),
        (T0 + 101, order(), Turn.GO),
        (T0 + 50, order(price=Decimal(101)), Turn.GO),
    ):
        claim = Claim(path_of(1), amendment(base, "105", at=T0 + 60), seen_at)
        assert turn_of(claim, [confirmed])[0] is turn
    refused = replace(confirmed, amendment=replace(confirmed.amendment, stage=AmendmentStage.REFUSED))
    assert turn_of(Claim(path_of(1), intent_of(1, 60), T0 + 50), [refused])[0] is Turn.GO


# -- two windows -----------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.1)


def pair(path: Path) -> tuple[RecordedDesk, RecordedDesk]:
    one = RecordedDesk(path).start()
    two = RecordedDesk(path, one.clock).start()
    for each in (one, two):
        each.up()
    return one, two


def requests(*tickets: RecordedDesk) -> list[str]:
    return [each.amendment_id for ticket in tickets for each in ticket.connectors["toy"].sent]


@pytest.mark.parametrize("first", [0, 1])
async def test_of_two_windows_that_send_at_once_one_sends(path: Path, first: int) -> None:
    both = pair(path)
    both[first].intent(1)
    both[1 - first].intent(2)
    for each in both:
        await each.settle()
    assert len(requests(*both)) == 1
    (held,) = [each for each in both if not requests(each)]
    (winner,) = [each for each in both if requests(each)]
    (one,) = held.desk.state.amendments.values()
    assert one.stage is AmendmentStage.NOT_APPLIED
    (name,) = requests(winner)
    assert one.outcome.startswith(
        f"Not sent. {name}, an amendment in the journal {winner.journal.path}, has this order"
    )
    assert "Wait for its outcome there, then send again" in one.outcome
    assert held.desk.held == {one.amendment_id: one.outcome.removeprefix("Not sent. ")}
    assert held.connectors["toy"].looked_up == ["o1"], "it is about to be other than shown"
    for each in both:
        await each.end()


async def test_a_window_sees_what_the_other_window_did_and_goes_on_from_there(path: Path) -> None:
    one, two = pair(path)
    one.intent(1, "101")
    await one.settle()
    one.push(order(), price=Decimal(101))
    one.journal.flush()
    two.intent(2, "102")
    await two.settle()
    assert requests(two) == []
    text = two.desk.state.amendments["A2"].outcome
    assert f"A1, an amendment in the journal {path}, changed this order after it was read here." in text
    two.push(order(), price=Decimal(101))
    two.intent(3, "103", base=two.desk.state.lineages["toy/o1"].order)
    await two.settle()
    assert requests(two) == ["A3"]
    for each in (one, two):
        await each.end()


async def test_another_order_and_another_account_are_not_held(path: Path) -> None:
    one, two = pair(path)
    for each in (one, two):
        each.up(order(), order("o2"))
    one.intent(1)
    await one.settle()
    two.intent(2, base=order("o2"))
    await two.settle()
    assert requests(one, two) == ["A1", "A2"]
    for each in (one, two):
        await each.end()


async def test_a_killed_ticket_holds_its_order_until_its_outcome_is_known(path: Path) -> None:
    one, two = pair(path)
    two.intent(1)
    await two.settle()
    two.crash()
    one.intent(2)
    await one.settle()
    assert requests(one) == []
    assert "a start on that journal looks it up" in one.desk.state.amendments["A2"].outcome
    one.intent(3, despite=f"A1 {two.journal.path}")
    await one.settle()
    assert requests(one) == ["A3"], "the person was told and goes on"
    await one.end()


async def test_an_intent_that_never_went_on_holds_the_earlier_one_only_so_long(path: Path, impatient: None) -> None:
    one, two = pair(path)
    two.clock.pass_time(3600)  # as if the clock had been set back since
    two.connectors["toy"].amend = never  # type: ignore[method-assign]
    two.intent(1)
    await two.settle()
    two.crash()
    one.clock.pass_time(-3600)
    one.intent(2)
    await one.settle()
    assert requests(one) == []
    assert "A1, an amendment in the journal" in one.desk.state.amendments["A2"].outcome
    await one.end()


async def never(command: object) -> None:
    """Leave it as it is."""


async def test_what_cannot_be_read_may_hold_the_order(path: Path, impatient: None) -> None:
    one = RecordedDesk(path).start()
    one.up()
    path.with_name("journal-7.db").write_text("Dear diary,")
    one.intent(1)
    await one.settle()
    assert requests(one) == []
    text = one.desk.state.amendments["A1"].outcome
    assert "journal-7.db is no journal of Redline" in text
    assert text.endswith("Whether it has this order in flight cannot be known; move that file away, then send again.")
    path.with_name("journal-7.db").unlink()
    one.intent(2)
    await one.settle()
    assert requests(one) == ["A2"]
    await one.end()
