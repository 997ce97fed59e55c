"""Drills of a practice AlphaPoint about replacements: a new order with a new id, and the end of the old one."""

from __future__ import annotations

from app.practice.alphapoint.drills_orders import BUY, PARTLY, REPLACE, SELL, SLOWLY
from app.practice.core.drills import (
    NEWEST,
    NOW,
    ORDER,
    Cancel,
    Drill,
    Drills,
    Now,
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

NEVER_DEAD = expect("never_shown", statuses=("cancelled",))

LEGS: Drills = {
    12: (
        Drill(
            BUY,
            (REPLACE,),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="95100", quantity="1")),
            case="the end of the old order first",
        ),
        Drill(
            BUY,
            (fault("reorder", "push_order"), REPLACE),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="95100", quantity="1")),
            case="the new order first",
        ),
    ),
    13: (
        Drill(
            BUY,
            (
                fault("drop", "push_order", point="before_push", skip=1),
                REPLACE,
                Until((expect("exchange", order=ORDER, status="cancelled"),)),
                Tell("fill", {"order_id": NEWEST, "quantity": "0.3"}),
            ),
            (
                stage("confirmed"),
                expect("ids", count=2),
                row(price="95100", quantity="1", filled="0.3"),
                expect("fills", total="0.3", order=NOW, price="95100"),
            ),
        ),
    ),
    14: (
        Drill(
            BUY,
            (
                REPLACE,
                Until((expect("passed", stages=("acknowledged",)),)),
                fault("delay", "push_fill", point="before_push", ms=3000),
                fault("delay", "push_order", point="before_push", ms=3000),
                Tell("fill", {"order_id": ORDER, "quantity": "0.2"}),
                Until((stage("confirmed"),)),
            ),
            (
                expect("ids", count=2),
                expect("fills", total="0.2", order=ORDER, price="95000"),
                row(price="95100", quantity="1", filled="0"),
            ),
            switches=SLOWLY,
        ),
    ),
    15: (
        Drill(
            BUY,
            (REPLACE, Until((expect("exchange", order=ORDER, status="cancelled"),))),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="95100", quantity="1")),
            case="for three seconds neither order is open",
            switches={"replace_mode": "cancel_first", "replace_gap_ms": 3000},
        ),
    ),
    16: (
        Drill(
            BUY,
            (fault("disconnect", "replace"), REPLACE),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                expect("new_id", given=True),
                expect("ids", count=2),
                expect("history", says=("unknown", "order id", "confirmed")),
                row(price="95100", quantity="1"),
            ),
            case="the answer with the ids is lost, and events name no original",
            switches={"event_shape": "short"},
        ),
    ),
    44: (
        Drill(
            SELL,
            (
                Send({"price": "98800"}, route="replace"),
                Until((expect("rows", count=1, price="98800"), expect("rows", count=1, price="98900"))),
                Now((expect("never", stages=("confirmed",)),)),
                Until((stage("refused"),)),
                Cancel(),
                Until((expect("status", be=("cancelled",)),)),
            ),
            (expect("notice", says="Two working orders"), expect("never", stages=("confirmed",))),
            switches={"replace_mode": "both_kept"},
        ),
    ),
    50: (
        Drill(
            BUY,
            (
                Now((expect("route", name="replace", queue="lost", opt_in=True),)),
                REPLACE,
            ),
            (
                stage("overtaken", "refused"),
                expect("outcome", says="Not_Enough_Funds"),
                expect("status", be=("cancelled",)),
                expect("never", stages=("confirmed",)),
            ),
            switches={"replace_mode": "new_rejected"},
        ),
    ),
    51: (
        Drill(
            PARTLY,
            (
                Type({"price": "99400"}, route="replace"),
                Now(
                    (
                        expect("route", name="replace", queue="lost", opt_in=True),
                        expect("line", label="Remaining", now="1", after="1"),
                        expect("caution", says="are not taken off the new one"),
                    )
                ),
                SendTyped(),
            ),
            (
                stage("confirmed"),
                row(price="99400", quantity="1", filled="0", remaining="1"),
                expect("exchange", order=ORDER, status="cancelled", filled="0.2"),
            ),
        ),
    ),
    34: (
        Drill(
            BUY,
            (
                Type({"price": "97000", "quantity": "0.7"}, route="replace"),
                Now(
                    (
                        expect("sendable"),
                        expect("forecast", locked_now="95000", locked_peak="162900", locked_after="67900"),
                    )
                ),
                SendTyped(),
            ),
            (stage("confirmed"), row(price="97000", quantity="0.7"), expect("balances")),
            case="the peak fits",
            switches={"replace_hold": "after"},
        ),
        Drill(
            BUY,
            (
                Type({"price": "97000"}, route="replace"),
                Now((expect("caution", says="the venue may refuse it"),)),
                SendTyped(),
            ),
            (
                stage("refused"),
                expect("outcome", says="Not_Enough_Funds"),
                expect("status", be=("working",)),
                row(price="95000", quantity="1"),
            ),
            case="the peak does not fit",
            switches={"replace_hold": "after"},
        ),
    ),
    33: (
        Drill(
            BUY,
            (
                Type({"price": "97000", "quantity": "1.6"}, route="replace"),
                Now((expect("sendable"), expect("more_than_available"))),
                Send({"price": "97000", "quantity": "1.6"}, route="replace"),
            ),
            (stage("confirmed"), row(price="97000", quantity="1.6"), expect("balances")),
        ),
    ),
}
