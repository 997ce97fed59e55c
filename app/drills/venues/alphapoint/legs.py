"""Drills of a practice AlphaPoint about replacements: a new order with a new id, and the end of the old one."""

from __future__ import annotations

from app.drills.language import (
    NEWEST,
    ORDER,
    Cancel,
    Drill,
    Drills,
    Now,
    Send,
    SendTyped,
    Type,
    Until,
    expect,
    fault,
    fill,
    reached,
    row,
    stage,
)
from app.drills.patterns import answers, drafts, lineage, races
from app.drills.venues.alphapoint.orders import BUY, PARTLY, REPLACE, SELL, SLOWLY

#: The new order of `REPLACE`.
REPLACED = {"price": "95100", "quantity": "1"}

LEGS: Drills = {
    12: (
        lineage.goes_on(BUY, (REPLACE,), REPLACED, lineage.TWO_IDS, case="the end of the old order first"),
        lineage.goes_on(
            BUY,
            (fault("reorder", "push_order"), REPLACE),
            REPLACED,
            lineage.TWO_IDS,
            case="the new order first",
        ),
    ),
    13: (
        lineage.unannounced(
            BUY,
            fault("drop", "push_order", point="before_push", skip=1),
            REPLACE,
            {"status": "cancelled"},
            fill("0.3", NEWEST),
            {**REPLACED, "filled": "0.3"},
            price="95100",
        ),
    ),
    14: (
        lineage.late_fill(
            BUY,
            (REPLACE, reached("acknowledged")),
            3000,
            (fill("0.2"),),
            {"total": "0.2", "price": "95000"},
            {**REPLACED, "filled": "0"},
            switches=SLOWLY,
        ),
    ),
    15: (
        lineage.goes_on(
            BUY,
            (REPLACE, Until((expect("exchange", order=ORDER, status="cancelled"),))),
            REPLACED,
            lineage.TWO_IDS,
            case="for three seconds neither order is open",
            switches={"replace_mode": "cancel_first", "replace_gap_ms": 3000},
        ),
    ),
    16: (
        answers.answer_lost(
            BUY,
            REPLACE,
            REPLACED,
            *lineage.FOUND_BY_ITSELF,
            operation="replace",
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
        races.overtaken(
            BUY,
            (Now((expect("route", name="replace", queue="lost", opt_in=True),)), REPLACE),
            ("Not_Enough_Funds",),
            ("cancelled",),
            expect("never", stages=("confirmed",)),
            stages=("overtaken", "refused"),
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
        drafts.difference_covered(
            BUY,
            Send({"price": "97000", "quantity": "0.7"}, route="replace"),
            {"price": "97000", "quantity": "0.7"},
            expect("forecast", locked_now="95000", locked_peak="162900", locked_after="67900"),
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
        drafts.difference_covered(
            BUY,
            Send({"price": "97000", "quantity": "1.6"}, route="replace"),
            {"price": "97000", "quantity": "1.6"},
            expect("more_than_available"),
            again=True,
        ),
    ),
}
