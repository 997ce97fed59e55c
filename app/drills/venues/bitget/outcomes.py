"""Drills of a practice Bitget in which the outcome is what matters: races, refusals, links, clocks."""

from __future__ import annotations

from app.drills.language import (
    ORDER,
    Drill,
    Drills,
    NotHere,
    Pass,
    Send,
    SendAlso,
    Tell,
    Until,
    arrived,
    expect,
    fault,
    fill,
    reached,
    row,
    stage,
)
from app.drills.patterns import answers, around, away, lineage, races, sequence
from app.drills.venues.bitget.orders import BUY, PERP, POST_ONLY, REPRICE, SHRINK, SLOWLY, UNPUSHED, filled_in_flight

SAME_ID = NotHere("A modified Bitget order keeps its id, and no message tells of an end and a start.")
NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because Bitget modifies orders itself.")
#: Two orders of one category, changed in one request.
BOTH = (Send({"price": "59000"}), SendAlso(POST_ONLY, {"price": "3415"}))

OUTCOMES: Drills = {
    3: (
        races.fill_in_flight(
            BUY,
            SHRINK,
            (stage("confirmed"), expect("status", be=("filled",)), row(quantity="0.2", filled="0.2", remaining="0")),
            before=(filled_in_flight("0.2"),),
            case="the engine completes the order",
        ),
        races.fill_in_flight(
            BUY,
            SHRINK,
            (stage("not_applied"), row(quantity="0.5", filled="0.2", remaining="0.3")),
            before=(filled_in_flight("0.2"),),
            case="the engine fails in silence",
            switches={"equal_to_filled": "fail"},
        ),
    ),
    4: (
        races.fill_in_flight(
            BUY,
            SHRINK,
            (stage("not_applied"), row(price="59840", quantity="0.5", filled="0.3", remaining="0.2")),
            warned="leaves the order on its old terms",
            before=(filled_in_flight("0.3"),),
            case="the order is kept",
        ),
        races.fill_in_flight(
            BUY,
            Send({**SHRINK.changes, "on_failure": "cancel"}),
            (
                stage("overtaken"),
                expect("outcome", says="as you chose"),
                expect("status", be=("cancelled",)),
                row(quantity="0.5", filled="0.3"),
            ),
            warned="cancels the order",
            before=(filled_in_flight("0.3"),),
            case="the order is cancelled, as was chosen",
        ),
    ),
    12: SAME_ID,
    13: SAME_ID,
    14: SAME_ID,
    15: SAME_ID,
    16: NotHere("A modified Bitget order keeps its id; that it could get another is documented nowhere."),
    18: (
        lineage.said_cancelled(BUY, REPRICE, "cancelled", {"price": "59800", "quantity": "0.5"}, case="a push"),
        lineage.nothing_found(BUY, "25204", {"price": "59840", "quantity": "0.5"}),
        around.short_pages(
            BUY,
            REPRICE,
            {"price": "59800", "quantity": "0.5"},
            lists=20,
            switches={"page_rows": 1},
            account={"poll_every_s": "2"},
        ),
    ),
    19: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="25205", message="Price out of range"), REPRICE),
            answers.refusal("25205", {"price": "59840"}),
            case="an error under HTTP 200",
            switches={"error_status": 200},
        ),
    ),
    21: (
        races.cancelled_in_flight(
            BUY, (REPRICE, reached("acknowledged")), "cancelled", row(price="59840"), case="by us", switches=SLOWLY
        ),
        around.strangers_cancel(BUY, REPRICE, row(price="59840"), point="in_flight", stages=("overtaken",)),
    ),
    37: (
        away.no_readings(
            BUY,
            fault("delay", "amend", point="request_received", ms=800),
            REPRICE,
            (
                fault("http_status", "look_up", count=6, status=503),
                fault("http_status", "list_orders", count=3, status=503),
            ),
            3,
            10,
            {"look_up": 25, "list_orders": 60},
            account={"poll_every_s": "3"},
        ),
    ),
    38: (
        Drill(
            PERP,
            (fault("fail_rows", "batch_amend", rows=[1], code="25202", message="Insufficient balance"), *BOTH),
            (
                expect("stages", be=(("confirmed",), ("refused",))),
                expect("code", be="25202"),
                row(price="59000"),
                expect("exchange", order=POST_ONLY["order_id"], price="3412.10"),
            ),
            case="a row is refused",
            batch=2,
        ),
        Drill(
            PERP,
            (fault("omit_rows", "batch_amend", rows=[1]), *BOTH),
            (
                expect("stages", be=(("confirmed",), ("confirmed",))),
                expect("passed", stages=("unknown", "confirmed")),
                expect("note", stage="unknown", says="leaves out order"),
                expect("exchange", order=POST_ONLY["order_id"], price="3415"),
            ),
            case="a row is missing from the reply",
            batch=2,
            switches={"engine_delay_ms": 500},
        ),
    ),
    39: (
        Drill(
            PERP,
            (fault("http_status", "batch_amend", status=503), *BOTH),
            (
                expect("all_passed", stages=("written", "unknown", "not_applied")),
                row(price="59100"),
            ),
            case="it never arrived",
            batch=2,
        ),
        Drill(
            PERP,
            (fault("disconnect", "batch_amend"), *BOTH),
            (
                expect("all_passed", stages=("written", "unknown", "confirmed")),
                row(price="59000"),
            ),
            case="it was carried out",
            batch=2,
            switches=SLOWLY,
        ),
    ),
    40: (
        Drill(
            BUY,
            (
                Tell("clock", {"skew_ms": 120_000}),
                REPRICE,
                Until(
                    (stage("refused"), expect("code", be="40008"), expect("outcome", says="check this machine's clock"))
                ),
                Until((expect("notice", says="clock"),)),
                REPRICE,
            ),
            (stage("confirmed"), row(price="59800")),
            case="the order was read a moment ago; a read just before sending would have learnt the time first",
            account={"reread_after_s": "600"},
        ),
    ),
    41: (
        Drill(
            BUY,
            (
                filled_in_flight("0.1"),
                fault("delay", "push_order", point="before_push", ms=1500),
                REPRICE,
                Until((stage("confirmed"),)),
                Pass(2),
            ),
            (
                row(price="59800", filled="0.1", remaining="0.4"),
                expect("was_shown", price="59800", filled="0.1"),
            ),
            case="the push of the fill comes after that of the change",
        ),
        sequence.wrong_way_round(
            BUY,
            "two changes are told the wrong way round",
            Tell("foreign/amend", {"order_id": ORDER, "price": "59700"}),
            Tell("foreign/amend", {"order_id": ORDER, "price": "59600"}),
            {"price": "59600"},
            (row(price="59600"),),
            expect("never_terms", price="59700"),
        ),
        sequence.late_reading(
            BUY, "look_up", fill("0.1"), {"filled": "0.1"}, fault("drop", "push_order", point="before_push")
        ),
        sequence.clock_set_back(
            BUY,
            10_000,
            (filled_in_flight("0.1"), REPRICE),
            {"price": "59800", "filled": "0.1", "remaining": "0.4"},
        ),
    ),
    42: NotHere("The frames of Bitget's private channels carry no numbers; that one is missing cannot be seen."),
    44: NotHere("A modified Bitget order stays one order; nothing the venue does makes it two."),
    45: (
        away.restarts(
            BUY,
            REPRICE,
            {"price": "59800", "quantity": "0.5"},
            case="the change is made while the program is away",
            switches=SLOWLY,
        ),
        away.restarts_in_vain(BUY, REPRICE, {"price": "59840", "quantity": "0.5"}),
    ),
    46: NotHere(
        "Bitget has modify-strategy-order for trigger orders; the ticket neither lists nor amends those, because they "
        "are kept apart from plain orders, with calls and a channel of their own."
    ),
    47: (
        races.overtaken(
            BUY,
            (fault("expire", "amend", point="in_flight", reason="delisted"), REPRICE),
            ("delisted", "no change was made"),
            ("cancelled", "expired"),
            row(price="59840"),
        ),
    ),
    48: (
        races.overtaken(
            BUY,
            (fault("silent_failure", "amend"), Send({"price": "59800", "on_failure": "cancel"})),
            ("as you chose",),
            ("cancelled",),
            row(price="59840"),
        ),
    ),
    49: (
        away.never_learnt(
            BUY,
            (
                fault("delay", "amend", point="request_received", ms=800),
                fault("disconnect", "amend"),
                REPRICE,
                arrived(),
                fault("http_status", "look_up", count=0, status=503),
                fault("http_status", "list_orders", count=0, status=503),
                Pass(9),
            ),
            {"price": "59800"},
            {"price": "59840", "quantity": "0.5"},
            expect("stale", be=True),
            switches=UNPUSHED,
            account={"poll_every_s": "3"},
        ),
    ),
    50: NO_EMULATION,
    51: NO_EMULATION,
    52: (answers.other_terms(BUY, REPRICE, "price", "59750", {"price": "59750"}),),
}
