"""Drills of a practice QFEX for each scenario.

Orders are changed over the trade socket; a change waits for the speed bump, gives the order a new id and is answered by
one message that is receipt and result at once.
"""

from __future__ import annotations

from app.drills.language import Drill, Drills, Send, Tell, Until, arrived, expect, fault, row, stage
from app.drills.patterns import answers, around, away, lineage, races
from app.drills.venues.qfex.drafts import DRAFTS
from app.drills.venues.qfex.orders import BOTH_TOLD, BUY, ONE_MESSAGE, REDUCE_ONLY, REPRICE, SLOWLY
from app.drills.venues.qfex.outcomes import OUTCOMES

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
        races.part_fills(
            BUY,
            (REPRICE, arrived()),
            "0.5",
            {"remaining": "1.5", "price": "200"},
            (stage("written"),),
            {"price": "200.10", "quantity": "2", "filled": "0.5", "remaining": "1.5"},
            lineage.TWO_IDS,
            history=("written", "filled 0.5", "confirmed"),
            at="200.00",
            case="the venue takes partly filled orders",
            switches={"allow_partial_modify": True, **SLOWLY},
        ),
    ),
    2: (
        races.overtaken(
            BUY,
            (fault("fill", "amend", quantity="all"), REPRICE),
            ("The order was filled",),
            ("filled",),
            row(price="200.00", filled="2"),
            stages=("refused", "overtaken"),
        ),
    ),
    6: (
        answers.answer_lost(
            BUY, REPRICE, {"price": "200.10", "quantity": "2"}, lineage.NEW_ID, lineage.TWO_IDS, action="drop"
        ),
    ),
    7: (
        answers.request_lost(
            BUY,
            REPRICE,
            {"price": "200.00", "quantity": "2"},
            expect("outcome", says="did not apply"),
            expect("ids", count=1),
            action="drop",
        ),
    ),
    8: (answers.told_twice(BUY, REPRICE, "0.5", {"price": "200.10", "filled": "0.5"}, lineage.TWO_IDS),),
    9: ONE_MESSAGE,
    10: ONE_MESSAGE,
    11: (
        lineage.goes_on(
            BUY,
            (REPRICE,),
            {"price": "200.10"},
            lineage.TWO_IDS,
            case="the end of the old id is told",
            switches=BOTH_TOLD,
        ),
        lineage.goes_on(
            REDUCE_ONLY,
            (Send({"price": "172.50", "reduce_only": "yes"}),),
            {"price": "172.50"},
            lineage.TWO_IDS,
            case="a reduce-only order, said to be one",
        ),
    ),
    17: (
        answers.refused(
            BUY,
            REPRICE,
            "FAILED_MARGIN_CHECK",
            {"price": "200.00", "quantity": "2"},
            expect("ids", count=1),
            case="by its margin",
        ),
        Drill(
            REDUCE_ONLY,
            (Send({"price": "172.50"}),),
            (
                stage("refused"),
                expect("code", be="CANNOT_MODIFY_NO_SUCH_ORDER"),
                expect("outcome", says="reduce-only"),
                expect("ids", count=1),
                row(price="172", quantity="2"),
            ),
            case="a reduce-only order that nobody said to be one",
        ),
    ),
    20: (
        answers.undocumented(
            BUY,
            REPRICE,
            "MOON_PHASE",
            "",
            {"price": "200.00"},
            expect("note", stage="unknown", says="MOON_PHASE"),
        ),
    ),
    36: (
        answers.too_fast(
            BUY,
            REPRICE,
            fault("refuse", "amend", code="RATE_LIMITED"),
            "RATE_LIMITED",
            "leaves for 1 s",
            {"price": "200.00"},
            {"price": "200.10"},
            case="said by the order's own message",
        ),
        answers.comes_to_nothing(
            BUY,
            (fault("rate_limit", "amend"), REPRICE),
            {"price": "200.00"},
            expect("note", stage="unknown", says="RateLimited"),
            expect("notice", says="no amendment leaves for 1 s"),
            case="said by an error frame that names no request",
            switches={"null_incoming_message": True},
        ),
        around.too_many_in_html(
            BUY,
            REPRICE,
            {"price": "200.10", "quantity": "2"},
            operation="instruments",
            stages=("written", "confirmed"),
            before=(
                Tell("connections", {"action": "cut", "listener": "trade"}),
                Until((expect("notice", says="no amendment leaves for"),)),
                Until((expect("link", be="up"), expect("stale", be=False))),
            ),
            case="in HTML, to a reading over REST",
        ),
    ),
    43: (
        away.link_breaks(
            BUY,
            (REPRICE,),
            {"price": "200.00"},
            {"price": "200.10"},
            lineage.TWO_IDS,
            listener="trade",
            switches={"bump_ms": 5000},
        ),
    ),
}
