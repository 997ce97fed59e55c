"""An order reported as ended that a later list still shows is alive, and its pushes are heard again."""

from __future__ import annotations

from decimal import Decimal

from app.domain import events as ev
from tests.venues.qfex.reports_desk import Desk
from tests.venues.qfex.samples import OLD, order, row


def test_a_list_asked_for_after_a_wrong_end_revives_the_order() -> None:
    desk = Desk()
    desk.reports.order_response(row(status="CANCELLED"))
    assert desk.reports.orders.rows == {}
    asked_before, asked_after = desk.time - 1, desk.now()
    desk.reports.listed([row()], asked_before)
    desk.events.clear()
    later = {"status": "FILLED", "quantity_remaining": Decimal(1), "update_time": Decimal("1758208799")}
    desk.reports.order_response(row(**later))
    assert desk.events == [], "that list had been asked for before the end was told"
    assert desk.reports.looked_up(order(), [row()], asked_after)
    desk.events.clear()
    desk.reports.order_response(row(**later))
    seen = desk.only(ev.OrderSeen)
    assert (seen.order.order_id, seen.order.is_open) == (OLD, True)
