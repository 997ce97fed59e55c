"""The day a practice Bitget account wakes up to: money, a position, orders, and what the documents leave open.

The orders cover what an amendment can meet: a spot limit, a margin one, a partly filled post-only perpetual, one with
preset take profit and stop loss, a reduce-only, an `rpi`, a coin-margined one and one of the `_CM` line that cannot be
modified.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.practice.server.faults import Switch
from app.practice.server.seeds import StartingBook, StartingOrder, starting
from app.practice.venues.bitget.markets import COIN, MARGIN, SPOT, USDC, USDT, key_for

KEY = "bg_practice0001"
SECRET = "practice-bitget-secret-0001"
PASSPHRASE = "practice-passphrase"

SWITCHES = (
    Switch("clock_window_ms", 30_000, "How far a timestamp may be off; no document at hand gives the number."),
    Switch("error_status", 400, "HTTP status of a business error; live tests of a client saw 400, old notes say 200."),
    Switch("engine_delay_ms", 150, "From the acknowledgement of a modification until the engine applies or fails it."),
    Switch("cancel_delay_ms", 20, "From the acknowledgement of a cancel until the order is gone."),
    Switch("push_on_amend", True, "Push an order row when a modification is applied; the channel's page is silent."),
    Switch("echo_request_id", True, "Put requestId into the order rows pushed after a modification."),
    Switch("row_codes", "failed", "Which rows of a batch-modify reply carry a code.", ("failed", "always", "never")),
    Switch("open_status", "live", "What REST calls an order without fills; samples show both.", ("live", "new")),
    Switch("reduce_only_case", "upper", "YES/NO or yes/no in REST rows.", ("upper", "lower")),
    Switch("unset_preset", "empty", "How REST writes take profit and stop loss that are not set.", ("empty", "null")),
    Switch("trade_side", "short", "open/close, or the words seen live: buy_single, reduce_…", ("short", "long")),
    Switch("push_presets", False, "Put attached exits into pushes, their names in lower case, as seen live."),
    Switch("end_qty", "told", "The qty of an ended order in a push.", ("told", "empty")),
    Switch("account_mode", "unified", "A classic account gets 40084 for every private call.", ("unified", "classic")),
    Switch("refused_category", "", "A category that is refused with 40000, as one closed in a region is."),
    Switch("market_rules", "full", "What instruments tell of a market's grid.", ("full", "no_grid", "none")),
    Switch("amended_type", "normal", "delegateType of a modified order.", ("normal", "modify_limit_order")),
    Switch("reduce_only_single", "refuse", "A single modify of a reduce-only order.", ("refuse", "allow")),
    Switch("second_amend_code", "25572", "A second modify while one is pending.", ("25572", "25003", "25653")),
    Switch("closed_code", "25204", "A modify of an order that is not open any more.", ("25204", "25568")),
    Switch("equal_to_filled", "complete", "A new qty equal to what is filled.", ("complete", "fail")),
    Switch("post_only_cross", "fail", "The engine's answer to a post-only price through the book.", ("fail", "cancel")),
    Switch("max_modifications", 0, "Modifications an order takes in its life (25569); unpublished, 0 for no limit."),
    Switch("nothing_to_cancel", "error", "cancel-symbol-order with nothing open.", ("error", "empty")),
    Switch("key_scope", "full", "What the key may do.", ("full", "trade_only", "read_only")),
    Switch("hold_mode", "one_way_mode", "Position mode in settings and rows.", ("one_way_mode", "hedge_mode")),
    Switch("page_rows", 100, "Rows on a page at most, however many are asked for; shorter pages go on all the same."),
    Switch("rate_limits", True, "Count requests per second as documented."),
    Switch("idle_cut_ms", 120_000, "A socket that sent no text ping for so long is cut."),
    Switch("ticker_push_ms", 300, "Pause between ticker pushes."),
    Switch("book_push_ms", 100, "Pause between book pushes; shorter at the venue."),
)


def _order(order_id: str, minutes: int, key: str, terms: str, force: str = "gtc", **more: Any) -> StartingOrder:
    """Describe one order of the day.

    Args:
        minutes: its age at the start.
        key: its market, as `CATEGORY:SYMBOL`.
        terms: "side quantity price".
        force: the venue's time in force.
        more: `preset` for attached take profit and stop loss, and other fields of the starting order.
    """
    category, _, symbol = key.partition(":")
    attributes = {"category": category, "force": force, "preset": dict(more.pop("preset", {}))}
    given: dict[str, Any] = {"order_id": order_id, "post_only": force == "post_only", "attributes": attributes}
    return starting(key_for(category, symbol), terms, minutes, **given, **{"still": True, **more})


_PRESET = {
    "takeProfit": "61500.0",
    "stopLoss": "58200.0",
    "tpTriggerBy": "market",
    "slTriggerBy": "mark",
    "tpOrderType": "market",
    "slOrderType": "market",
    "tpLimitPrice": "",
    "slLimitPrice": "",
}

_EXIT: dict[str, Any] = {"client_id": "exit-0003", "ahead": "0.4", "reduce_only": True}
_PARTLY: dict[str, Any] = {"client_id": "1312345650000471912", "filled": "1.3", "ahead": "1.2", "still": False}

#: Oldest first, so that ids rise with time.
ORDERS = (
    _order(
        "1312345600000471706",
        2880,
        f"{USDT}:BTCUSDT",
        "buy 0.0300 57200.0",
        client_id="1312345600000471705",
        filled="0.0300",
    ),
    _order("1312345610000471733", 190, f"{COIN}:BTCUSD_CM", "sell 500 61800.0", client_id="cm-0007"),
    _order("1312345620000471790", 95, f"{USDT}:BTCUSDT", "sell 0.0150 61850.0", **_EXIT),
    _order("1312345630000471811", 72, f"{COIN}:BTCUSD", "buy 0.0100 58500.0", client_id="coin-0001"),
    _order(
        "1312345640000471850",
        55,
        f"{MARGIN}:ETHUSDT",
        "sell 0.8000 3460.00",
        client_id="1312345640000471849",
        ahead="2.5",
    ),
    _order("1312345650000471913", 41, f"{USDT}:ETHUSDT", "sell 4.0000 3412.10", "post_only", **_PARTLY),
    _order("1312345660000471877", 33, f"{USDT}:BTCUSDT", "buy 0.0200 59100.0", client_id="desk_0021", preset=_PRESET),
    _order("1312345670000471880", 20, f"{USDC}:ETHPERP", "sell 0.5000 3455.00", "rpi", client_id="rpi-0001"),
    _order(
        "1312345680000471882",
        12,
        f"{SPOT}:BTCUSDT",
        "buy 0.500000 59840.00",
        client_id="BITGET#1627293504612",
        ahead="0.35",
    ),
)

DAY = StartingBook(
    balances={
        "USDT": Decimal("68250.40"),
        "USDC": Decimal("4000"),
        "BTC": Decimal("0.75"),
        "ETH": Decimal("5.2"),
    },
    orders=ORDERS,
)
