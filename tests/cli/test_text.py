"""Text of the verbs for people: columns that line up, every digit, and what cannot be sent with the way on."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.cli import shapes, text
from app.cli.other_journals import OtherJournals
from app.cli.output import answer, table
from app.desk.journal.elsewhere import InFlight
from app.desk.state import Doubt
from app.domain import events as ev
from app.domain.amendment import Rung, Source
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.domain.plan import Draft, Problem
from tests.helpers.paper_desk import SECOND, PaperDesk, bitso_buy, resting
from tests.helpers.toy_venue import amendment, order

D = Decimal


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table([["a", "1"], ["bbb", "22"]], frozenset({1})) == ["a     1", "bbb  22"]


def test_what_another_journal_has_in_flight_is_marked() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    assert text.orders(paper.desk, [lineage], OtherJournals()).splitlines()[1].split()[-2] == "—"
    other = InFlight(Path("/j"), "bitso", frozenset({"here"}), lineage.ids, amendment(lineage.order))
    shown = text.orders(paper.desk, [lineage], OtherJournals((other,), (), {lineage.account: other.marks}))
    assert "unresolved (draft)" in shown
    assert shown.endswith("1 open order on 0 of 1 account; the others did not list theirs")


def test_nearest_values_are_offered_unless_the_sentence_names_them() -> None:
    assert text.offered(Problem("Off the tick.", FieldName.PRICE, nearest=(D("1.10"), D("1.2")))) == (
        "Off the tick. Nearest legal: 1.1 or 1.2."
    )
    assert text.offered(Problem("Write 1.1.", FieldName.PRICE, nearest=(D("1.10"),))) == "Write 1.1."


def test_a_form_tells_each_field_once() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    shown = text.form(paper.desk, paper.desk.form(lineage.key), lineage)
    assert "\nprice (price): 120000.00 USD  [may change]\n    in steps of 0.01 USD\n" in shown
    assert shown.count("[locked]") == 1, shown
    assert "\nroute modify (PATCH /api/v4/orders/{oid}): offered\n" in shown


def test_a_draft_shows_what_it_does_and_the_request() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    shown = text.prepared(paper.desk.prepare(lineage.key, Draft(lineage.order, ((FieldName.PRICE, D("119000.00")),))))
    head, body = shown.splitlines()[-2:]
    assert head == "POST /bitso/amend/qlbga6b600n3xta7"
    assert body.startswith('{"price":"119000.00"')
    assert "peak" in shown


def test_an_open_amendment_says_what_to_do() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    shown = text.amendment(amendment(order()), lineage, "look again")
    assert "  nothing is resent; look again" in shown
    assert shown.splitlines()[-1].endswith("price 120000.00, remaining 0.83333333, filled 0")


def test_what_an_order_left_when_it_ended_does_not_remain() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    sent = amendment(paper.desk.lineage(key).order, "101", 1)
    assert "remaining 0.83333333, filled 0" in text.amendment(sent, paper.desk.lineage(key), "wait")
    paper.change(key, status=OrderStatus.CANCELLED)
    assert ", 0.83333333 left when it ended, filled 0" in text.amendment(sent, paper.desk.lineage(key), "wait")
    draft = Draft(paper.desk.lineage(key).order, ((FieldName.PRICE, D(99000)),))
    told = text.prepared(paper.desk.prepare(key, draft))
    assert told == "problem: The order is cancelled; nothing is left to amend."


async def test_orders_say_what_is_stale_what_is_locked_and_which_list_is_incomplete() -> None:
    paper = PaperDesk("bitso", "qfex")
    desk, now = paper.desk, paper.clock.now()
    stale = desk.state.lineages[paper.order(resting("qfex", "8888", "AAPL-USD", "200.00", "2.000"))]
    locked = desk.state.lineages[bitso_buy(paper)]
    raw = '{"oid":"qlbga6b600n3xta7","price":"-5"}'
    paper.happen(
        ev.OpenOrdersListed("bitso", now, now, (locked.order,), unreadable=("a", "b")),
        ev.OrderUnreadable("bitso", now, "a", "it has no symbol", "{}", Source.LISTING),
        ev.OrderUnreadable("bitso", now, "b", "it has no symbol", "{}", Source.LISTING),
        ev.LinkChanged("qfex", now, LinkState.DOWN, "No route."),
        ev.Noticed("qfex", now, "Reads wait.", False, ev.Condition.READS, until=now + 93 * SECOND),
        ev.OrderUnreadable("bitso", now, "qlbga6b600n3xta7", "its price is below zero (-5)", raw, Source.LOOKUP),
    )
    paper.clock.pass_time(53)
    shown = text.orders(desk, [stale, locked], OtherJournals())
    assert "working, last read 53 s ago, next read in about 40 s" in shown
    assert (
        "working, locked: its price is below zero (-5), last read 53 s ago, ask again in a moment to read it anew"
        in shown
    )
    assert shown.splitlines()[-1] == (
        "PRACTICE: 2 open orders on 1 of 2 accounts; the others did not list theirs; "
        "bitso incomplete: 2 orders unreadable (a, b)"
    )
    form = text.form(desk, desk.form(locked.key), locked)
    assert "Not proven now: last read 53 s ago, ask again in a moment to read it anew." in form
    assert f"its price is below zero (-5)\n    as received: {raw}\nLocked: The venue shows this order" in form
    document = shapes.order(locked, "bitso", None, desk.staleness(locked), "practice")
    assert document["stale"] is True
    assert document["last_read_at"] == shapes.when(now)
    assert document["next_read_at"] is None
    assert document["locked"]["raw"] == raw
    account = shapes.account(desk.state.accounts["bitso"], "practice")
    assert account["incomplete"] == "incomplete: 2 orders unreadable (a, b)"
    assert account["surprises"] == 3
    await desk.close()


@pytest.mark.parametrize("number", ["1e9999", "-1e9999", "1e-9999", "1" * 200, "NaN"])
@pytest.mark.parametrize("at", [-1, 10**25, 10**400])
def test_whatever_a_record_holds_is_written(number: str, at: int) -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    half = "a\ud800b"
    odd = {"price": D(number), "value": D(number), "created_at": at, "updated_at": at, "order_id": half, "symbol": half}
    lineage.order = replace(lineage.order, **odd)  # type: ignore[arg-type]
    lineage.seen_at, lineage.stale = at, True
    assert answer(text.orders(paper.desk, [lineage], OtherJournals()))
    assert answer(
        json.dumps(shapes.order(lineage, "bitso", None, paper.desk.staleness(lineage), "demo"), ensure_ascii=False)
    )


EVIL = "\x1b[2J\n3 open orders on 9 accounts\r\u202e\u200b\x9b1m"


def test_a_text_of_a_venue_never_begins_a_line_or_moves_the_cursor() -> None:
    """Whatever a venue may write goes into every view of the verbs; each view has as many lines as it has without."""

    def views(evil: str) -> list[str]:
        paper = PaperDesk("bitso")
        now = paper.clock.now()
        key = bitso_buy(paper)
        lineage = paper.desk.state.lineages[key]
        shown = [text.prepared(paper.desk.prepare(key, Draft(lineage.order, ((FieldName.PRICE, D("119000.00")),))))]
        lineage.order = replace(
            lineage.order,
            order_id=f"q{evil}", symbol=f"btc{evil}", market=f"m{evil}", raw_kind=f"limit{evil}", raw_status=f"s{evil}",
            status=OrderStatus.UNRECOGNISED, client_id=f"c{evil}",
        )  # fmt: skip
        each = amendment(lineage.order)
        rung = Rung(each.stage, now, Source.REPLY, f"n{evil}")
        each = replace(each, outcome=f"o{evil}", missing=f"m{evil}", new_order_id=f"i{evil}", rungs=(rung,))
        shown.append(text.amendment(each, lineage, f"ask{evil}"))
        shown.append(text.orders(paper.desk, [lineage], OtherJournals()))
        lineage.doubt = Doubt(now, Source.LOOKUP, f"t{evil}", f"raw{evil}")
        shown.append(text.orders(paper.desk, [lineage], OtherJournals()))
        shown.append(text.form(paper.desk, paper.desk.form(key), lineage))
        return shown

    for harmless, evil in zip(views("x"), views(EVIL), strict=True):
        assert evil.count("\n") == harmless.count("\n")
        assert evil.replace("\n", "").isprintable()
        assert not any(line.startswith("3 open orders") for line in evil.splitlines())


def test_a_number_that_no_venue_shows_yet_says_so_locked_or_not() -> None:
    paper = PaperDesk("bitso")
    lineage = paper.desk.state.lineages[bitso_buy(paper)]
    made = paper.desk.form(lineage.key)
    first = replace(made.fields[0], editable=False, reason=made.locked, origin="As asked, not yet shown.")
    shown = text.form(paper.desk, replace(made, fields=(first, *made.fields[1:])), lineage)
    assert shown.count("    As asked, not yet shown.") == 1
    assert shapes.field(first)["origin"] == "As asked, not yet shown."
