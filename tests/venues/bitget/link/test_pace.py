"""Too many requests, in any dress, stop all of them for as long as Bitget asks."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.bitget.link.pace import Pace
from app.venues.bitget.wire import codec
from app.venues.common.reporter import Reporter
from app.venues.transport.messages import Response
from tests.venues.bitget.samples import ORDER_ID, command, envelope
from tests.venues.bitget.stand_in import FakeBitget, Watch, connected

OPEN = codec.OPEN_ORDERS
MODIFY = codec.MODIFY

DRESSES: list[Any] = [
    (429, envelope(None, "429", "Too many requests"), {"Retry-After": "60"}),
    (429, b"<html>slow down</html>", {"retry-after": "60"}),
    (420, b"Enhance your calm", {"Retry-After": "60"}),
    (418, b"{}", {"Retry-After": "60"}),
    (503, b"busy", {"Retry-After": "60"}),
]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("path", [OPEN, codec.ASSETS, codec.ORDER_INFO, codec.INSTRUMENTS])
async def test_one_such_answer_stops_every_request(dress: Any, path: str) -> None:
    fake = FakeBitget()
    async with connected(fake, switches={"poll_every_s": "1"}) as (connector, watch):
        order = watch.of(ev.OpenOrdersListed)[0].orders[0]
        fake.routes[path] = lambda _: dress
        if path == codec.INSTRUMENTS:
            connector._extras._markets_due = {"SPOT"}
        asking = [
            asyncio.create_task(connector.look_up(order)),
            asyncio.create_task(connector.refresh()),
            asyncio.create_task(connector.look_up(order)),
        ]
        await watch.until(lambda: any("too many requests" in each.text for each in watch.of(ev.Noticed)))
        await asyncio.sleep(0.1)
        asked = len(fake.seen)
        await asyncio.sleep(1.2)
        assert len(fake.seen) == asked, "nothing leaves, not even a poll"
        (notice,) = [each for each in watch.of(ev.Noticed) if "too many requests" in each.text]
        assert notice.about is ev.Condition.READS
        assert notice.until is not None
        assert 55e9 < notice.until - notice.at < 65e9
        await connector.amend(command(order, "64100", "0.002"))
        (unsent,) = watch.of(ev.AmendmentUnsent)
        assert "nothing is sent to it for another" in unsent.text
        await connector.cancel(order)
        (cancel,) = watch.of(ev.CancelAnswered)
        assert not cancel.taken
        assert len(fake.seen) == asked
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


@pytest.mark.parametrize("answer", [(429, b"slow"), (200, envelope(None, "429", "Too many requests")), (420, b"")])
async def test_an_answer_that_names_no_time_is_waited_for_longer_each_time(answer: Any) -> None:
    fake = FakeBitget()
    fake.routes = dict.fromkeys(fake.routes, lambda _: answer)
    async with connected(fake, up=False) as (_, watch):
        await asyncio.sleep(3.5)
        # Waits of 1, 2, 4 s: what was under way at first, then one question after each pause.
        assert len(fake.seen) < 10
        waits = [each for each in watch.of(ev.Noticed) if "too many requests" in each.text]
        assert [round((each.until - each.at) / 1e9) for each in waits][:3] == [1, 2, 4]


async def test_a_refused_amendment_stops_the_reads_as_well() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (429, b"<html>", {"Retry-After": "30"})
    async with connected(fake, switches={"poll_every_s": "1"}) as (connector, watch):
        await connector.amend(command(watch.of(ev.OpenOrdersListed)[0].orders[0], "64100", "0.002"))
        assert len(watch.of(ev.AmendmentUnanswered)) == 1
        asked = len(fake.seen)
        await asyncio.sleep(1.3)
        assert len(fake.seen) == asked


async def test_after_a_pause_it_goes_on_by_itself() -> None:
    fake = FakeBitget()
    listing, struck = fake.routes[OPEN], [0]

    def twice(request: httpx.Request) -> Any:
        struck[0] += 1
        return (429, b"", {"Retry-After": "1"}) if struck[0] <= 1 else listing(request)

    fake.routes[OPEN] = twice
    async with connected(fake, up=False) as (_, watch):
        await watch.link(LinkState.UP)
        assert watch.of(ev.OpenOrdersListed)[-1].orders[0].order_id == ORDER_ID


def test_the_reads_that_keep_rows_true_have_a_share_that_amendments_cannot_use_up() -> None:
    pace = Pace(Reporter("main", Watch(), SystemClock()))
    limiter = pace.limiter(codec.ORDER_INFO)
    for _ in range(20):
        limiter.reserve()
    assert limiter.delay(0, shared=False) > 0
    assert limiter.delay(4, shared=True) == 0


def test_a_pause_holds_a_call_that_was_never_made_before() -> None:
    pace = Pace(Reporter("main", Watch(), SystemClock()))
    pace.too_many(Response(429, b"", {"retry-after": "7"}, 0, 0))
    assert pace.limiter(codec.FILLS).delay() == pytest.approx(7, abs=0.5)
    assert pace.left() == pytest.approx(7, abs=0.5)
    pace.too_many(Response(429, b"", {"retry-after": "3"}, 0, 0))
    assert pace.left() == pytest.approx(7, abs=0.5), "a shorter wait ends no longer one"
    pace.too_many(Response(429, b"", {}, 0, 0))
    assert pace.left() == pytest.approx(7, abs=0.5)
