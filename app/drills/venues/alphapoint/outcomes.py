"""Drills of a practice AlphaPoint in which the outcome is what matters: races, refusals, links, clocks."""

from __future__ import annotations

from app.drills.language import (
    ORDER,
    Drill,
    Drills,
    NotHere,
    Now,
    Pass,
    Tell,
    Until,
    arrived,
    expect,
    fault,
    fill,
    reached,
    row,
    stage,
)
from app.drills.patterns import answers, around, away, lineage, races, sequence
from app.drills.venues.alphapoint.orders import BUY, REDUCE, REPLACE, SLOWLY

ONE_BY_ONE = NotHere(
    "AlphaPoint v4 has SendCancelReplaceList; the ticket does not use it, because what it answers for each row is not "
    "documented, and sends one by one."
)
#: The receipt is there, and the effect is not.
RECEIVED = reached("acknowledged")

OUTCOMES: Drills = {
    3: (
        races.fill_in_flight(
            BUY,
            REDUCE,
            (stage("not_applied"), row(quantity="1", filled="0.4", remaining="0.6")),
            after=(RECEIVED, fill("0.4")),
            case="what remains is what was asked for, so nothing is reduced",
            switches=SLOWLY,
        ),
    ),
    4: (
        races.fill_in_flight(
            BUY,
            REDUCE,
            (stage("not_applied"), row(quantity="1", filled="0.5", remaining="0.5")),
            warned="all of the remaining 1 may still fill",
            after=(RECEIVED, fill("0.5")),
            switches=SLOWLY,
        ),
    ),
    18: (
        lineage.said_cancelled(BUY, REDUCE, "Canceled", {"quantity": "0.6"}, case="an event"),
        around.short_pages(
            BUY,
            REDUCE,
            {"price": "95000", "quantity": "0.6"},
            cut=(
                fault("omit_rows", "list_orders", count=0, rows=[0, 1, 2]),
                Tell("connections", {"action": "cut", "listener": "ws"}),
            ),
            lists=2,
            case="a list leaves orders out",
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
        races.cancelled_in_flight(
            BUY,
            (fault("late_effect", "amend", ms=4000), REDUCE, RECEIVED),
            "The order was cancelled",
            expect("exchange", order=ORDER, quantity="1"),
            case="by us",
        ),
        around.strangers_cancel(BUY, REDUCE, expect("never", stages=("confirmed",))),
    ),
    37: (
        away.no_readings(
            BUY,
            fault("delay", "amend", point="request_received", ms=800),
            REDUCE,
            (fault("rate_limit", "look_up"),),
            3,
            6,
            {"look_up": 15},
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
                fill("0.2"),
                Until((stage("confirmed"), expect("shows", quantity="0.8", filled="0.2"))),
                Pass(1.5),
                Now((expect("shows", quantity="0.8", filled="0.2"),)),
            ),
            (stage("confirmed"), row(quantity="0.8", filled="0.2", remaining="0.6")),
            case="events overtake one another",
            switches=SLOWLY,
        ),
        sequence.clock_set_back(BUY, 60_000, (REDUCE,), {"quantity": "0.6"}),
        sequence.late_reading(
            BUY, "look_up", fill("0.2"), {"filled": "0.2"}, fault("drop", "push_order", point="before_push")
        ),
    ),
    42: NotHere("AlphaPoint's events carry no number that counts them; that one is missing cannot be seen."),
    45: (
        away.restarts(
            BUY,
            REDUCE,
            {"price": "95000", "quantity": "0.6"},
            case="a reduction takes effect while the program is away",
            switches=SLOWLY,
        ),
        away.restarts(
            BUY,
            REPLACE,
            {"price": "95100", "quantity": "1"},
            lineage.TWO_IDS,
            operation="replace",
            case="a replacement takes effect while the program is away",
            switches=SLOWLY,
        ),
        away.restarts_in_vain(BUY, REDUCE, {"price": "95000", "quantity": "1"}),
    ),
    46: NotHere(
        "No call of AlphaPoint changes the trigger price of a stop order; the ticket only reduces one, by consent."
    ),
    47: (
        races.overtaken(
            BUY,
            (REDUCE, RECEIVED, Tell("expire", {"order_id": ORDER, "reason": "session closed"})),
            ("no change was made",),
            ("expired", "cancelled"),
            switches=SLOWLY,
        ),
    ),
    48: NotHere("AlphaPoint has no option that cancels an order whose change fails."),
    49: (
        away.never_learnt(
            BUY,
            (
                fault("delay", "amend", point="request_received", ms=800),
                fault("drop", "amend"),
                REDUCE,
                arrived(),
                fault("drop", "push_order", point="before_push", count=0),
                fault("drop", "look_up", count=0),
                Pass(12),
            ),
            {"quantity": "0.6"},
            {"price": "95000", "quantity": "1"},
            locked="not settled yet",
        ),
    ),
    52: (answers.other_terms(BUY, REDUCE, "quantity", "0.7", {"quantity": "0.7"}, says="not to the 0.6 requested"),),
}
