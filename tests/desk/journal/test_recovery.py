"""A ticket that is killed and started again: what it knows, what it asks, and what it never does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.desk.desk import DeskError
from app.desk.effects import SendAmendment
from app.desk.fold.context import FoldOutcome
from app.desk.fold.reducer import Reducer
from app.desk.journal.codec import loads
from app.desk.journal.files import segments
from app.desk.journal.reading import rows
from app.desk.journal.records import ClockRead
from app.desk.journal.replay import DAY, state_hash
from app.domain import events as ev
from app.domain.account import Environment
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Fill, OrderStatus
from tests.helpers.recorded_desk import RecordedDesk, account
from tests.helpers.toy_venue import order


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def kinds(path: Path) -> list[str]:
    return [row.kind for each in segments(path) for row in rows(each)]


async def test_the_fold_of_the_journal_is_the_live_state(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    now = ticket.clock.now()
    ticket.happen(
        ev.InstrumentsLoaded("toy", now, (Instrument("AB", "A", "B", tick=Decimal("0.50")),)),
        ev.BalancesSeen("toy", now, (Balance("B", Decimal("10.00"), Decimal(4), Decimal(6), now),)),
        ev.QuoteSeen("toy", now, Quote("AB", "", Decimal(99), Decimal(101), None, now)),
        ev.WireSeen("toy", now, "in", "http", "GET /orders", "[]"),
        ev.Noticed("toy", now, "Mind the gap."),
        ev.Noticed("elsewhere", now, "An account nobody configured."),
    )
    ticket.up()
    ticket.intent()
    await ticket.settle()
    ticket.happen(ev.AmendmentAcknowledged("toy", ticket.clock.now(), "A1"))
    ticket.push(order(), price=Decimal("101.0"))
    base = order(price=Decimal("101.0"))
    ticket.happen(
        ev.FillSeen("toy", now, Fill("toy", "f1", "o1", "AB", base.side, base.price, Decimal(1), now), Source.PUSH)
    )
    ticket.intent(2, "102", base=ticket.desk.state.lineages["toy/o1"].order)
    await ticket.settle()
    assert ticket.desk.state.amendments["A1"].stage is AmendmentStage.CONFIRMED
    assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    await ticket.end()


async def test_what_was_noticed_in_an_earlier_session_is_no_news_of_this_one(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.happen(ev.Noticed("toy", before.clock.now(), "No prices.", about=ev.Condition.PRICES))
    (said,) = before.desk.state.notices
    assert said.about is ev.Condition.PRICES
    assert state_hash(before.folded().state) == state_hash(before.desk.state)
    before.crash()
    after = RecordedDesk(path, before.clock).start()
    assert not after.desk.state.notices
    assert state_hash(after.folded().state) == state_hash(after.desk.state)
    assert "Noticed" in kinds(path), "the journal has it"
    await after.end()


async def test_the_intent_is_on_the_disk_before_the_connector_is_asked(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    seen: list[int] = []
    amend = ticket.connectors["toy"].amend

    async def watched(command: object) -> None:
        seen.append(kinds(path).count("AmendmentRequested"))
        await amend(command)

    ticket.connectors["toy"].amend = watched  # type: ignore[method-assign]
    ticket.intent()
    assert not ticket.connectors["toy"].sent, "nothing leaves in the same breath"
    await ticket.settle()
    assert seen == [1]
    await ticket.end()


@pytest.mark.parametrize("reached", ["intent", "queued", "written", "acknowledged"])
async def test_what_was_in_flight_comes_back_unknown_and_is_looked_up_never_sent(
    path: Path, reached: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = RecordedDesk(path).start()
    before.up()
    if reached in ("intent", "queued"):
        before.connectors["toy"].amend = never  # type: ignore[method-assign]
    before.intent(7)
    if reached == "queued":
        await asyncio.sleep(0)
        before.happen(ev.AmendmentQueued("toy", before.clock.now(), "A7", before.clock.now() + SECOND))
    if reached in ("written", "acknowledged"):
        await before.settle()
    if reached == "acknowledged":
        before.happen(ev.AmendmentAcknowledged("toy", before.clock.now(), "A7"))
    before.crash()
    for task in before.desk._effects.tasks:
        task.cancel()

    asked: list[object] = []
    apply = Reducer.apply

    def watched(self: Reducer, event: ev.Event) -> FoldOutcome:
        out = apply(self, event)
        asked.extend(out.effects)
        return out

    with monkeypatch.context() as patch:
        patch.setattr(Reducer, "apply", watched)
        after = RecordedDesk(path, before.clock).start()
    one = after.desk.state.amendments["A7"]
    assert one.stage is AmendmentStage.UNKNOWN
    assert "The ticket ended before the outcome was known." in one.outcome
    assert after.desk.recovered is not None
    assert after.desk.recovered.unknown == ("A7",)
    assert after.desk.recovered.killed
    assert any(isinstance(effect, SendAmendment) for effect in asked), "the fold met the intent"
    running = asyncio.create_task(after.desk.run())
    await asyncio.sleep(0)
    assert not after.connectors["toy"].looked_up, "the link is not up yet"
    after.happen(ev.LinkChanged("toy", after.clock.now(), LinkState.UP, "Connected."))
    await asyncio.sleep(0)
    assert after.connectors["toy"].looked_up == ["o1"]
    now = after.clock.now()
    after.happen(ev.OrderSeen("toy", now, order(price=Decimal(101)), Source.LOOKUP, asked_at=now))
    assert after.desk.state.amendments["A7"].stage is AmendmentStage.CONFIRMED
    assert after.connectors["toy"].sent == []
    assert state_hash(after.folded().state) == state_hash(after.desk.state)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def never(command: object) -> None:
    await asyncio.Event().wait()


async def test_an_unknown_amendment_is_probed_again_after_a_restart(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.up()
    before.intent()
    await before.settle()
    before.crash()
    after = RecordedDesk(path, before.clock).start()
    assert after.desk.recovered is not None
    regular, late = after.desk.recovered.wakes
    assert {wake.amendment_id for wake in (regular, late)} == {"A1"}
    assert after.clock.now() < regular.at < late.at
    assert (regular.once, late.once) == (False, True)
    after.crash()


async def test_a_second_crash_keeps_the_amendment_unknown(path: Path) -> None:
    clock = None
    for session in range(3):
        ticket = RecordedDesk(path, *([clock] if clock else [])).start()
        clock = ticket.clock
        if session == 0:
            ticket.up()
            ticket.intent()
            await ticket.settle()
        else:
            assert ticket.desk.state.amendments["A1"].stage is AmendmentStage.UNKNOWN
        ticket.crash()
    assert kinds(path).count("AmendmentUnanswered") == 1


async def test_ids_are_never_used_again(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.up()
    number = before.clock.now() // 1_000_000 + 5_000
    before.intent(number)
    await before.settle()
    before.crash()
    after = RecordedDesk(path, before.clock).start()
    assert after.ids.next(after.clock.now()) == (f"A{number + 1}", number + 1)
    after.crash()


async def test_an_unanswered_cancel_does_not_lock_the_row_for_ever(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.up()
    before.desk.cancel("toy/o1")
    await before.settle()
    before.crash()
    after = RecordedDesk(path, before.clock).start()
    assert not after.desk.state.lineages["toy/o1"].cancelling
    assert "before the venue answered the cancel" in after.desk.state.notices[-1].text
    assert state_hash(after.folded().state) == state_hash(after.desk.state)
    after.crash()


async def test_an_orderly_end_is_told_from_a_crash(path: Path) -> None:
    first = RecordedDesk(path).start()
    assert first.desk.recovered is not None
    assert not first.desk.recovered.killed, "there was no session before"
    first.up()
    await first.end()
    await first.end()
    second = RecordedDesk(path, first.clock).start()
    assert second.desk.recovered is not None
    assert not second.desk.recovered.killed
    assert second.desk.recovered.last_at == first.clock.now()
    assert second.desk.state.lineages["toy/o1"].stale
    assert second.desk.state.accounts["toy"].link is LinkState.DOWN
    assert second.desk.state.accounts["toy"].listed_at == 0
    await second.end()


async def test_closing_before_the_intent_is_on_the_disk_says_it_was_not_sent(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent()
    await asyncio.sleep(0)
    await ticket.end()
    assert ticket.connectors["toy"].sent == []
    assert ticket.desk.state.amendments["A1"].stage is AmendmentStage.NOT_APPLIED
    again = RecordedDesk(path, ticket.clock).start()
    assert again.desk.state.amendments["A1"].stage is AmendmentStage.NOT_APPLIED
    again.crash()


async def test_stop_sending_also_holds_what_waits_for_the_disk(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent()
    ticket.desk.stopped = True
    await ticket.settle()
    assert ticket.connectors["toy"].sent == []
    assert "Sending was stopped" in ticket.desk.state.amendments["A1"].outcome
    await ticket.end()


async def test_nothing_is_sent_that_cannot_be_recorded(
    path: Path, announced_logs: object, caplog: pytest.LogCaptureFixture
) -> None:
    announced_logs.expect("cannot be written", 40)  # type: ignore[attr-defined]
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.journal.flush()
    full = ticket.journal._store._db.execute("PRAGMA page_count").fetchone()[0]
    ticket.journal._store._db.execute(f"PRAGMA max_page_count = {full}")
    ticket.intent(1, "1" + "0" * 300_000)
    await ticket.settle()
    assert ticket.connectors["toy"].sent == []
    one = ticket.desk.state.amendments["A1"]
    assert one.stage is AmendmentStage.NOT_APPLIED
    assert "cannot be written" in one.outcome
    assert "cannot be written" in ticket.desk.state.notices[-1].text
    prepared = ticket.desk.prepare("toy/o1", _draft(ticket))
    with pytest.raises(DeskError, match="cannot be written"):
        ticket.desk.send(prepared)
    # The disk has room again: what happened meanwhile is written after all, in its order.
    ticket.journal._store._db.execute("PRAGMA max_page_count = 1000000")
    await ticket.journal.durable()
    assert ticket.journal.failed == ""
    assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    await ticket.end()


def _draft(ticket: RecordedDesk) -> object:
    from app.domain.plan import Draft

    return Draft(ticket.desk.state.lineages["toy/o1"].order)


async def test_an_account_that_is_not_configured_keeps_its_open_amendments(path: Path) -> None:
    both = (account(), account("other"))
    before = RecordedDesk(path, accounts=both).start()
    before.up(order(), order(account="other"))
    before.intent(1, base=before.desk.state.lineages["other/o1"].order)
    await before.settle()
    before.crash()
    alone = RecordedDesk(path, before.clock).start()
    assert set(alone.desk.state.accounts) == {"toy"}
    assert alone.desk.state.amendments == {}
    assert alone.desk.recovered is not None
    assert "Account other is not in the configuration" in alone.desk.recovered.problems[0]
    alone.crash()
    again = RecordedDesk(path, before.clock, accounts=both).start()
    assert again.desk.state.amendments["A1"].stage is AmendmentStage.UNKNOWN
    assert again.desk.state.find("o1", "other")
    assert again.desk.recovered is not None
    assert again.desk.recovered.problems == ()
    assert state_hash(again.folded().state) == state_hash(again.desk.state)
    again.crash()


async def test_a_practice_venue_that_ended_is_forgotten(path: Path) -> None:
    here = account(environment=Environment.PRACTICE)
    before = RecordedDesk(path, accounts=(here,)).start()
    before.up()
    before.intent()
    await before.settle()
    before.crash()
    elsewhere = replace(here, addresses={"rest": "http://127.0.0.1:2"})
    after = RecordedDesk(path, before.clock, accounts=(elsewhere,)).start()
    assert after.desk.state.lineages == {}
    assert after.desk.recovered is not None
    assert after.desk.recovered.problems == ()
    after.crash()


async def test_ended_orders_are_forgotten_after_a_day_open_questions_never(path: Path) -> None:
    before = RecordedDesk(path).start()
    before.up(order(), order("o2"), order("o3"))
    before.intent(1, base=order("o3"))
    await before.settle()
    before.push(order("o2"), status=OrderStatus.FILLED, filled=Decimal(2))
    before.crash()
    soon = RecordedDesk(path, before.clock).start()
    assert set(soon.desk.state.lineages) == {"toy/o1", "toy/o2", "toy/o3"}
    soon.crash()
    soon.clock.pass_time(2 * DAY / SECOND)
    late = RecordedDesk(path, before.clock).start()
    assert set(late.desk.state.lineages) == {"toy/o1", "toy/o3"}
    assert ("toy", "o2") not in late.desk.state.by_id
    assert late.desk.state.amendments["A1"].stage is AmendmentStage.UNKNOWN
    assert state_hash(late.folded().state) == state_hash(late.desk.state)
    late.crash()


async def test_the_quote_and_the_clocks_of_a_sent_amendment_are_on_record_other_quotes_are_not(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    now = ticket.clock.now()
    for bid in range(90, 99):
        ticket.happen(ev.QuoteSeen("toy", now, Quote("AB", "", Decimal(bid), Decimal(bid + 1), None, now + bid)))
    ticket.intent()
    await ticket.settle()
    ticket.crash()
    found = list(rows(path))
    quotes = [row for row in found if row.kind == "QuoteSeen"]
    assert len(quotes) == 1
    assert '"bid":"98"' in quotes[0].body
    intent = next(row for row in found if row.kind == "AmendmentRequested")
    assert {row.kind for row in found if intent.seq - 2 <= row.seq < intent.seq} == {"QuoteSeen", "ClockRead"}


async def test_clock_offsets_are_on_record(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.connectors["toy"].venue_ahead = lambda: 1_500_000  # type: ignore[attr-defined]
    ticket.up()
    ticket.crash()
    (read,) = [loads(ClockRead, row.body) for row in rows(path) if row.kind == "ClockRead"]
    assert (read.account, read.venue_ahead) == ("toy", 1_500_000)
    assert read.monotonic == int(ticket.clock.monotonic() * SECOND)


async def test_the_rules_in_force_are_on_record_and_no_secret_is(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    canary = "s3cr3t-of-toy"
    now = ticket.clock.now()
    ticket.happen(
        ev.WireSeen("toy", now, "out", "http", f"GET /orders?key={canary}", f'{{"secret":"{canary}"}}'),
        ev.Noticed("toy", now, f"The venue says: bad key {canary}."),
        ev.LinkChanged("toy", now, LinkState.REFUSED, f"Login with {canary} was refused."),
        ev.AmendmentRefused("toy", now, "none", canary, canary),
    )
    ticket.push(order(), reason=f"by {canary}", attributes=(("key", canary),))
    assert canary not in repr(ticket.desk.state)
    assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    ticket.crash()
    session = next(row for row in rows(path) if row.kind == "Session")
    assert "https://toy.example/api" in session.body
    assert "2026-11-21" in session.body
    for each in path.parent.iterdir():
        assert canary.encode() not in each.read_bytes(), each.name
    assert all(canary not in row.body for row in rows(path))
