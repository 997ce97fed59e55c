"""How a practice AlphaPoint brings each scenario about.

The answer is a receipt and the effect comes `effect_delay_ms` later, told by an event. Orders are reduced in place, or
replaced by a new one of another id.
"""

from __future__ import annotations

from app.practice.alphapoint.drills_drafts import DRAFTS
from app.practice.alphapoint.drills_legs import LEGS
from app.practice.alphapoint.drills_orders import BUY, REDUCE, REPLACE, SLOWLY
from app.practice.alphapoint.drills_outcomes import OUTCOMES
from app.practice.core.drills import ORDER, Drill, Drills, Now, Tell, Until, expect, fault, row, stage

DRILLS: Drills = {
    **DRAFTS,
    **LEGS,
    **OUTCOMES,
    1: (
        Drill(
            BUY,
            (
                REDUCE,
                Until((expect("passed", stages=("acknowledged",)),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.2"}),
                Until((expect("shows", filled="0.2", remaining="0.8", price="95000"),)),
                Now((stage("acknowledged"), expect("locked", says="not settled yet"))),
            ),
            (
                stage("confirmed"),
                expect("never", stages=("overtaken", "refused", "not_applied")),
                expect("history", says=("acknowledged", "filled 0.2", "confirmed")),
                row(price="95000", quantity="0.8", filled="0.2", remaining="0.6"),
                expect("fills", total="0.2", price="95000"),
            ),
            switches=SLOWLY,
        ),
    ),
    2: (
        Drill(
            BUY,
            (
                REDUCE,
                Until((expect("passed", stages=("acknowledged",)),)),
                Tell("fill", {"order_id": ORDER, "quantity": "1"}),
            ),
            (
                stage("overtaken"),
                expect("outcome", says="filled"),
                expect("status", be=("filled",)),
                row(price="95000", filled="1"),
            ),
            switches=SLOWLY,
        ),
    ),
    6: (
        Drill(
            BUY,
            (fault("disconnect", "amend"), REDUCE),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                row(price="95000", quantity="0.6", remaining="0.6"),
            ),
        ),
    ),
    7: (
        Drill(
            BUY,
            (fault("disconnect", "amend", point="request_received"), REDUCE),
            (
                expect("passed", stages=("written", "unknown", "not_applied")),
                row(price="95000", quantity="1"),
            ),
        ),
    ),
    8: (
        Drill(
            BUY,
            (
                fault("duplicate", "amend", point="before_reply"),
                REDUCE,
                Until((stage("confirmed"),)),
                fault("duplicate", "push_fill"),
                fault("duplicate", "push_order"),
                Tell("fill", {"order_id": ORDER, "quantity": "0.2"}),
            ),
            (
                stage("confirmed"),
                expect("counted", stage="acknowledged", times=2),
                expect("said_once", says="confirmed"),
                expect("said_once", says="filled 0.2 at"),
                expect("fills", total="0.2"),
                row(quantity="0.6", filled="0.2"),
            ),
        ),
    ),
    9: (
        Drill(
            BUY,
            (fault("delay", "amend", point="before_reply", ms=1500), REDUCE),
            (
                expect("passed", stages=("written", "confirmed")),
                expect("never", stages=("acknowledged", "unknown")),
                expect("settled_by", source=("venue push",)),
                expect("history", says=("confirmed", "late answer")),
                row(quantity="0.6"),
            ),
        ),
    ),
    10: (
        Drill(
            BUY,
            (fault("drop", "push_order", point="before_push", count=0), REDUCE),
            (
                expect("passed", stages=("acknowledged", "confirmed")),
                expect("never", stages=("not_applied", "unknown")),
                expect("settled_by", source=("look-up",)),
                row(quantity="0.6"),
            ),
            switches=SLOWLY,
        ),
    ),
    11: (
        Drill(
            BUY,
            (REPLACE,),
            (
                stage("confirmed"),
                expect("new_id", given=True),
                expect("ids", count=2),
                expect("never_shown", statuses=("cancelled",)),
                row(price="95100", quantity="1"),
            ),
        ),
    ),
    17: (
        Drill(
            BUY,
            (fault("refuse", "amend", code=101, message="Operation Failed"), REDUCE),
            (
                stage("refused"),
                expect("code", be="101"),
                expect("status", be=("working",)),
                row(price="95000", quantity="1"),
            ),
        ),
    ),
    20: (
        Drill(
            BUY,
            (fault("refuse", "amend", code=909, message="The moon is in the wrong phase"), REDUCE),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("note", stage="unknown", says="909"),
                expect("note", stage="unknown", says="wrong phase"),
                row(quantity="1"),
            ),
        ),
    ),
    36: (
        Drill(
            BUY,
            (fault("rate_limit", "amend"), REDUCE),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("note", stage="unknown", says="too many requests"),
                expect("notice", says="nothing but cancels leaves for 10 s"),
                expect("apart", operation="amend", at_least_ms=9_900, then=("amend", "look_up", "list_orders")),
                row(quantity="1"),
            ),
        ),
    ),
    43: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="before_reply", ms=5000),
                REDUCE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Tell("connections", {"action": "down", "listener": "ws"}),
                Until((stage("unknown"), expect("stale", be=True))),
                Until((expect("exchange", order=ORDER, quantity="0.6"),)),
                Now((stage("unknown"), expect("shows", quantity="1"), expect("sendable", be=False))),
                Tell("connections", {"action": "up", "listener": "ws"}),
            ),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                expect("stale", be=False),
                row(quantity="0.6"),
            ),
            switches={"effect_delay_ms": 3000},
        ),
    ),
}
