"""A story is what the record makes of an order: each line with the row that told it, and nothing told twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.desk.journal.chain import Row
from app.desk.journal.files import segments
from app.desk.journal.reading import rows
from app.desk.journal.replay import replay
from app.desk.journal.writer import Journal
from app.desk.story.reasons import reasons
from app.desk.story.telling import Story, needed, tell
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.market import LinkState
from app.domain.order import Fill, OrderStatus, Side
from tests.benchmarks.soak import desk_at
from tests.helpers.toy_venue import SECOND, T0, ToyRulebook, amendment, order

RULES = {"toy": ToyRulebook()}
UP = ev.LinkChanged("toy", T0, LinkState.UP)


def shown(
    at: int, source: Source = Source.PUSH, order_id: str = "o1", replaces: str = "", **changes: object
) -> ev.Event:
    moment = T0 + at * SECOND
    changed = order(order_id, updated_at=moment, **changes)
    asked_at = None if source is Source.PUSH else moment
    return ev.OrderSeen("toy", moment, changed, source, asked_at, replaces)


def recorded(path: Path, events: Iterable[ev.Event]) -> list[Row]:
    desk = desk_at(Journal(path))
    for event in events:
        desk.dispatch(event)
    asyncio.run(desk.close())
    return [row for file in segments(path) for row in rows(file)]


def story_of(path: Path, *events: ev.Event, ids: tuple[str, ...] = ("o1",)) -> Story:
    return tell(needed(recorded(path, events), "toy"), "toy", ids, RULES)


def texts(story: Story) -> list[str]:
    return [line.text for line in story.lines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_an_order_of_somebody_else_has_a_story(path: Path) -> None:
    story = story_of(
        path,
        UP,
        shown(1),
        shown(2, price=Decimal(105)),
        ev.FillSeen(
            "toy", T0 + 3 * SECOND, Fill("toy", "f1", "o1", "AB", Side.BUY, Decimal(105), Decimal(1), T0), Source.PUSH
        ),
        shown(4, price=Decimal(105), filled=Decimal(2), status=OrderStatus.FILLED),
    )
    assert texts(story)[:4] == [
        "first seen: working, 2 left at 100",
        "price 100 → 105, not by this ticket; working, 2 left at 105",
        "filled 1 at 105",
        "filled, 0 left at 105, 2 filled",
    ]
    assert [line.who for line in story.lines[:4]] == ["venue push"] * 4
    assert story.row is not None
    assert sum(fill.quantity for fill in story.row.fills.values()) == 1


def test_each_line_names_its_row_and_a_repeat_is_evidence_and_no_line(path: Path) -> None:
    found = recorded(path, [UP, shown(1), shown(2, Source.LOOKUP), shown(3, Source.LOOKUP), shown(4, price=Decimal(7))])
    story = tell(needed(found, "toy"), "toy", ("o1",), RULES)
    by_seq = {row.seq: row for row in found}
    first, changed = story.lines[:2]
    assert len(first.rows) == 3
    assert all(by_seq[seq].kind == "OrderSeen" for seq in (*first.rows, *changed.rows))
    assert changed.text.startswith("price 100 → 7, not by this ticket")


def test_an_amendment_is_told_from_the_wish_to_the_outcome(path: Path) -> None:
    mine = amendment(order("o1"), "101", at=T0 + 2 * SECOND)
    name = mine.amendment_id
    story = story_of(
        path,
        UP,
        shown(1),
        ev.AmendmentRequested("toy", T0 + 2 * SECOND, mine),
        ev.AmendmentWritten("toy", T0 + 3 * SECOND, name, 10),
        ev.AmendmentUnanswered("toy", T0 + 4 * SECOND, name, "No answer came."),
        shown(9, Source.LOOKUP, price=Decimal(101)),
    )
    told = texts(story)
    assert told[1] == "price 100 → 101"
    assert story.lines[1].who == "you"
    assert any(each.startswith("unknown") for each in told)
    assert any(each.startswith("price 100 → 101; working") for each in told)
    assert any(each.startswith(f"{name} is settled, 7 s after it was asked for: Confirmed") for each in told)
    assert list(story.amendments) == [name]


def test_ids_are_followed_and_sessions_and_links_are_gaps(path: Path) -> None:
    recorded(path, [UP, shown(1), ev.LinkChanged("toy", T0 + 2 * SECOND, LinkState.DOWN, "Cut.")])
    found = recorded(path, [replace(UP, at=T0 + 9 * SECOND), shown(10, order_id="o2", replaces="o1")])
    story = tell(needed(found, "toy"), "toy", ("o1", "o2"), RULES)
    told = texts(story)
    assert "the link is down: Cut.; what happens meanwhile is not seen" in told
    assert "the ticket ended; what happens until it starts again is not seen" in told
    assert "the ticket started" in told
    assert "order id o1 → o2" in told
    assert story.row is not None
    assert story.row.ids == ["o1", "o2"]


def test_a_record_whose_beginning_is_gone_says_what_it_goes_on_from(path: Path, tmp_path: Path) -> None:
    found = recorded(path, [UP, shown(1), shown(2, price=Decimal(105))])
    journal = Journal(tmp_path / "later.db")
    journal.checkpoint(replay(found, RULES))
    journal.append(shown(3, price=Decimal(106)))
    journal.close()
    story = tell(needed(rows(tmp_path / "later.db"), "toy"), "toy", ("o1",), RULES)
    assert texts(story)[0] == "the record goes on from what was known: working, 2 left at 105"
    assert story.lines[0].who == "ticket"
    assert texts(story)[1].startswith("price 105 → 106, not by this ticket")


def test_the_same_record_gives_the_same_story_whatever_is_left_out(path: Path) -> None:
    wire = ev.WireSeen("toy", T0, "in", "http", "GET /", '{"id":"o1"}')
    found = recorded(path, [UP, wire, shown(1), wire, shown(2, price=Decimal(105)), wire])
    whole = tell(found, "toy", ("o1",), RULES)
    assert tell(needed(found, "toy"), "toy", ("o1",), RULES).lines == whole.lines


def test_every_line_of_the_history_is_in_the_story(path: Path) -> None:
    events = [UP, *(shown(number, price=Decimal(100 + number % 3)) for number in range(1, 90))]
    story = story_of(path, *events)
    assert story.row is not None
    assert story.row.told_before > 0, "the row itself forgets the oldest"
    assert len([text for text in texts(story) if text.startswith("price ")]) == 88


def test_a_row_that_cannot_be_read_is_told_and_left_out(path: Path) -> None:
    found = recorded(path, [UP, shown(1), shown(2, price=Decimal(105))])
    spoilt = [replace(row, body="{") if row.kind == "OrderSeen" and row.seq == found[-2].seq else row for row in found]
    story = tell(needed(spoilt, "toy"), "toy", ("o1",), RULES)
    assert len(story.problems) == 1
    assert story.problems[0].startswith("Row ")


def test_an_order_the_record_does_not_know_has_none(path: Path) -> None:
    story = story_of(path, UP, shown(1), ids=("nothere",))
    assert (story.row, story.lines) == (None, [])


def test_of_an_order_that_is_over_nothing_more_is_read_and_no_gap_is_told(path: Path) -> None:
    end = shown(2, status=OrderStatus.CANCELLED)
    gone = ev.OrdersForgotten("toy", T0 + 3 * SECOND, (ev.ForgottenRow("toy/o1", ("o1",), ()),))
    found = recorded(path, [UP, shown(1), end, gone, shown(4, order_id="o2"), shown(5, order_id="o3")])
    read: list[int] = []
    story = tell(needed(found, "toy"), "toy", ("o1",), RULES, lambda row: read.append(row.seq))
    assert texts(story) == ["first seen: working, 2 left at 100", "cancelled, 2 left at 100"]
    assert story.row is not None
    assert read[-1] == next(row.seq for row in found if row.kind == "OrdersForgotten")


# -- why ---------------------------------------------------------------------------------------------------------------


def why(story: Story) -> list[str]:
    return reasons(story, lambda at: f"+{(at - T0) // SECOND}")


def test_nothing_is_open_is_said_and_so_is_who_says_it(path: Path) -> None:
    lines = why(story_of(path, UP, shown(1)))
    assert lines[0] == "It is working: 2 left at 100, as venue push showed it +1."
    assert lines[1].startswith("The ticket that wrote this ended ")


def test_an_amendment_without_an_outcome_names_what_would_settle_it(path: Path) -> None:
    mine = amendment(order("o1"), "101", at=T0 + 2 * SECOND)
    name = mine.amendment_id
    lines = why(
        story_of(
            path,
            UP,
            shown(1),
            ev.AmendmentRequested("toy", T0 + 2 * SECOND, mine),
            ev.AmendmentWritten("toy", T0 + 3 * SECOND, name, 10),
            ev.AmendmentUnanswered("toy", T0 + 4 * SECOND, name, "No answer came."),
        )
    )
    assert any(line.startswith(f"{name} has no outcome: ") for line in lines)
    assert any(line.startswith("It is settled by: ") for line in lines)


def test_a_refusal_and_an_end_are_told_with_the_venues_words(path: Path) -> None:
    mine = amendment(order("o1"), "101", at=T0 + 2 * SECOND)
    name = mine.amendment_id
    lines = why(
        story_of(
            path,
            UP,
            shown(1),
            ev.AmendmentRequested("toy", T0 + 2 * SECOND, mine),
            ev.AmendmentWritten("toy", T0 + 3 * SECOND, name, 10),
            ev.AmendmentRefused("toy", T0 + 4 * SECOND, name, "E7", "Too far from the market; come closer."),
            shown(5, status=OrderStatus.CANCELLED, filled=Decimal("0.5"), reason="user request"),
        )
    )
    assert lines[0] == "It has ended: cancelled, 0.5 of 2 filled, 1.5 never filled at 100, as venue push showed it +5."
    assert "The venue's words for that: user request." in lines
    assert any("(code E7)" in line and "come closer" in line for line in lines)


def test_a_doubt_a_missing_row_and_a_cancel_are_open(path: Path) -> None:
    lines = why(
        story_of(
            path,
            UP,
            shown(1),
            ev.CancelRequested("toy", T0 + 2 * SECOND, "toy/o1"),
            ev.OrderUnreadable("toy", T0 + 3 * SECOND, "o1", "its price is below zero (-5)", "{}", Source.PUSH),
        )
    )
    assert any(line.startswith("A cancel was asked for and is not answered") for line in lines)
    assert any(line.startswith("Not believed since +3: its price is below zero (-5).") for line in lines)
