"""Drills of a practice Bitso in which the outcome is what matters: races, refusals, links, clocks."""

from __future__ import annotations

from app.drills.language import (
    ORDER,
    Drill,
    Drills,
    NotHere,
    Now,
    Pass,
    Send,
    SendTyped,
    Tell,
    Type,
    Until,
    arrived,
    expect,
    fault,
    fill,
    reached,
    row,
    stage,
    unsent,
)
from app.drills.patterns import answers, around, away, lineage, races, sequence
from app.drills.venues.bitso.orders import BUY, NAMED, REPRICE

SAME_ID = NotHere("A modified Bitso order keeps its id, and no message tells of an end and a start.")
ONE_BY_ONE = NotHere("Bitso has no call that modifies several orders; each has a request of its own.")
NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because Bitso modifies orders itself.")
AS_IT_WAS = {"price": "100000", "quantity": "1"}
HALVE = Send({"quantity": "0.5"})

OUTCOMES: Drills = {
    3: (
        races.fill_in_flight(
            BUY,
            HALVE,
            answers.refusal("0403", {**AS_IT_WAS, "filled": "0.5", "remaining": "0.5"}),
            before=(fault("fill", "amend", quantity="0.5"),),
        ),
    ),
    4: (
        races.fill_in_flight(
            BUY,
            HALVE,
            answers.refusal("0403", {**AS_IT_WAS, "filled": "0.7", "remaining": "0.3"}),
            warned="Until Bitso applies the change the old terms may fill",
            before=(fault("fill", "amend", quantity="0.7"),),
        ),
    ),
    12: SAME_ID,
    13: SAME_ID,
    14: SAME_ID,
    15: SAME_ID,
    16: (
        Drill(
            NAMED,
            (fault("new_id", "amend"), fault("disconnect", "amend"), Send({"price": "119000"})),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                *lineage.FOUND_BY_ITSELF,
                row(price="119000"),
            ),
            case="an undocumented new id, told by the client id alone",
        ),
    ),
    18: (
        around.short_pages(
            BUY,
            REPRICE,
            {"price": "99000", "quantity": "1"},
            expect("requests", operation="look_up", at_least=1),
            cut=(Tell("switches", {"list_rows": 3}), Pass(3)),
            lists=4,
            case="a list is cut without a word",
        ),
    ),
    19: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="0405", message="The value is too low.", status=200), REPRICE),
            answers.refusal("0405", {"price": "100000"}),
            case="an error under HTTP 200",
        ),
    ),
    21: (
        races.cancelled_in_flight(
            BUY,
            (fault("delay", "amend", point="before_apply", ms=3000), REPRICE, reached("written")),
            "The order was cancelled",
            expect("never", stages=("confirmed",)),
            stages=("refused", "overtaken"),
            case="by us",
        ),
        around.strangers_cancel(BUY, REPRICE, expect("never", stages=("confirmed",))),
        around.strangers_cancel(
            BUY,
            REPRICE,
            expect("never", stages=("confirmed",)),
            expect("code", be="1701"),
            case="another session cancels it, and 1701 says so",
            switches={"modify_codes": "17"},
        ),
    ),
    37: (
        away.no_readings(
            BUY,
            fault("delay", "amend", ms=800),
            REPRICE,
            (
                fault("http_status", "look_up", count=6, status=503),
                fault("http_status", "list_orders", count=3, status=503),
            ),
            4,
            10,
            {"look_up": 20, "list_orders": 15},
        ),
    ),
    38: ONE_BY_ONE,
    39: ONE_BY_ONE,
    40: (
        Drill(
            BUY,
            (Tell("clock", {"skew_ms": 300_000}), Pass(3), REPRICE),
            (stage("confirmed"), expect("notice", says="clock"), row(price="99000")),
        ),
    ),
    41: (
        sequence.clock_set_back(
            BUY,
            20_000,
            (fault("fill", "amend", quantity="0.25"), REPRICE),
            {"price": "99000", "filled": "0.25", "remaining": "0.75"},
        ),
        sequence.late_reading(
            BUY, "look_up", Tell("foreign/amend", {"order_id": ORDER, "price": "98000"}), {"price": "98000"}
        ),
    ),
    42: (
        Drill(
            BUY,
            (
                # The first numbered message of the book, and what it tells is read.
                fill("0.1"),
                Until((expect("shows", filled="0.1"),)),
                Pass(1),
                Type({"price": "99000"}),
                Now((expect("sendable"),)),
                fault("delay", "list_orders", ms=1500),
                fault("drop", "push_book", point="before_push", order_id=ORDER),
                fault("drop", "push_trade", point="before_push", order_id=ORDER),
                fill("0.25"),
                # Somebody else's order moves, and its number shows the gap.
                Tell("trade", {"symbol": "btc_usd", "side": "buy", "price": "134000"}),
                Until((expect("link", be="stale", says="missing from Bitso's feed"), expect("stale", be=True))),
                SendTyped(blocked="connection to Bitso is"),
                Now((expect("shows", filled="0.1"),)),
            ),
            (
                expect("links", be=("stale", "up"), says="missing from Bitso's feed of btc_usd"),
                expect("link", be="up"),
                expect("stale", be=False),
                row(filled="0.35", remaining="0.65"),
                expect("fills", total="0.35"),
                *unsent("amend"),
                expect("requests", operation="list_orders", at_least=3, at_most=6),
            ),
            case="the numbers of the public feed show that hints were lost",
            account={"poll_every_s": "600"},
        ),
        Drill(
            BUY,
            (
                fault("drop", "push_book", point="before_push", order_id=ORDER),
                fault("drop", "push_trade", point="before_push", order_id=ORDER),
                fill("0.25"),
            ),
            (row(filled="0.25", remaining="0.75"), expect("fills", total="0.25")),
            case="the hint is lost and nothing follows that would show it; the next list finds it",
        ),
    ),
    44: NotHere("A modified Bitso order stays one order; nothing the venue does makes it two."),
    45: (
        away.restarts(
            BUY,
            REPRICE,
            {"price": "99000", "quantity": "1"},
            before=(fault("delay", "amend", point="before_reply", ms=1000),),
            case="the change was made",
        ),
        away.restarts_in_vain(BUY, REPRICE, AS_IT_WAS, before=(fault("delay", "amend", ms=1000),)),
    ),
    47: (
        races.overtaken(
            BUY,
            (fault("expire", "amend", reason="session closed"), REPRICE),
            ("The order was cancelled",),
            ("cancelled",),
            expect("never", stages=("confirmed",)),
            stages=("refused", "overtaken"),
        ),
    ),
    48: (
        Drill(
            BUY,
            (fault("fill", "amend", quantity="0.5"), Send({"quantity": "0.5", "on_failure": "cancel"})),
            (
                stage("overtaken"),
                # Bitso tells no terms of an ended order, so that the change failed before is not proven.
                expect("outcome", says="The order was cancelled"),
                expect("missing", says="whether the change took effect"),
                expect("never", stages=("confirmed", "refused")),
                expect("status", be=("cancelled",)),
                row(price="100000", filled="0.5"),
            ),
        ),
    ),
    49: (
        away.never_learnt(
            BUY,
            (
                fault("delay", "amend", ms=800),
                fault("disconnect", "amend"),
                REPRICE,
                arrived(),
                fault("http_status", "look_up", count=0, status=503),
                fault("http_status", "list_orders", count=0, status=503),
                Pass(9),
            ),
            {"price": "99000"},
            AS_IT_WAS,
            expect("stale", be=True),
        ),
    ),
    50: NO_EMULATION,
    51: NO_EMULATION,
    52: (answers.other_terms(BUY, REPRICE, "price", "98500", {"price": "98500", "quantity": "1"}),),
}
