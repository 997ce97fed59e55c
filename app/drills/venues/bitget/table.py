"""Drills of a practice Bitget for each scenario.

The counter answers over HTTP and the engine applies later, so faults strike `in_flight` between the two; what becomes
of a modification is pushed, unless the switch `push_on_amend` is off.
"""

from __future__ import annotations

from app.drills.language import Drill, Drills, Until, expect, fault, reached, row, stage
from app.drills.patterns import answers, around, away, races
from app.drills.venues.bitget.drafts import DRAFTS
from app.drills.venues.bitget.orders import BUY, REPRICE, SLOWLY, UNPUSHED, filled_in_flight
from app.drills.venues.bitget.outcomes import OUTCOMES, SAME_ID

DRILLS: Drills = {
    **DRAFTS,
    **OUTCOMES,
    1: (
        races.part_fills(
            BUY,
            (REPRICE, reached("acknowledged")),
            "0.1",
            {"remaining": "0.4", "price": "59840"},
            (stage("acknowledged"), expect("locked", says="unresolved")),
            {"price": "59800", "quantity": "0.5", "filled": "0.1", "remaining": "0.4"},
            history=("written", "filled 0.1", "confirmed"),
            switches=SLOWLY,
        ),
    ),
    2: (
        races.overtaken(
            BUY,
            (filled_in_flight("all"), REPRICE),
            ("filled",),
            ("filled",),
            row(price="59840", filled="0.5"),
        ),
    ),
    6: (
        answers.answer_lost(
            BUY,
            REPRICE,
            {"price": "59800", "quantity": "0.5"},
            expect("settled_by", source=("look-up",)),
            switches=UNPUSHED,
        ),
    ),
    7: (
        answers.request_lost(
            BUY, REPRICE, {"price": "59840", "quantity": "0.5"}, expect("outcome", says="did not apply")
        ),
    ),
    8: (
        Drill(
            BUY,
            (
                filled_in_flight("0.1"),
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
    9: (answers.late_answer(BUY, REPRICE, {"price": "59800"}, expect("settled_by", source=("venue push",))),),
    10: (answers.receipt_only(BUY, REPRICE, {"price": "59800"}, switches={**UNPUSHED, **SLOWLY}),),
    11: SAME_ID,
    17: (
        answers.refused(BUY, REPRICE, "25202", {"price": "59840", "quantity": "0.5"}, message="Insufficient balance"),
    ),
    20: (
        answers.undocumented(
            BUY,
            REPRICE,
            "25999",
            "The moon is in the wrong phase",
            {"price": "59840"},
            expect("note", stage="unknown", says="25999"),
            expect("note", stage="unknown", says="wrong phase"),
        ),
    ),
    36: (
        answers.too_fast(
            BUY,
            REPRICE,
            fault("rate_limit", "amend"),
            "429",
            "no amendment leaves for 1 s",
            {"price": "59840"},
            {"price": "59800"},
            case="in Bitget's own words",
        ),
        around.too_many_in_html(BUY, REPRICE, {"price": "59840"}, expect("history", says=("HTTP 429",))),
        around.too_many_in_html(
            BUY,
            REPRICE,
            {"price": "59800"},
            operation="list_orders",
            stages=("written", "confirmed"),
            before=(Until((expect("notice", says="too many requests (HTTP 429)"),)),),
            case="in HTML, to a list",
            account={"poll_every_s": "1"},
        ),
    ),
    43: (
        away.link_breaks(
            BUY, (REPRICE,), {"price": "59840"}, {"price": "59800"}, receipt=True, switches={"engine_delay_ms": 6000}
        ),
    ),
}
