"""Drills of a practice QFEX in which the outcome is what matters: races, new ids, refusals, links, clocks."""

from __future__ import annotations

from app.practice.core.drill_patterns import late_reading
from app.practice.core.drills import (
    NOW,
    ORDER,
    Cancel,
    Drill,
    Drills,
    NotHere,
    Now,
    Pass,
    Restart,
    Send,
    Tell,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)
from app.practice.qfex.drills_orders import BOTH_TOLD, BUY, HALVE, NAMED, REPRICE, SLOWLY

NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because QFEX modifies orders itself.")
ONE_BY_ONE = NotHere("QFEX has no command that modifies several orders; each has a message of its own.")
NEVER_DEAD = expect("never_shown", statuses=("cancelled",))

OUTCOMES: Drills = {
    3: (
        Drill(
            BUY,
            (fault("fill", "amend", quantity="1"), HALVE),
            (
                stage("refused"),
                expect("code", be="CANNOT_MODIFY_PARTIAL_FILL"),
                row(quantity="2", filled="1", remaining="1"),
            ),
        ),
    ),
    4: (
        Drill(
            BUY,
            (
                Type(HALVE.changes),
                Now((expect("worst_case", says="Any fill before it lands makes QFEX refuse it"),)),
                fault("fill", "amend", quantity="1.5"),
                HALVE,
            ),
            (
                stage("refused"),
                expect("code", be="CANNOT_MODIFY_PARTIAL_FILL"),
                row(quantity="2", filled="1.5", remaining="0.5"),
            ),
        ),
    ),
    12: (
        Drill(
            BUY,
            (REPRICE,),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="200.10")),
            case="the end of the old id first",
            switches=BOTH_TOLD,
        ),
        Drill(
            BUY,
            (fault("reorder", "amend", point="before_reply"), REPRICE),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="200.10")),
            case="the new id first",
            switches=BOTH_TOLD,
        ),
    ),
    13: (
        Drill(
            BUY,
            (
                fault("drop", "amend"),
                REPRICE,
                Until((expect("exchange", order=ORDER, price="200.10"),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
            ),
            (
                stage("confirmed"),
                expect("ids", count=2),
                row(price="200.10", filled="0.5", remaining="1.5"),
                expect("fills", total="0.5", order=NOW),
            ),
        ),
    ),
    14: (
        Drill(
            BUY,
            (
                fault("fill", "amend", quantity="0.5"),
                fault("delay", "push_fill", point="before_push", ms=2000),
                fault("delay", "push_order", point="before_push", ms=2000),
                REPRICE,
                Until((stage("confirmed"),)),
            ),
            (
                expect("ids", count=2),
                expect("fills", total="0.5", order=ORDER, price="200.00"),
                row(price="200.10", quantity="2", filled="0.5", remaining="1.5"),
            ),
            switches={"allow_partial_modify": True},
        ),
    ),
    15: (
        Drill(
            BUY,
            (fault("drop", "amend", skip=1), REPRICE),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="200.10")),
            case="the new id is never announced; the list has it",
            switches=BOTH_TOLD,
        ),
    ),
    16: (
        Drill(
            NAMED,
            (Send({"price": "159.50"}),),
            (stage("confirmed"), expect("new_id", given=True), expect("ids", count=2), row(price="159.50")),
            case="answered",
            switches={"drop_client_id": True},
        ),
        Drill(
            NAMED,
            (fault("drop", "amend"), Send({"price": "159.50"})),
            (
                expect("passed", stages=("unknown", "confirmed")),
                expect("new_id", given=True),
                expect("ids", count=2),
                expect("history", says=("unknown", "order id", "confirmed")),
                row(price="159.50"),
            ),
            case="the answer is lost too",
            switches={"drop_client_id": True},
        ),
    ),
    18: (
        Drill(
            BUY,
            (fault("unknown_status", "push_order", text="CANCELLED"), REPRICE),
            (stage("confirmed"), expect("ids", count=2), NEVER_DEAD, row(price="200.10")),
        ),
    ),
    19: (
        Drill(
            BUY,
            (fault("rate_limit", "amend"), REPRICE),
            (stage("refused"), expect("code", be="RateLimited"), row(price="200.00")),
            case="an error frame instead of an order message",
        ),
    ),
    21: (
        Drill(
            BUY,
            (REPRICE, Until((expect("passed", stages=("written",)),)), Cancel()),
            (
                stage("refused", "overtaken"),
                expect("outcome", says="The order was cancelled"),
                expect("status", be=("cancelled",)),
                expect("requests", operation="cancel", at_least=1, at_most=1),
            ),
            switches=SLOWLY,
        ),
    ),
    37: (
        Drill(
            BUY,
            (
                fault("drop", "list_orders"),
                fault("drop", "amend", point="request_received"),
                REPRICE,
                Pass(6),
                Now((stage("unknown"), expect("requests", operation="list_orders", at_most=8))),
            ),
            (stage("not_applied"), expect("requests", operation="list_orders", at_most=20), expect("link", be="up")),
        ),
    ),
    38: ONE_BY_ONE,
    39: ONE_BY_ONE,
    40: (
        Drill(
            BUY,
            (
                Tell("clock", {"skew_ms": 300_000}),
                Tell("connections", {"action": "cut", "listener": "trade"}),
                Until((expect("stale", be=True),)),
                Until((expect("link", be="up"), expect("stale", be=False))),
                REPRICE,
            ),
            (stage("confirmed"), expect("notice", says="clock is"), row(price="200.10")),
        ),
    ),
    41: (
        Drill(
            BUY,
            (Tell("clock", {"skew_ms": -10_000}), REPRICE, Until((stage("confirmed"),)), Send({"price": "200.20"})),
            (stage("confirmed"), expect("ids", count=3), row(price="200.20")),
            case="the venue's clock is set back",
        ),
        Drill(
            BUY,
            (
                fault("delay", "push_order", point="before_push", ms=1200),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
                Until((expect("shows", filled="1"),)),
                Pass(1.5),
                Now((expect("shows", filled="1"),)),
            ),
            (row(filled="1", remaining="1"), expect("fills", total="1")),
            case="two fills are told the wrong way round",
        ),
        late_reading(
            BUY,
            "list_orders",
            Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
            {"filled": "0.5"},
        ),
    ),
    42: NotHere("The frames of QFEX's trade socket carry no numbers; that one is missing cannot be seen."),
    44: NotHere("QFEX replaces an order in one stroke; nothing it does leaves two."),
    45: (
        Drill(
            BUY,
            (
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Restart(),
                Now((stage("unknown"), expect("outcome", says="ended before the outcome was known"))),
            ),
            (
                expect("passed", stages=("unknown", "confirmed")),
                expect("ids", count=2),
                row(price="200.10", quantity="2"),
            ),
            case="the change is made while the program is away",
            switches=SLOWLY,
        ),
        Drill(
            BUY,
            (
                fault("drop", "amend", point="request_received"),
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Restart(),
            ),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("ids", count=1),
                row(price="200.00", quantity="2"),
            ),
            case="the request was lost",
        ),
    ),
    46: NotHere(
        "QFEX documents modify_stop_order; the ticket does not amend stop orders, only shows and cancels them, because "
        "QFEX's documents disagree on the fields of that command and on what answers it."
    ),
    47: (
        Drill(
            BUY,
            (fault("expire", "amend", reason="session closed"), REPRICE),
            (
                stage("refused", "overtaken"),
                expect("outcome", says="The order was cancelled"),
                expect("status", be=("cancelled", "expired")),
            ),
        ),
    ),
    48: NotHere("QFEX has no option that cancels an order whose change fails."),
    49: (
        Drill(
            BUY,
            (
                fault("drop", "amend"),
                fault("drop", "list_orders", count=0),
                REPRICE,
                Pass(8),
            ),
            (
                stage("unknown"),
                expect("missing", says="terms"),
                expect("outcome", says="Nothing is resent"),
                expect("exchange", order=ORDER, price="200.10"),
                expect("shows", price="200.00", quantity="2"),
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
            (fault("alter", "amend", price="200.05"), REPRICE),
            (
                stage("not_applied"),
                expect("differs", field="price", asked="200.10", found="200.05"),
                expect("outcome", says="other terms"),
                expect("ids", count=2),
                row(price="200.05"),
            ),
        ),
    ),
}
