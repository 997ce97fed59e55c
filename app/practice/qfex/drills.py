"""How a practice QFEX brings each scenario about.

Orders are changed over the trade socket; a change waits for the speed bump, gives the order a new id and is answered by
one message that is receipt and result at once.
"""

from __future__ import annotations

from app.practice.core.drills import ORDER, Drill, Drills, Now, Tell, Until, expect, fault, row, stage
from app.practice.qfex.drills_drafts import DRAFTS
from app.practice.qfex.drills_orders import BOTH_TOLD, BUY, ONE_MESSAGE, REPRICE, SLOWLY
from app.practice.qfex.drills_outcomes import OUTCOMES

DRILLS: Drills = {
    **DRAFTS,
    **OUTCOMES,
    1: (
        Drill(
            BUY,
            (fault("fill", "amend", quantity="0.5"), REPRICE),
            (
                stage("refused"),
                expect("code", be="CANNOT_MODIFY_PARTIAL_FILL"),
                expect("status", be=("partially_filled",)),
                row(price="200.00", quantity="2", filled="0.5", remaining="1.5"),
                expect("fills", total="0.5", price="200.00"),
            ),
            case="the venue refuses partly filled orders",
        ),
        Drill(
            BUY,
            (
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
                Until((expect("shows", filled="0.5", remaining="1.5", price="200"),)),
                Now((stage("written"),)),
            ),
            (
                stage("confirmed"),
                expect("never", stages=("overtaken", "refused", "not_applied")),
                expect("history", says=("written", "filled 0.5", "confirmed")),
                row(price="200.10", quantity="2", filled="0.5", remaining="1.5"),
                expect("fills", total="0.5", price="200.00"),
                expect("ids", count=2),
            ),
            case="the venue takes partly filled orders",
            switches={"allow_partial_modify": True, **SLOWLY},
        ),
    ),
    2: (
        Drill(
            BUY,
            (fault("fill", "amend", quantity="all"), REPRICE),
            (
                stage("refused", "overtaken"),
                expect("outcome", says="The order was filled"),
                expect("status", be=("filled",)),
                row(price="200.00", filled="2"),
            ),
        ),
    ),
    6: (
        Drill(
            BUY,
            (fault("drop", "amend"), REPRICE),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                expect("new_id", given=True),
                expect("ids", count=2),
                row(price="200.10", quantity="2"),
            ),
        ),
    ),
    7: (
        Drill(
            BUY,
            (fault("drop", "amend", point="request_received"), REPRICE),
            (
                expect("passed", stages=("written", "unknown", "not_applied")),
                expect("outcome", says="did not apply"),
                expect("ids", count=1),
                row(price="200.00", quantity="2"),
            ),
        ),
    ),
    8: (
        Drill(
            BUY,
            (
                fault("duplicate", "amend", point="before_reply"),
                REPRICE,
                Until((stage("confirmed"),)),
                fault("duplicate", "push_fill"),
                fault("duplicate", "push_order"),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
            ),
            (
                stage("confirmed"),
                expect("counted", stage="acknowledged", times=2),
                expect("said_once", says="confirmed"),
                expect("ids", count=2),
                expect("said_once", says="filled 0.5 at"),
                expect("fills", total="0.5"),
                row(price="200.10", filled="0.5"),
            ),
        ),
    ),
    9: ONE_MESSAGE,
    10: ONE_MESSAGE,
    11: (
        Drill(
            BUY,
            (REPRICE,),
            (
                stage("confirmed"),
                expect("ids", count=2),
                expect("never_shown", statuses=("cancelled",)),
                row(price="200.10"),
            ),
            switches=BOTH_TOLD,
        ),
    ),
    17: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="FAILED_MARGIN_CHECK"), REPRICE),
            (
                stage("refused"),
                expect("code", be="FAILED_MARGIN_CHECK"),
                expect("status", be=("working",)),
                expect("ids", count=1),
                row(price="200.00", quantity="2"),
            ),
        ),
    ),
    20: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="MOON_PHASE"), REPRICE),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("note", stage="unknown", says="MOON_PHASE"),
                row(price="200.00"),
            ),
        ),
    ),
    36: (
        Drill(
            BUY,
            (
                fault("refuse", "amend", code="RATE_LIMITED"),
                REPRICE,
                Until((stage("refused"), expect("code", be="RATE_LIMITED"), expect("notice", says="leaves for 1 s"))),
                Now((row(price="200.00"),)),
                REPRICE,
                Now((expect("requests", operation="amend", at_most=1), stage("checked", "queued"))),
            ),
            (
                expect("stages", be=(("refused",), ("confirmed",))),
                expect("passed", stages=("queued", "written", "confirmed")),
                expect("apart", operation="amend", at_least_ms=1000),
                row(price="200.10"),
            ),
            case="said by the order's own message",
        ),
        Drill(
            BUY,
            (fault("rate_limit", "amend"), REPRICE),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("note", stage="unknown", says="RateLimited"),
                expect("notice", says="no amendment leaves for 1 s"),
                row(price="200.00"),
            ),
            case="said by an error frame that names no request",
            switches={"null_incoming_message": True},
        ),
    ),
    43: (
        Drill(
            BUY,
            (
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Tell("connections", {"action": "down", "listener": "trade"}),
                Until((stage("unknown"), expect("stale", be=True))),
                Until((expect("exchange", order="{order}", price="200.10"),)),
                Now((stage("unknown"), expect("shows", price="200.00"), expect("sendable", be=False))),
                Tell("connections", {"action": "up", "listener": "trade"}),
            ),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                expect("ids", count=2),
                expect("stale", be=False),
                row(price="200.10"),
            ),
            switches={"bump_ms": 3000},
        ),
    ),
}
