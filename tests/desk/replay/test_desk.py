"""The desk of a replay: it follows the record, tells the accounts of the journal, and refuses whatever would act."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.desk.batch.planning import Wish, plan_batch
from app.desk.desk import Desk, DeskError, Prepared
from app.desk.effects import LookUp, Refresh
from app.desk.journal.replay import state_hash
from app.desk.replay.desk import NoEffects, RecordedVenue, ReplayDesk
from app.desk.replay.player import Player
from app.desk.replay.record import Record, read
from app.domain.account import Environment, worlds
from app.domain.plan import Draft
from tests.helpers.paper_desk import PaperVenue
from tests.helpers.recorded_desk import PROFILE, RecordedDesk
from tests.helpers.toy_journal import toy_journal
from tests.helpers.toy_venue import ToyRulebook

VENUES = {"toy": PaperVenue(PROFILE, ToyRulebook(), {})}


class At:
    """A replay of the toy journal, and the fold behind it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.desk = ReplayDesk(record, VENUES)
        self.player = Player(len(record.steps), record.rows, {"toy": ToyRulebook()})
        self.heard: list[tuple[frozenset[str], frozenset[str]]] = []
        self.desk.subscribe(lambda rows, accounts: self.heard.append((rows, accounts)))

    def show(self, step: int) -> None:
        self.player.move(step)
        self.desk.show(self.player.folded, self.record.steps[max(step, 1) - 1].at)


async def at_its_end(tmp_path: Path) -> At:
    path = await toy_journal(tmp_path / "journal.db")
    copy = tmp_path / "copy"
    copy.mkdir()
    at = At(read(path, copy))
    at.show(len(at.record.steps))
    return at


async def test_it_shows_the_state_of_each_step(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    for step in (len(at.record.steps), 4, 30, 31, 0, 12):
        at.show(step)
        state = at.desk.state
        if step > 1:  # before the first session no account is known to the fold; the window shows it all the same
            assert state_hash(state) == at.player.hash()
        assert at.desk.clock.now() == at.record.steps[max(step, 1) - 1].at


async def test_what_is_shown_does_not_change_with_the_fold(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    before = state_hash(at.desk.state)
    at.player.move(10)
    assert state_hash(at.desk.state) == before


async def test_the_views_are_told_of_the_rows_that_changed(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    state = at.desk.state
    at.heard.clear()
    at.show(len(at.record.steps))
    assert at.heard[-1][0] == frozenset()
    at.show(1)
    assert at.heard[-1] == (frozenset({"toy/o1", "toy/o2"}), frozenset({"toy"}))
    assert at.desk.state is state, "views hold on to it"
    assert not state.lineages


async def test_its_accounts_have_no_secret_and_tell_both_worlds(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    (account,) = at.desk.accounts.values()
    assert (account.environment, account.replayed, account.credentials) == (Environment.DEMO, True, {})
    assert account.world == worlds([account]) == "REPLAY of DEMO"
    assert at.desk.refusal == (
        "This is a replay of journal.db, the record of DEMO; nothing can be sent from it, and no venue is asked."
    )


async def test_a_venue_that_this_version_does_not_know_is_shown_as_recorded(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    desk = ReplayDesk(at.record, {})
    desk.show(at.player.folded, 0)
    assert desk.venues["toy"].profile.title == "Toy"
    assert desk.form("toy/o1").locked == desk.refusal


ACTS: dict[str, Callable[[ReplayDesk], object]] = {
    "send": lambda desk: desk.send(desk.prepare("toy/o1", draft(desk)), confirmed=True),
    "cancel": lambda desk: desk.cancel("toy/o1"),
    "refresh": lambda desk: desk.refresh("toy"),
    "check_now": lambda desk: desk.check_now("toy/o1"),
    "run an effect": lambda desk: desk.effects.run(Refresh("toy")),
    "run an effect inside": lambda desk: desk._run(LookUp("toy", desk.lineage("toy/o1").order)),
    "ask for a connector": lambda desk: desk.effects.connector("toy"),
    "gather": lambda desk: desk.effects.gather(["A1"]),
    "connect": lambda desk: desk.venues["toy"].connect(desk.accounts["toy"], desk.dispatch, desk.clock),
    "make a connector": lambda desk: desk._connect(desk.accounts["toy"]),
}


def draft(desk: ReplayDesk) -> Draft:
    return Draft(desk.lineage("toy/o1").order, ())


@pytest.mark.parametrize("act", ACTS)
async def test_every_act_is_refused_in_one_sentence(tmp_path: Path, act: str) -> None:
    at = await at_its_end(tmp_path)
    before = state_hash(at.desk.state)
    with pytest.raises(DeskError, match="This is a replay") as refused:
        ACTS[act](at.desk)
    assert "\n" not in str(refused.value)
    assert state_hash(at.desk.state) == before


async def test_nothing_that_is_typed_has_a_request(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    prepared: Prepared = at.desk.prepare("toy/o1", draft(at.desk))
    assert (prepared.command, prepared.preview) == (None, None)
    assert [each.text for each in prepared.plan.verdict.problems] == [at.desk.refusal]
    assert at.desk.holds_back("toy") == at.desk.refusal
    for cancel in (True, False):
        wish = Wish(("price=+1t",), None, False, cancel)
        (member,) = plan_batch(at.desk, ["toy/o1"], wish)
        assert not member.sends
    under_way = SimpleNamespace(lineage="toy/o1")
    assert at.desk.request_of(under_way).head.startswith("It stands among the messages")  # type: ignore[arg-type]


async def test_no_switch_lets_anything_out(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    at.desk.read_only = False
    at.desk.stopped = False
    assert at.desk.read_only
    assert at.desk.stopped


async def test_it_holds_no_connector_and_no_journal(tmp_path: Path) -> None:
    at = await at_its_end(tmp_path)
    desk = at.desk
    assert (desk._connectors, desk._supervisors, desk.venues_ahead) == ({}, {}, {})
    assert (desk.journal, desk.recovered, await desk.recorded()) == (None, None, "")
    assert isinstance(desk.effects, NoEffects)
    assert all(isinstance(each, RecordedVenue) for each in desk.venues.values())
    await desk.close()


async def test_it_has_all_that_a_desk_has(tmp_path: Path) -> None:
    """It does not make itself as a desk does, so this tells when a desk has something new."""
    at = await at_its_end(tmp_path)
    live = RecordedDesk(tmp_path / "other.db").start()
    properties = {name for name, _ in inspect.getmembers(ReplayDesk, lambda each: isinstance(each, property))}
    assert vars(live.desk).keys() - vars(at.desk).keys() - properties == set()
    live.crash()
    assert issubclass(ReplayDesk, Desk)
