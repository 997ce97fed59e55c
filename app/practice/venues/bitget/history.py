"""Pages of orders and fills: newest first, at most 100, the cursor being the smallest id on the page.

There is no mark of the last page, as at the venue, and a page may be shorter than asked for (switch `page_rows`): a
client goes on until one is empty. Source: Bitget unified
account documentation, "Get Open Orders", "Get Order History", "Get Fill History", read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.server.faults import Switches
from app.practice.venues.bitget.errors import invalid
from app.practice.venues.bitget.markets import CATEGORIES
from app.practice.venues.bitget.rows import Row, Rows

_MOST = 100
_DAY_MS = 86_400_000
#: Depth of history, and longest span of one query.
_BACK_DAYS, _QUERY_DAYS = 90, 30

_T = TypeVar("_T")


class OrderHistory:
    """Present and past orders and fills of one account."""

    def __init__(self, exchange: Exchange, rows: Rows, switches: Switches) -> None:
        self._exchange = exchange
        self._rows = rows
        self._switches = switches

    def open_orders(self, params: Mapping[str, str]) -> Row:
        """`GET /api/v3/trade/unfilled-orders`."""
        category, symbol = _category(params, required=False), params.get("symbol", "")
        first, last = _window(params)
        found = [
            order
            for order in self._exchange.open_orders(TRADER)
            if self._matches(order, category, symbol) and first <= order.created_ns // 1_000_000 <= last
        ]
        return self._page(params, found, lambda order: order.order_id, self._rows.rest_order)

    def past_orders(self, params: Mapping[str, str], now_ms: int) -> Row:
        """`GET /api/v3/trade/history-orders`: what is not open any more."""
        category, symbol = _category(params, required=True), params.get("symbol", "")
        first, last = _past(params, now_ms)
        found = [
            order
            for order in self._exchange.orders_of(TRADER)
            if not order.is_open
            and self._matches(order, category, symbol)
            and first <= order.created_ns // 1_000_000 <= last
        ]
        return self._page(params, found, lambda order: order.order_id, self._detail)

    def fills(self, params: Mapping[str, str], now_ms: int) -> Row:
        """`GET /api/v3/trade/fills`."""
        category, order_id = _category(params, required=False), params.get("orderId", "")
        first, last = _past(params, now_ms)
        found = [
            self._rows.rest_fill(order, done)
            for done, order in self._exchange.fills_of(TRADER)
            if first <= done.time_ns // 1_000_000 <= last
            and self._matches(order, category, "")
            and order_id in ("", order.order_id)
        ]
        return self._page(params, found, lambda row: str(row["execId"]), lambda row: row)

    def _detail(self, order: SimOrder) -> Row:
        return self._rows.rest_order(order, detail=True)

    def _matches(self, order: SimOrder, category: str, symbol: str) -> bool:
        listing = self._rows.listing(order)
        return category in ("", self._rows.category(order)) and symbol in ("", listing.symbol)

    def _page(
        self, params: Mapping[str, str], rows: Sequence[_T], id_of: Callable[[_T], str], write: Callable[[_T], Any]
    ) -> Row:
        most = self._switches.integer("page_rows")
        limit, cursor = params.get("limit", str(_MOST)), params.get("cursor", "")
        if not limit.isdigit() or not 1 <= int(limit) <= _MOST:
            raise invalid("limit")
        if cursor and not cursor.isdigit():
            raise invalid("cursor")
        ordered = sorted(rows, key=lambda each: int(id_of(each)), reverse=True)
        page = [each for each in ordered if not cursor or int(id_of(each)) < int(cursor)][: min(int(limit), most)]
        return {"list": [write(each) for each in page], "cursor": id_of(page[-1]) if page else None}


def _category(params: Mapping[str, str], *, required: bool) -> str:
    category = params.get("category", "")
    if (required or category) and category not in CATEGORIES:
        raise invalid("category")
    return category


def _window(params: Mapping[str, str]) -> tuple[int, int]:
    """The asked time window in milliseconds; open where nothing was asked."""
    found = []
    for name, default in (("startTime", "0"), ("endTime", "9" * 15)):
        text = params.get(name) or default
        if not text.isdigit():
            raise invalid(name)
        found.append(int(text))
    return found[0], found[1]


def _past(params: Mapping[str, str], now_ms: int) -> tuple[int, int]:
    """The window of a look back: 90 days at most, 30 of them in one query; the last 30 if nothing was asked."""
    first, last = _window(params)
    last = min(last, now_ms)
    if not params.get("startTime"):
        first = last - _QUERY_DAYS * _DAY_MS
    if last - first > _QUERY_DAYS * _DAY_MS or first < now_ms - _BACK_DAYS * _DAY_MS - _DAY_MS:
        raise invalid("startTime")
    return first, last
