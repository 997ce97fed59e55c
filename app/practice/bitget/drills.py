"""How a practice Bitget brings each scenario about.

The counter answers over HTTP and the engine applies later, so faults strike `in_flight` between the two; what becomes
of a modification is pushed, unless the switch `push_on_amend` is off.
"""

from __future__ import annotations

from app.practice.bitget.drills_drafts import DRAFTS
from app.practice.bitget.drills_orders import BUY, REPRICE, SLOWLY, UNPUSHED
from app.practice.bitget.drills_outcomes import OUTCOMES, SAME_ID
from app.practice.core.drills import ORDER, Drill, Drills, Now, Tell, Until, expect, fault, row, stage

DRILLS: Drills = {
    **DRAFTS,
    **OUTCOMES,
    1: (
        Drill(
            BUY,
            (
                REPRICE,
                Until((expect("passed", stages=("acknowledged",)),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.1"}),
                Until((expect("shows", filled="0.1", remaining="0.4", price="59840"),)),
                Now((stage("acknowledged"), expect("locked", says="unresolved"))),
            ),
            (
                stage("confirmed"),
                expect("never", stages=("overtaken", "refused", "not_applied")),
                expect("history", says=("written", "filled 0.1", "confirmed")),
                row(price="59800", quantity="0.5", filled="0.1", remaining="0.4"),
                expect("fills", total="0.1", price="59840"),
            ),
            switches=SLOWLY,
        ),
    ),
    2: (
        Drill(
            BUY,
            (fault("fill", "amend", point="in_flight", quantity="all"), REPRICE),
            (
                stage("overtaken"),
                expect("outcome", says="filled"),
                expect("status", be=("filled",)),
                row(price="59840", filled="0.5"),
            ),
        ),
    ),
    6: (
        Drill(
            BUY,
            (fault("disconnect", "amend"), REPRICE),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                expect("settled_by", source=("look-up",)),
                row(price="59800", quantity="0.5"),
            ),
            switches=UNPUSHED,
        ),
    ),
    7: (
        Drill(
            BUY,
            (fault("disconnect", "amend", point="request_received"), REPRICE),
            (
                expect("passed", stages=("written", "unknown", "not_applied")),
                expect("outcome", says="did not apply"),
                row(price="59840", quantity="0.5"),
            ),
        ),
    ),
    8: (
        Drill(
            BUY,
            (
                fault("fill", "amend", point="in_flight", quantity="0.1"),
                fault("duplicate", "push_order", count=2),
                fault("duplicate", "push_fill"),
                REPRICE,
            ),
            (
                expect("counted", stage="acknowledged", times=1),
                expect("said_once", says="acknowledged"),
                expect("said_once", says="confirmed"),
                expect("said_once", says="filled 0.1 at"),
                row(price="59800", filled="0.1"),
                expect("fills", total="0.1"),
            ),
            case="every push comes twice; an answer over HTTP cannot",
        ),
    ),
    9: (
        Drill(
            BUY,
            (fault("delay", "amend", point="before_reply", ms=1500), REPRICE),
            (
                expect("passed", stages=("written", "confirmed")),
                expect("never", stages=("acknowledged", "unknown")),
                expect("settled_by", source=("venue push",)),
                expect("history", says=("confirmed", "late answer")),
                row(price="59800"),
            ),
        ),
    ),
    10: (
        Drill(
            BUY,
            (REPRICE,),
            (
                expect("passed", stages=("acknowledged", "confirmed")),
                expect("never", stages=("not_applied", "unknown")),
                expect("settled_by", source=("look-up",)),
                row(price="59800"),
            ),
            switches={**UNPUSHED, **SLOWLY},
        ),
    ),
    11: SAME_ID,
    17: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="25202", message="Insufficient balance"), REPRICE),
            (
                stage("refused"),
                expect("code", be="25202"),
                expect("status", be=("working",)),
                row(price="59840", quantity="0.5"),
            ),
        ),
    ),
    20: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="25999", message="The moon is in the wrong phase"), REPRICE),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("note", stage="unknown", says="25999"),
                expect("note", stage="unknown", says="wrong phase"),
                row(price="59840"),
            ),
        ),
    ),
    36: (
        Drill(
            BUY,
            (
                fault("rate_limit", "amend"),
                REPRICE,
                Until(
                    (stage("refused"), expect("code", be="429"), expect("notice", says="no amendment leaves for 1 s"))
                ),
                Now((row(price="59840"),)),
                REPRICE,
                Now((expect("requests", operation="amend", at_most=1), stage("checked", "queued"))),
            ),
            (
                expect("stages", be=(("refused",), ("confirmed",))),
                expect("passed", stages=("queued", "written", "confirmed")),
                expect("apart", operation="amend", at_least_ms=1000),
                row(price="59800"),
            ),
        ),
    ),
    43: (
        Drill(
            BUY,
            (
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Tell("connections", {"action": "down"}),
                Until((expect("stale", be=True),)),
                Until((expect("exchange", order="{order}", price="59800"),)),
                Now((stage("acknowledged", "unknown"), expect("shows", price="59840"), expect("sendable", be=False))),
                Tell("connections", {"action": "up"}),
            ),
            (
                expect("passed", stages=("written", "confirmed")),
                expect("stale", be=False),
                row(price="59800"),
            ),
            switches={"engine_delay_ms": 3000},
        ),
    ),
}
