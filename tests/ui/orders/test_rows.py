"""From the desk's state to rows and chips."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.desk.state import Lineage
from app.domain.amendment import AmendmentStage, Rung, Source
from app.domain.events import (
    AmendmentRequested,
    AmendmentWritten,
    Condition,
    LinkChanged,
    Noticed,
    OrderUnreadable,
)
from app.domain.market import LinkState, Quote
from app.domain.order import OrderKind, OrderStatus, Side, TimeInForce
from app.ui.look.numbers import when
from app.ui.look.theme import Tone
from app.ui.orders.cells import at_scale, kind_words, touch_bp, touch_words
from app.ui.orders.chips import amendment_chip, link_words, order_chip, stage_words
from app.ui.orders.row import Column
from app.ui.orders.rows import DeskRows, DraftShown
from tests.helpers.paper_desk import SECOND, T0, PaperDesk, bitso_buy
from tests.helpers.toy_venue import amendment, order

D = Decimal


async def test_a_row_says_what_the_venue_says() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    row = DeskRows(paper.desk).row(key)
    assert row is not None
    assert (row.venue, row.symbol, row.kind) == ("Bitso", "btc_usd", "Limit GTC")
    assert row.price == "120\u202f000.00"
    assert row.price_to == ""
    assert row.quantity == "0.83333333"
    assert row.touch == "−4 bp"
    assert row.order.word == "Working"
    assert row.amendment is None
    assert row.age == "12 m"
    assert "buy 0.83333333 btc_usd, at 120000.00, working" in row.spoken


async def test_a_draft_and_then_an_amendment_stand_beside_the_old_values() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    rows = DeskRows(paper.desk)
    rows.drafts[key] = DraftShown(D("130000.00"), D("1.00000000"))
    row = rows.row(key)
    assert row is not None
    assert (row.price_to, row.quantity_to) == ("130\u202f000.00", "1")
    assert row.amendment is not None
    assert row.amendment.word == "Draft"


async def test_an_ended_order_stays_listed_for_a_minute_or_while_it_is_pinned() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    rows = DeskRows(paper.desk)
    paper.change(key, status=OrderStatus.FILLED, filled=D("0.83333333"))
    row = rows.row(key)
    assert row is not None
    assert row.order.word == "Filled"
    assert row.filled == "100%"
    paper.clock.pass_time(61)
    assert rows.row(key) is None
    rows.pinned.add(key)
    assert rows.row(key) is not None
    assert rows.row("nobody/knows") is None


@pytest.mark.parametrize("status", [each for each in OrderStatus if each.is_terminal])
async def test_an_ended_order_is_not_shown_as_if_it_rested(status: OrderStatus) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    paper.change(key, status=status, filled=D("0.33333333"))
    row = DeskRows(paper.desk).row(key)
    assert row is not None
    assert row.ended
    assert (row.quantity, row.remaining, row.touch) == ("0.83333333", "0.00000000", "")
    assert "0.50000000 left when it ended" in row.spoken
    assert "remaining" not in row.spoken


async def test_a_lost_link_makes_the_row_stale() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.DOWN, "No route."))
    row = DeskRows(paper.desk).row(key)
    assert row is not None
    assert row.stale
    assert "not proven" in row.spoken


async def test_the_account_is_named_where_two_share_a_venue() -> None:
    paper = PaperDesk("bitso")
    paper.desk.venues["second"] = paper.desk.venues["bitso"]
    assert DeskRows(paper.desk).venue("second") == "Bitso second"


@pytest.mark.parametrize(
    "price, side, bp, words",
    [
        ("99", Side.BUY, "-198", "−198 bp"),
        ("102", Side.SELL, "200", "+200 bp"),
        ("50", Side.BUY, "-5050", "−50.5 %"),
        ("101", Side.BUY, "0", "0 bp"),
    ],
)
def test_the_distance_to_the_market(price: str, side: Side, bp: str, words: str) -> None:
    quote = Quote("AB", "", D(100), D(101), None, T0)
    found = touch_bp(order(price=D(price), side=side), quote)
    assert found == D(bp)
    assert touch_words(found) == words
    assert touch_bp(order(price=None), quote) is None
    assert touch_bp(order(), None) is None
    assert touch_words(None) == ""


@pytest.mark.parametrize(
    "changes, words",
    [
        ({}, "Limit GTC"),
        ({"post_only": True}, "Limit post"),
        ({"reduce_only": True}, "Limit reduce"),
        ({"time_in_force": TimeInForce.UNKNOWN}, "Limit"),
        ({"kind": OrderKind.STOP_LIMIT}, "Stop-limit"),
        ({"kind": OrderKind.OTHER, "raw_kind": "BlockTrade"}, "BlockTrade"),
    ],
)
def test_the_type_in_words(changes: dict[str, object], words: str) -> None:
    assert kind_words(order(**changes)) == words


def test_numbers_line_up_and_lose_nothing() -> None:
    assert str(at_scale(D("59840"), D("0.01"))) == "59840.00"
    assert str(at_scale(D("0.123456"), D("0.01"))) == "0.123456"
    assert at_scale(None, D("0.01")) is None


@pytest.mark.parametrize("stage", AmendmentStage)
def test_every_stage_has_an_icon_and_a_word(stage: AmendmentStage) -> None:
    made = replace(amendment(order()), stage=stage, written_at=T0)
    chip = amendment_chip(made, T0 + 400_000_000)
    assert chip.icon
    assert chip.word
    assert stage_words(stage)


def test_chips_carry_the_time_or_the_code_that_matters() -> None:
    base = replace(amendment(order()), written_at=T0)
    later = T0 + 400_000_000
    assert amendment_chip(replace(base, stage=AmendmentStage.WRITTEN), later).word == "Sent 0.4 s ago"
    refused = amendment_chip(replace(base, stage=AmendmentStage.REFUSED, code="0379"), later)
    assert (refused.word, refused.tone) == ("Refused 0379", Tone.BAD)
    unknown = amendment_chip(replace(base, stage=AmendmentStage.UNKNOWN), T0 + 12_000_000_000)
    assert (unknown.icon, unknown.word, unknown.tone) == ("?", "Unknown, sent 12 s ago", Tone.UNKNOWN)


@pytest.mark.parametrize(
    "old, words",
    [
        (0, "Confirmed, took 0.2 s"),
        (59 * SECOND, "Confirmed, took 0.2 s"),
        (60 * SECOND, "Confirmed 1 min ago"),
        (20 * 60 * SECOND, "Confirmed 20 min ago"),
        (3 * 3600 * SECOND, "Confirmed 3 h ago"),
    ],
)
def test_a_duration_and_an_age_cannot_be_taken_for_each_other(old: int, words: str) -> None:
    base = amendment(order())
    seen_at = T0 + SECOND // 5
    rungs = (*base.rungs, Rung(AmendmentStage.CONFIRMED, seen_at, Source.PUSH))
    confirmed = replace(base, stage=AmendmentStage.CONFIRMED, written_at=T0, rungs=rungs)
    assert amendment_chip(confirmed, seen_at + old).word == words
    never_written = replace(confirmed, written_at=None)
    assert amendment_chip(never_written, seen_at).word == "Confirmed"


@pytest.mark.parametrize("stage", AmendmentStage)
@pytest.mark.parametrize("later", [0, SECOND // 20, 7 * SECOND, 100 * SECOND, 9_000 * SECOND])
def test_no_chip_has_a_bare_length_of_time(stage: AmendmentStage, later: int) -> None:
    """Whatever number of seconds stands in it, it says whether it took that long or is that long ago."""
    base = amendment(order())
    made = replace(base, stage=stage, written_at=T0, rungs=(*base.rungs, Rung(stage, T0 + SECOND, Source.PUSH)))
    words = amendment_chip(made, T0 + SECOND + later).word
    if any(letter.isdigit() for letter in words):
        assert words.endswith(" ago") or ", took " in words


@pytest.mark.parametrize("status", OrderStatus)
def test_every_order_state_has_a_chip(status: OrderStatus) -> None:
    lineage = Lineage("k", "bitso", order(status=status, raw_status="strange"), ["o1"], T0, Source.PUSH)
    chip = order_chip(lineage)
    assert chip.icon
    assert chip.word == "strange" if status is OrderStatus.UNRECOGNISED else chip.word
    lineage.cancelling = True
    assert (order_chip(lineage).word == "Cancelling") is not status.is_terminal
    lineage.vanished_at = T0
    assert (order_chip(lineage).word == "Not listed") is not status.is_terminal


@pytest.mark.parametrize("state", LinkState)
def test_every_link_state_has_words(state: LinkState) -> None:
    assert link_words(state)[0]


async def test_a_size_stands_where_the_venues_request_means_it() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    rows = DeskRows(paper.desk)
    rows.drafts[key] = DraftShown(None, None, remaining=D("0.6"))
    row = rows.row(key)
    assert row is not None
    assert (row.quantity_to, row.remaining_to) == ("", "0.6")
    assert row.text(Column.REMAINING) == "0.83333333 → 0.6"
    assert row.text(Column.QUANTITY) == "0.83333333"


async def settled(paper: PaperDesk, key: str, price: str) -> None:
    """An amendment that was sent and is confirmed."""
    desk = paper.desk
    base = desk.state.lineages[key].order
    sent = replace(amendment(base, price, at=paper.clock.now()), lineage=key)
    paper.happen(AmendmentRequested(base.account, paper.clock.now(), sent))
    paper.happen(AmendmentWritten(base.account, paper.clock.now(), sent.amendment_id, 1))
    paper.change(key, price=D(price))
    assert desk.state.amendments[sent.amendment_id].stage is AmendmentStage.CONFIRMED


async def test_a_refusal_of_a_later_amendment_stands_beside_the_one_without_an_outcome() -> None:
    paper = PaperDesk("qfex")
    key = paper.order(order("q1", account="qfex", symbol="AAPL-USD"))
    base = paper.desk.state.lineages[key].order
    for number, price in ((1, "101"), (2, "102")):
        sent = replace(amendment(base, price, number, at=paper.clock.now()), lineage=key)
        paper.happen(AmendmentRequested(base.account, paper.clock.now(), sent))
        paper.happen(AmendmentWritten(base.account, paper.clock.now(), sent.amendment_id, number))
    shown = DeskRows(paper.desk).row(key)
    assert shown is not None
    assert shown.amendment is not None
    assert not shown.amendment.note
    book = paper.desk.state.amendments
    book["A2"] = replace(book["A2"], stage=AmendmentStage.REFUSED, outcome="Refused.")
    row = DeskRows(paper.desk).row(key)
    assert row is not None
    assert row.amendment is not None
    assert row.amendment.word.startswith("Sent")
    assert row.amendment.note == "a later one was refused"
    assert row.price_to == "101"
    assert row.tooltip(Column.AMENDMENT).endswith(": a later one was refused")
    assert "a later one was refused" in row.spoken


async def test_our_old_chip_does_not_stand_beside_a_change_made_elsewhere() -> None:
    paper = PaperDesk("qfex")
    key = paper.order(order("q1", account="qfex", symbol="AAPL-USD"))
    await settled(paper, key, "101")
    paper.clock.pass_time(3_600)
    paper.change(key, price=D(99))
    row = DeskRows(paper.desk).row(key)
    assert row is not None
    assert row.amendment is not None
    assert row.amendment.word == "Changed elsewhere"
    assert row.tooltip(Column.AMENDMENT).endswith(": price 101 → 99, not by this ticket")
    assert "price 101 → 99, not by this ticket" in row.spoken
    await paper.desk.close()


async def test_confirmed_terms_that_were_changed_elsewhere_since_are_quiet() -> None:
    paper = PaperDesk("qfex")
    key = paper.order(order("q1", account="qfex", symbol="AAPL-USD"))
    await settled(paper, key, "101")
    rows = DeskRows(paper.desk)

    def seen() -> tuple[Tone, str]:
        row = rows.row(key)
        assert row is not None
        assert row.amendment is not None
        assert row.amendment.word.startswith("Confirmed")
        return row.amendment.tone, row.tooltip(Column.AMENDMENT)

    paper.change(key, filled=D(1), status=OrderStatus.PARTIALLY_FILLED)
    assert seen()[0] is Tone.GOOD, "a fill is no change of terms"
    paper.change(key, price=D(99))
    tone, tooltip = seen()
    assert tone is Tone.QUIET
    assert tooltip.endswith(": the order has other terms now")
    row = rows.row(key)
    assert row is not None
    assert "the order has other terms now" in row.spoken
    await paper.desk.close()


async def test_a_row_grows_stale_by_age_alone_and_says_since_when_and_until_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    rows = DeskRows(paper.desk)
    policy = replace(paper.desk.venues["bitso"].rulebook.evidence, reread_within=10 * SECOND)
    monkeypatch.setattr(paper.desk._rules["bitso"], "evidence", policy)
    seen = when(paper.clock.now(), paper.clock.now())
    fresh = rows.row(key)
    assert fresh is not None
    assert (fresh.stale, fresh.order.word, rows.note(key)) == (False, "Working", "")
    paper.clock.pass_time(53)
    row = rows.row(key)
    assert row is not None
    assert (row.stale, row.order.word, row.order.short, row.order.tone) == (
        True,
        "Working · stale",
        "Stale",
        Tone.PENDING,
    )
    assert rows.note(key) == f"last read {seen}, 53 s ago; read again as soon as the venue answers"
    assert f"not proven since {seen}" in row.spoken
    paper.clock.pass_time(1)
    later = rows.row(key)
    assert later == row, "what changes every second is no part of the row: it is not painted again for it"
    ahead = paper.clock.now() + 40 * SECOND
    paper.happen(Noticed("bitso", paper.clock.now(), "Reads wait.", False, Condition.READS, until=ahead))
    assert rows.note(key).endswith(f"; next read about {when(ahead, ahead)}")


async def test_an_unreadable_row_says_so_and_why() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    rows = DeskRows(paper.desk)
    now = paper.clock.now()
    paper.happen(OrderUnreadable("bitso", now, "qlbga6b600n3xta7", "it has no symbol", "{}", Source.PUSH))
    row = rows.row(key)
    assert row is not None
    assert (row.order.word, row.order.short, row.order.tone) == ("Unreadable · locked", "Locked", Tone.BAD)
    assert row.tooltip(Column.ORDER) == "✕ Unreadable · locked: it has no symbol"
    assert row.attention
    assert row.stale
    assert "unreadable and locked, it has no symbol" in row.spoken


async def test_nothing_is_proven_after_the_desk_has_ended() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    paper.desk.ended = "Following the venues ended."
    row = DeskRows(paper.desk).row(key)
    assert row is not None
    assert row.stale
