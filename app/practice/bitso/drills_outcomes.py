"""Drills of a practice Bitso in which the outcome is what matters: races, refusals, links, clocks."""

from __future__ import annotations

from app.practice.bitso.drills_orders import BUY, NAMED, REPRICE
from app.practice.core.drill_patterns import late_reading
from app.practice.core.drills import (
    ORDER,
    Cancel,
    Drill,
    Drills,
    NotHere,
    Now,
    Pass,
    Restart,
    Send,
    SendTyped,
    Tell,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)

SAME_ID = NotHere("A modified Bitso order keeps its id, and no message tells of an end and a start.")
ONE_BY_ONE = NotHere("Bitso has no call that modifies several orders; each has a request of its own.")
NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because Bitso modifies orders itself.")
HALVE = Send({"quantity": "0.5"})
ARRIVED = Until((expect("requests", operation="amend", at_least=1),))

OUTCOMES: Drills = {
    3: (
        Drill(
            BUY,
            (fault("fill", "amend", quantity="0.5"), HALVE),
            (
                stage("refused"),
                expect("code", be="0403"),
                row(price="100000", quantity="1", filled="0.5", remaining="0.5"),
            ),
        ),
    ),
    4: (
        Drill(
            BUY,
            (
                Type(HALVE.changes),
                Now((expect("worst_case", says="Until Bitso applies the change the old terms may fill"),)),
                fault("fill", "amend", quantity="0.7"),
                HALVE,
            ),
            (
                stage("refused"),
                expect("code", be="0403"),
                row(price="100000", quantity="1", filled="0.7", remaining="0.3"),
            ),
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
                expect("new_id", given=True),
                expect("ids", count=2),
                expect("history", says=("unknown", "order id", "confirmed")),
                row(price="119000"),
            ),
            case="an undocumented new id, told by the client id alone",
        ),
    ),
    18: NotHere("Bitso sends no private status; whatever the public feed hints at is read before it is believed."),
    19: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="0405", message="The value is too low.", status=200), REPRICE),
            (stage("refused"), expect("code", be="0405"), row(price="100000")),
            case="an error under HTTP 200",
        ),
    ),
    21: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="before_apply", ms=1500),
                REPRICE,
                Until((expect("passed", stages=("written",)),)),
                Cancel(),
            ),
            (
                stage("refused", "overtaken"),
                expect("outcome", says="The order was cancelled"),
                expect("status", be=("cancelled",)),
                expect("requests", operation="cancel", at_least=1, at_most=1),
                expect("never", stages=("confirmed",)),
            ),
        ),
    ),
    37: (
        Drill(
            BUY,
            (
                fault("delay", "amend", ms=800),
                fault("disconnect", "amend", point="request_received"),
                REPRICE,
                ARRIVED,
                fault("http_status", "look_up", count=6, status=503),
                fault("http_status", "list_orders", count=3, status=503),
                Until((stage("unknown"),)),
                Pass(4),
                Now((stage("unknown"), expect("requests", operation="look_up", at_most=10))),
            ),
            (
                stage("not_applied"),
                expect("requests", operation="look_up", at_most=20),
                expect("requests", operation="list_orders", at_most=15),
                expect("link", be="up"),
            ),
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
        Drill(
            BUY,
            (
                Tell("clock", {"skew_ms": -20_000}),
                fault("fill", "amend", quantity="0.25"),
                REPRICE,
            ),
            (
                stage("confirmed"),
                row(price="99000", filled="0.25", remaining="0.75"),
            ),
            case="the venue's clock is set back",
        ),
        late_reading(BUY, "look_up", Tell("foreign/amend", {"order_id": ORDER, "price": "98000"}), {"price": "98000"}),
    ),
    42: (
        Drill(
            BUY,
            (
                # The first numbered message of the book, and what it tells is read.
                Tell("fill", {"order_id": ORDER, "quantity": "0.1"}),
                Until((expect("shows", filled="0.1"),)),
                Pass(1),
                Type({"price": "99000"}),
                Now((expect("sendable"),)),
                fault("delay", "list_orders", ms=1500),
                fault("drop", "push_book", point="before_push", order_id=ORDER),
                fault("drop", "push_trade", point="before_push", order_id=ORDER),
                Tell("fill", {"order_id": ORDER, "quantity": "0.25"}),
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
                expect("requests", operation="amend", at_most=0),
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
                Tell("fill", {"order_id": ORDER, "quantity": "0.25"}),
            ),
            (row(filled="0.25", remaining="0.75"), expect("fills", total="0.25")),
            case="the hint is lost and nothing follows that would show it; the next list finds it",
        ),
    ),
    44: NotHere("A modified Bitso order stays one order; nothing the venue does makes it two."),
    45: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="before_reply", ms=1000),
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Restart(),
                Now((stage("unknown"), expect("outcome", says="ended before the outcome was known"))),
            ),
            (
                expect("passed", stages=("unknown", "confirmed")),
                row(price="99000", quantity="1"),
            ),
            case="the change was made",
        ),
        Drill(
            BUY,
            (
                fault("delay", "amend", ms=1000),
                fault("drop", "amend", point="request_received"),
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Restart(),
            ),
            (
                expect("passed", stages=("unknown", "not_applied")),
                row(price="100000", quantity="1"),
            ),
            case="the request was lost",
        ),
    ),
    47: (
        Drill(
            BUY,
            (fault("expire", "amend", reason="session closed"), REPRICE),
            (
                stage("refused", "overtaken"),
                expect("outcome", says="The order was cancelled"),
                expect("status", be=("cancelled",)),
                expect("never", stages=("confirmed",)),
            ),
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
        Drill(
            BUY,
            (
                fault("delay", "amend", ms=800),
                fault("disconnect", "amend"),
                REPRICE,
                ARRIVED,
                fault("http_status", "look_up", count=0, status=503),
                fault("http_status", "list_orders", count=0, status=503),
                Pass(9),
            ),
            (
                stage("unknown"),
                expect("missing", says="terms"),
                expect("outcome", says="Nothing is resent"),
                expect("stale", be=True),
                expect("exchange", order="{order}", price="99000"),
                expect("shows", price="100000", quantity="1"),
                expect("locked", says="unresolved"),
            ),
            at_rest=False,
        ),
    ),
    50: NO_EMULATION,
    51: NO_EMULATION,
    52: (
        Drill(
            BUY,
            (fault("alter", "amend", price="98500"), REPRICE),
            (
                stage("not_applied"),
                expect("differs", field="price", asked="99000", found="98500"),
                expect("outcome", says="other terms"),
                row(price="98500", quantity="1"),
            ),
        ),
    ),
}
