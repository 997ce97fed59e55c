"""Drills of a practice AlphaPoint in which the outcome is what matters: races, refusals, links, clocks."""

from __future__ import annotations

from app.practice.alphapoint.drills_orders import BUY, REDUCE, REPLACE, SLOWLY
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
    Tell,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)

ONE_BY_ONE = NotHere(
    "AlphaPoint v4 has SendCancelReplaceList; the ticket does not use it, because what it answers for each row is not "
    "documented, and sends one by one."
)
RECEIVED = Until((expect("passed", stages=("acknowledged",)),))
ARRIVED = Until((expect("requests", operation="amend", at_least=1),))

OUTCOMES: Drills = {
    3: (
        Drill(
            BUY,
            (REDUCE, RECEIVED, Tell("fill", {"order_id": ORDER, "quantity": "0.4"})),
            (stage("not_applied"), row(quantity="1", filled="0.4", remaining="0.6")),
            case="what remains is what was asked for, so nothing is reduced",
            switches=SLOWLY,
        ),
    ),
    4: (
        Drill(
            BUY,
            (
                Type(REDUCE.changes),
                Now((expect("worst_case", says="all of the remaining 1 may still fill"),)),
                REDUCE,
                RECEIVED,
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
            ),
            (stage("not_applied"), row(quantity="1", filled="0.5", remaining="0.5")),
            switches=SLOWLY,
        ),
    ),
    18: (
        Drill(
            BUY,
            (fault("unknown_status", "push_order", text="Canceled"), REDUCE),
            (
                stage("confirmed"),
                expect("never_shown", statuses=("cancelled",)),
                row(quantity="0.6"),
            ),
        ),
    ),
    19: (
        Drill(
            BUY,
            (
                fault("silent_failure", "amend"),
                fault("venue", "amend", point="before_reply", name="error_text", text="Endpoint Not Found"),
                REDUCE,
            ),
            (stage("refused"), expect("outcome", says="does not offer the function"), row(quantity="1")),
            case="plain text in an error frame",
        ),
    ),
    21: (
        Drill(
            BUY,
            (fault("late_effect", "amend", ms=4000), REDUCE, RECEIVED, Cancel()),
            (
                stage("overtaken"),
                expect("outcome", says="The order was cancelled"),
                expect("status", be=("cancelled",)),
                expect("requests", operation="cancel", at_least=1, at_most=1),
                expect("exchange", order=ORDER, quantity="1"),
            ),
        ),
    ),
    37: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="request_received", ms=800),
                fault("disconnect", "amend", point="request_received"),
                REDUCE,
                ARRIVED,
                fault("rate_limit", "look_up"),
                Until((stage("unknown"),)),
                Pass(3),
                Now((stage("unknown"), expect("requests", operation="look_up", at_most=6))),
            ),
            (stage("not_applied"), expect("requests", operation="look_up", at_most=15), expect("link", be="up")),
        ),
    ),
    38: ONE_BY_ONE,
    39: ONE_BY_ONE,
    40: (
        Drill(
            BUY,
            (
                Tell("clock", {"skew_ms": 300_000}),
                Tell("connections", {"action": "cut", "listener": "ws"}),
            ),
            (expect("link", be="refused", says="refused the login"), expect("stale", be=True)),
            switches={"nonce_window_ms": 30_000},
        ),
    ),
    41: (
        Drill(
            BUY,
            (
                REDUCE,
                RECEIVED,
                # The event of the fill comes a second after that of the reduction.
                fault("delay", "push_order", point="before_push", ms=2500),
                Tell("fill", {"order_id": ORDER, "quantity": "0.2"}),
                Until((stage("confirmed"), expect("shows", quantity="0.8", filled="0.2"))),
                Pass(1.5),
                Now((expect("shows", quantity="0.8", filled="0.2"),)),
            ),
            (stage("confirmed"), row(quantity="0.8", filled="0.2", remaining="0.6")),
            case="events overtake one another",
            switches=SLOWLY,
        ),
        Drill(
            BUY,
            (Tell("clock", {"skew_ms": -60_000}), REDUCE),
            (stage("confirmed"), row(quantity="0.6")),
            case="the venue's clock is set back",
        ),
        late_reading(
            BUY,
            "look_up",
            Tell("fill", {"order_id": ORDER, "quantity": "0.2"}),
            {"filled": "0.2"},
            fault("drop", "push_order", point="before_push"),
        ),
    ),
    42: NotHere("AlphaPoint's events carry no number that counts them; that one is missing cannot be seen."),
    45: (
        Drill(
            BUY,
            (
                REDUCE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Restart(),
                Now((stage("unknown"), expect("outcome", says="ended before the outcome was known"))),
            ),
            (
                expect("passed", stages=("unknown", "confirmed")),
                row(price="95000", quantity="0.6"),
            ),
            case="a reduction takes effect while the program is away",
            switches=SLOWLY,
        ),
        Drill(
            BUY,
            (
                REPLACE,
                Until((expect("requests", operation="replace", at_least=1),)),
                Restart(),
                Now((stage("unknown"), expect("outcome", says="ended before the outcome was known"))),
            ),
            (
                expect("passed", stages=("unknown", "confirmed")),
                expect("ids", count=2),
                row(price="95100", quantity="1"),
            ),
            case="a replacement takes effect while the program is away",
            switches=SLOWLY,
        ),
        Drill(
            BUY,
            (
                fault("drop", "amend", point="request_received"),
                REDUCE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Restart(),
            ),
            (
                expect("passed", stages=("unknown", "not_applied")),
                row(price="95000", quantity="1"),
            ),
            case="the request was lost",
        ),
    ),
    46: NotHere(
        "The ticket does not amend AlphaPoint's stop orders, because it is not documented what a change does to one."
    ),
    47: (
        Drill(
            BUY,
            (REDUCE, RECEIVED, Tell("expire", {"order_id": ORDER, "reason": "session closed"})),
            (
                stage("overtaken"),
                expect("outcome", says="no change was made"),
                expect("status", be=("expired", "cancelled")),
            ),
            switches=SLOWLY,
        ),
    ),
    48: NotHere("AlphaPoint has no option that cancels an order whose change fails."),
    49: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="request_received", ms=800),
                fault("drop", "amend"),
                REDUCE,
                ARRIVED,
                fault("drop", "push_order", point="before_push", count=0),
                fault("drop", "look_up", count=0),
                Pass(12),
            ),
            (
                stage("unknown"),
                expect("missing", says="terms"),
                expect("outcome", says="Nothing is resent"),
                expect("exchange", order=ORDER, quantity="0.6"),
                expect("shows", price="95000", quantity="1"),
                expect("locked", says="not settled yet"),
            ),
            at_rest=False,
        ),
    ),
    52: (
        Drill(
            BUY,
            (fault("alter", "amend", quantity="0.7"), REDUCE),
            (
                stage("not_applied"),
                expect("differs", field="quantity", asked="0.6", found="0.7"),
                expect("outcome", says="not to the 0.6 requested"),
                row(quantity="0.7"),
            ),
        ),
    ),
}
