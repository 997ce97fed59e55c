"""What the venue's histories prove of an ended order, and everything that proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.order import Order
from app.venues.alphapoint.link.history import PAGE, PAGES, PAGES_UNASKED, History
from app.venues.alphapoint.link.look_up import Found
from app.venues.alphapoint.rules.judge import NO_HEIR, STATES
from app.venues.alphapoint.rules.legs import Legs
from app.venues.alphapoint.wire.codec import Frame, FrameKind, GatewaySession
from app.venues.common.failures import ReadFailed
from tests.venues.alphapoint.samples import NOW, SYMBOLS, order, raw_order, replacement
from tests.venues.alphapoint.stand_in import failure, not_found

OLD = order()
SWAP = replacement(OLD, "84200", "1.5")
GONE = raw_order(OrderState="Canceled", Quantity=0, CancelReason="UserModified", ChangeReason="UserModified")
FILLED = raw_order(OrderState="FullyExecuted", Quantity=0, QuantityExecuted=1)
#: A venue time, in ticks, after everything the old order has been through.
LATER = raw_order()["ReceiveTimeTicks"] + 10_000_000
SETTLED = NOW + 11 * SECOND


def heir(**changes: Any) -> dict[str, Any]:
    """The row of the replacement."""
    fields = {"OrderId": 15068, "OrigOrderId": 15067, "ClientOrderId": SWAP.request_id, "ReceiveTimeTicks": LATER}
    return raw_order(**{**fields, **changes})


def newer(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Rows of orders made after the request, newest first."""
    ids = range(30_000 + count, 30_000, -1)
    return [
        raw_order(**{"OrderId": each, "OrigOrderId": each, "ReceiveTimeTicks": LATER + each, **changes}) for each in ids
    ]


def older(count: int = 1) -> list[dict[str, Any]]:
    """Rows of orders made before the old one."""
    ids = range(9_000 + count, 9_000, -1)
    first = raw_order()["ReceiveTimeTicks"] - 1_000_000
    return [raw_order(OrderId=each, OrigOrderId=each, ReceiveTimeTicks=first + each) for each in ids]


class Venue:
    """Answers from rows, newest first, as many at once as the documents say."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "GetOrderHistory": self.page,
            "GetOrdersHistory": lambda _: failure(100, "Endpoint not found"),
            "GetOrderHistoryByOrderId": lambda _: not_found(),
        }

    def page(self, payload: Mapping[str, Any]) -> Any:
        start = payload.get("StartIndex", 0)
        return self.rows[start : start + PAGE]

    async def ask(self, name: str, payload: Mapping[str, Any]) -> tuple[int, Frame]:
        self.asked.append((name, dict(payload)))
        return SETTLED, Frame(FrameKind.REPLY, 2, name, self.answers[name](payload))

    def count(self, name: str) -> int:
        return sum(asked == name for asked, _ in self.asked)

    async def trace(
        self, ended: Mapping[str, Any] = GONE, *, asked: bool = True, at: int = SETTLED, since: int | None = None
    ) -> tuple[Order, Order | None]:
        """Look into the end of the old order; `asked` says whether a replacement was sent in this run."""
        legs = Legs()
        legs.listed([OLD], NOW, complete=True)
        if asked:
            legs.began(SWAP, NOW, since)
        history = History(self.ask, GatewaySession(1, 9, 96), "ap", SYMBOLS, legs)
        found, made = await history.trace(Found(order(**ended), Source.LOOKUP, at))
        return found.order, made.order if made is not None else None


def is_ruled_out(old: Order) -> bool:
    return old.attribute(NO_HEIR) == "true"


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("reason", ["UserModified", "Replaced", ""])
async def test_a_replacement_far_back_in_the_history_is_found(asked: bool, reason: str) -> None:
    """130 newer orders hide it from a first page; after a restart, whatever reason the end has."""
    venue = Venue([*newer(130), heir(), GONE, *older()])
    _, made = await venue.trace({**GONE, "CancelReason": reason, "ChangeReason": reason}, asked=asked)
    assert made is not None
    assert made.order_id == "15068"
    pages = [payload for name, payload in venue.asked if name == "GetOrderHistory"]
    account = {"OMSId": 1, "AccountId": 9}
    assert pages == [account, {**account, "StartIndex": PAGE, "Depth": PAGE}]


async def test_a_history_that_reaches_back_proves_that_there_is_none() -> None:
    """One page is enough where it has a row older than the request."""
    venue = Venue([*newer(3), GONE, *older(300)])
    old, made = await venue.trace()
    assert made is None
    assert is_ruled_out(old)
    assert venue.count("GetOrderHistory") == 1


async def test_the_newest_time_known_when_it_left_shortens_the_reading() -> None:
    """The old order may have rested for months: rows older than what was known at the request are old enough."""
    rows = [*newer(3), *newer(800, ReceiveTimeTicks=LATER), GONE]
    assert order(ReceiveTimeTicks=LATER + 5).created_at is not None
    for since, proven in ((order(ReceiveTimeTicks=LATER + 5).created_at, True), (None, False)):
        venue = Venue(rows)
        old, made = await venue.trace(since=since)
        assert (made, is_ruled_out(old)) == (None, proven)


@pytest.mark.parametrize("asked,pages", [(True, PAGES), (False, PAGES_UNASKED)])
async def test_the_reading_is_bounded_and_then_proves_nothing(asked: bool, pages: int) -> None:
    """More orders have come since than may be read."""
    venue = Venue([*newer(1000), GONE])
    old, made = await venue.trace(asked=asked)
    assert (made, is_ruled_out(old), venue.count("GetOrderHistory")) == (None, False, pages)


@pytest.mark.parametrize("asked", [True, False])
async def test_the_venue_s_own_search_finds_it_however_far_back(asked: bool) -> None:
    """By our client id, or after a restart by the old order's id."""
    venue = Venue([*newer(1000), heir(), GONE])
    venue.answers["GetOrdersHistory"] = lambda _: [heir()]
    _, made = await venue.trace(asked=asked)
    assert made is not None
    sought = {"ClientOrderId": SWAP.request_id} if asked else {"OriginalOrderId": 15067}
    assert venue.asked[-1] == ("GetOrdersHistory", {"OMSId": 1, "AccountId": 9, **sought})


async def test_a_venue_that_ignores_the_start_proves_nothing() -> None:
    """The same hundred rows again: nothing older can be had."""
    venue = Venue([*newer(100), GONE])
    venue.answers["GetOrderHistory"] = lambda _: venue.rows[:PAGE]
    old, made = await venue.trace()
    assert (made, is_ruled_out(old), venue.count("GetOrderHistory")) == (None, False, 2)


@pytest.mark.parametrize(
    "row",
    [
        None,
        {"OrderState": "Working"},
        raw_order(OrderId=None),
        # It names neither a client id nor the order it replaced, and may be anything.
        {key: value for key, value in newer(1)[0].items() if key != "OrigOrderId"},
        # It has no time, so the rows may come in any order.
        newer(1, ReceiveTimeTicks=None, ReceiveTime=None)[0],
    ],
)
async def test_a_row_that_cannot_be_read_proves_nothing(row: Any) -> None:
    """It may be the very one that is looked for."""
    old, made = await Venue([row, GONE, *older(800)]).trace()
    assert (made, is_ruled_out(old)) == (None, False)


async def test_another_order_s_row_need_not_be_readable() -> None:
    """Its ids tell it from the replacement."""
    old, _ = await Venue([*newer(1, Side="Unknown"), GONE, *older()]).trace()
    assert is_ruled_out(old)


async def test_a_replacement_that_cannot_be_read_is_no_absence() -> None:
    """Nothing is concluded; it is asked for again."""
    with pytest.raises(ReadFailed, match="15068"):
        await Venue([heir(Side="Unknown"), GONE, *older()]).trace()


async def test_rows_in_another_order_need_the_whole_history() -> None:
    """Sorted by their last update, an old row at the top says nothing of what is further down."""
    rows = [GONE, *newer(150)]
    venue = Venue(rows)
    venue.answers["GetOrderHistory"] = lambda payload: venue.page(payload) if "StartIndex" not in payload else rows[:1]
    old, _ = await venue.trace()
    assert not is_ruled_out(old)
    whole = Venue(rows)
    old, _ = await whole.trace()
    assert is_ruled_out(old)
    assert whole.asked[2][1]["StartIndex"] == 151, "the empty page is the end"


async def test_a_history_without_the_order_itself_is_not_whole() -> None:
    """An empty one least of all."""
    for rows in ([], newer(3)):
        old, made = await Venue(rows).trace()
        assert (made, is_ruled_out(old)) == (None, False)


async def test_the_absence_counts_after_the_settling_time_only() -> None:
    """Cancel and new may be two steps. A filled order cannot be replaced any more, so there it counts at once."""
    rows = [GONE, *older()]
    for ended, at, proven in ((GONE, NOW + SECOND, False), (GONE, SETTLED, True), (FILLED, NOW + SECOND, True)):
        old, _ = await Venue(rows).trace(ended, at=at)
        assert is_ruled_out(old) is proven


async def test_somebody_else_s_replacement_is_shown_and_rules_nothing_out() -> None:
    """It took the order's place; one that is shown already has a row of its own."""
    _, made = await Venue([heir(ClientOrderId=7), GONE, *older()]).trace()
    assert made is not None
    assert made.client_id == "7"
    known = Venue([heir(ClientOrderId=7), GONE, *older()])
    legs = Legs()
    legs.listed([OLD, order(**heir(ClientOrderId=7))], NOW, complete=True)
    legs.began(SWAP, NOW)
    history = History(known.ask, GatewaySession(1, 9, 96), "ap", SYMBOLS, legs)
    found, other = await history.trace(Found(order(**GONE), Source.LOOKUP, SETTLED))
    assert other is None
    assert not is_ruled_out(found.order)


async def test_a_history_that_gives_no_answer() -> None:
    """Where a replacement may be there it is asked for again; what a venue does not offer is done without."""
    silent, refusing = failure(102, "Server Error"), failure(20, "Not Authorized")
    venue = Venue([])
    venue.answers["GetOrderHistory"] = lambda _: silent
    for asked in (True, False):
        with pytest.raises(ReadFailed):
            await venue.trace(asked=asked)
    old, made = await venue.trace(FILLED, asked=False)
    assert (made, is_ruled_out(old)) == (None, False)
    venue.answers["GetOrderHistory"] = lambda _: refusing
    old, made = await venue.trace()
    assert (made, is_ruled_out(old)) == (None, False)


async def test_beside_a_working_order_one_page_is_looked_at() -> None:
    """Both halves may work; that none is seen proves nothing and nothing is said."""
    venue = Venue([heir(), raw_order()])
    old, made = await venue.trace(raw_order())
    assert made is not None
    venue = Venue([*newer(100), heir(), raw_order()])
    old, made = await venue.trace(raw_order())
    assert (made, is_ruled_out(old), len(venue.asked)) == (None, False, 1)


@pytest.mark.parametrize(
    "rows,states",
    [
        ([GONE, raw_order(Quantity="0.6"), raw_order()], "0.6/0 1/0"),
        ([GONE, raw_order(Quantity="0.7", QuantityExecuted="0.3"), raw_order(), raw_order()], "0.7/0.3 1/0"),
        ([GONE], ""),
        ([raw_order(Quantity="0.6"), raw_order()], ""),
        ([GONE, raw_order(OrderId=3)], ""),
        ([GONE, {"OrderId": 15067}], ""),
        ([], ""),
        (failure(102, "Server Error"), ""),
    ],
)
async def test_what_an_order_was_before_it_ended(rows: Any, states: str) -> None:
    """Its own history, if that is whole and can be read."""
    venue = Venue([GONE, *older()])
    venue.answers["GetOrderHistoryByOrderId"] = lambda _: rows
    for asked in (True, False):
        old, _ = await venue.trace(asked=asked)
        assert old.attribute(STATES) == states


async def test_a_filled_order_needs_no_history_of_its_own() -> None:
    """How much was executed tells."""
    venue = Venue([FILLED, *older()])
    await venue.trace(FILLED)
    assert venue.count("GetOrderHistoryByOrderId") == 0
