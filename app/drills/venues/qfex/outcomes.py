"""Drills of a practice QFEX in which the outcome is what matters: races, new ids, refusals, links, clocks."""

from __future__ import annotations

from app.drills.language import (
    Drill,
    Drills,
    NotHere,
    Now,
    Pass,
    Send,
    Tell,
    Until,
    expect,
    fault,
    fill,
    reached,
    row,
    stage,
)
from app.drills.patterns import answers, around, away, lineage, races, sequence
from app.drills.venues.qfex.orders import BOTH_TOLD, BUY, HALVE, NAMED, REPRICE, SLOWLY

NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because QFEX modifies orders itself.")
ONE_BY_ONE = NotHere("QFEX has no command that modifies several orders; each has a message of its own.")
PARTLY_FILLED = "CANNOT_MODIFY_PARTIAL_FILL"
#: Terms of the order after `REPRICE`.
REPRICED = {"price": "200.10"}

OUTCOMES: Drills = {
    3: (
        races.fill_in_flight(
            BUY,
            HALVE,
            answers.refusal(PARTLY_FILLED, {"quantity": "2", "filled": "1", "remaining": "1"}),
            before=(fault("fill", "amend", quantity="1"),),
        ),
    ),
    4: (
        races.fill_in_flight(
            BUY,
            HALVE,
            answers.refusal(PARTLY_FILLED, {"quantity": "2", "filled": "1.5", "remaining": "0.5"}),
            warned="Any fill before it lands makes QFEX refuse it",
            before=(fault("fill", "amend", quantity="1.5"),),
        ),
    ),
    12: (
        lineage.goes_on(
            BUY, (REPRICE,), REPRICED, lineage.TWO_IDS, case="the end of the old id first", switches=BOTH_TOLD
        ),
        lineage.goes_on(
            BUY,
            (fault("reorder", "amend", point="before_reply"), REPRICE),
            REPRICED,
            lineage.TWO_IDS,
            case="the new id first",
            switches=BOTH_TOLD,
        ),
    ),
    13: (
        lineage.unannounced(
            BUY,
            fault("drop", "amend"),
            REPRICE,
            REPRICED,
            fill("0.5"),
            {**REPRICED, "filled": "0.5", "remaining": "1.5"},
        ),
    ),
    14: (
        lineage.late_fill(
            BUY,
            (fault("fill", "amend", quantity="0.5"),),
            2000,
            (REPRICE,),
            {"total": "0.5", "price": "200.00"},
            {**REPRICED, "quantity": "2", "filled": "0.5", "remaining": "1.5"},
            switches={"allow_partial_modify": True},
        ),
    ),
    15: (
        lineage.goes_on(
            BUY,
            (fault("drop", "amend", skip=1), REPRICE),
            REPRICED,
            lineage.TWO_IDS,
            case="the new id is never announced; the list has it",
            switches=BOTH_TOLD,
        ),
    ),
    16: (
        Drill(
            NAMED,
            (Send({"price": "159.50"}),),
            (stage("confirmed"), lineage.NEW_ID, lineage.TWO_IDS, row(price="159.50")),
            case="answered",
            switches={"drop_client_id": True},
        ),
        Drill(
            NAMED,
            (fault("drop", "amend"), Send({"price": "159.50"})),
            (expect("passed", stages=("unknown", "confirmed")), *lineage.FOUND_BY_ITSELF, row(price="159.50")),
            case="the answer is lost too",
            switches={"drop_client_id": True},
        ),
    ),
    18: (
        lineage.said_cancelled(BUY, REPRICE, "CANCELLED", REPRICED, lineage.TWO_IDS, case="an order message"),
        around.short_pages(
            BUY, REPRICE, {**REPRICED, "quantity": "2"}, lineage.TWO_IDS, lists=4, switches={"page_rows": 2}
        ),
    ),
    19: (
        Drill(
            BUY,
            (fault("rate_limit", "amend"), REPRICE),
            answers.refusal("RateLimited", {"price": "200.00"}),
            case="an error frame instead of an order message",
        ),
    ),
    21: (
        races.cancelled_in_flight(
            BUY,
            (REPRICE, reached("written")),
            "The order was cancelled",
            case="by us",
            stages=("refused", "overtaken"),
            switches=SLOWLY,
        ),
        around.strangers_cancel(BUY, REPRICE, expect("never", stages=("confirmed",))),
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
        sequence.clock_set_back(
            BUY,
            10_000,
            (REPRICE, Until((stage("confirmed"),)), Send({"price": "200.20"})),
            {"price": "200.20"},
            expect("ids", count=3),
        ),
        sequence.wrong_way_round(
            BUY,
            "two fills are told the wrong way round",
            fill("0.5"),
            fill("0.5"),
            {"filled": "1"},
            (row(filled="1", remaining="1"), expect("fills", total="1")),
        ),
        sequence.late_reading(BUY, "list_orders", fill("0.5"), {"filled": "0.5"}),
    ),
    42: NotHere("The frames of QFEX's trade socket carry no numbers; that one is missing cannot be seen."),
    44: NotHere("QFEX replaces an order in one stroke; nothing it does leaves two."),
    45: (
        away.restarts(
            BUY,
            REPRICE,
            {**REPRICED, "quantity": "2"},
            lineage.TWO_IDS,
            case="the change is made while the program is away",
            switches=SLOWLY,
        ),
        away.restarts_in_vain(BUY, REPRICE, {"price": "200.00", "quantity": "2"}, expect("ids", count=1)),
    ),
    46: NotHere(
        "QFEX documents modify_stop_order; the ticket does not amend stop orders, only shows and cancels them, because "
        "QFEX's documents disagree on the fields of that command and on what answers it."
    ),
    47: (
        races.overtaken(
            BUY,
            (fault("expire", "amend", reason="session closed"), REPRICE),
            ("The order was cancelled",),
            ("cancelled", "expired"),
            stages=("refused", "overtaken"),
        ),
    ),
    48: NotHere("QFEX has no option that cancels an order whose change fails."),
    49: (
        away.never_learnt(
            BUY,
            (fault("drop", "amend"), fault("drop", "list_orders", count=0), REPRICE, Pass(8)),
            REPRICED,
            {"price": "200.00", "quantity": "2"},
        ),
    ),
    50: NO_EMULATION,
    51: NO_EMULATION,
    52: (answers.other_terms(BUY, REPRICE, "price", "200.05", {"price": "200.05"}, lineage.TWO_IDS),),
}
