"""Drills of a practice AlphaPoint for each scenario.

The answer is a receipt and the effect comes `effect_delay_ms` later, told by an event. Orders are reduced in place, or
replaced by a new one of another id.
"""

from __future__ import annotations

from app.drills.language import CheckNow, Drills, Tell, Until, expect, fault, fill, reached, row, stage
from app.drills.patterns import answers, around, away, lineage, races
from app.drills.venues.alphapoint.drafts import DRAFTS
from app.drills.venues.alphapoint.legs import LEGS
from app.drills.venues.alphapoint.orders import BUY, REDUCE, REPLACE, SLOWLY
from app.drills.venues.alphapoint.outcomes import OUTCOMES

DRILLS: Drills = {
    **DRAFTS,
    **LEGS,
    **OUTCOMES,
    1: (
        races.part_fills(
            BUY,
            (REDUCE, reached("acknowledged")),
            "0.2",
            {"remaining": "0.8", "price": "95000"},
            (stage("acknowledged"), expect("locked", says="not settled yet")),
            {"price": "95000", "quantity": "0.8", "filled": "0.2", "remaining": "0.6"},
            history=("acknowledged", "filled 0.2", "confirmed"),
            switches=SLOWLY,
        ),
    ),
    2: (
        races.overtaken(
            BUY,
            (REDUCE, reached("acknowledged"), fill("1")),
            ("filled",),
            ("filled",),
            row(price="95000", filled="1"),
            switches=SLOWLY,
        ),
    ),
    6: (answers.answer_lost(BUY, REDUCE, {"price": "95000", "quantity": "0.6", "remaining": "0.6"}),),
    7: (answers.request_lost(BUY, REDUCE, {"price": "95000", "quantity": "1"}),),
    8: (answers.told_twice(BUY, REDUCE, "0.2", {"quantity": "0.6", "filled": "0.2"}),),
    9: (answers.late_answer(BUY, REDUCE, {"quantity": "0.6"}, expect("settled_by", source=("venue push",))),),
    10: (
        answers.receipt_only(
            BUY,
            REDUCE,
            {"quantity": "0.6"},
            fault("drop", "push_order", point="before_push", count=0),
            switches=SLOWLY,
        ),
    ),
    11: (lineage.goes_on(BUY, (REPLACE,), {"price": "95100", "quantity": "1"}, lineage.NEW_ID, lineage.TWO_IDS),),
    17: (answers.refused(BUY, REDUCE, 101, {"price": "95000", "quantity": "1"}, message="Operation Failed"),),
    20: (
        answers.undocumented(
            BUY,
            REDUCE,
            909,
            "The moon is in the wrong phase",
            {"quantity": "1"},
            expect("note", stage="unknown", says="909"),
            expect("note", stage="unknown", says="wrong phase"),
        ),
    ),
    36: (
        answers.comes_to_nothing(
            BUY,
            (fault("rate_limit", "amend"), REDUCE),
            {"quantity": "1"},
            expect("note", stage="unknown", says="too many requests"),
            expect("notice", says="no amendment leaves for 10 s"),
            expect("apart", operation="amend", at_least_ms=9_900, then=("amend", "look_up", "list_orders")),
            case="in plain text, to the amendment",
        ),
        around.too_many_in_html(
            BUY,
            REDUCE,
            {"price": "95000", "quantity": "0.6"},
            operation="look_up",
            stages=("written", "confirmed"),
            before=(
                Tell("connections", {"action": "down", "listener": "ws"}),
                Until((expect("stale", be=True),)),
                CheckNow(),
                Until((expect("notice", says="no amendment leaves for 10 s"),)),
                Tell("connections", {"action": "up", "listener": "ws"}),
                Until((expect("link", be="up"), expect("stale", be=False))),
            ),
            case="in HTML, to a look-up over HTTP",
        ),
    ),
    43: (
        away.link_breaks(
            BUY,
            (fault("delay", "amend", point="before_reply", ms=8000), REDUCE),
            {"quantity": "1"},
            {"quantity": "0.6"},
            listener="ws",
            switches={"effect_delay_ms": 6000},
        ),
    ),
}
