"""Drills of a practice Bitget in which the outcome is what matters: races, refusals, links, clocks."""

from __future__ import annotations

from app.practice.bitget.drills_orders import BUY, PERP, POST_ONLY, REPRICE, SHRINK, SLOWLY, UNPUSHED
from app.practice.core.drill_patterns import late_reading, nothing_found
from app.practice.core.drills import (
    ORDER,
    Cancel,
    Drill,
    Drills,
    NotHere,
    Now,
    Pass,
    Restart,
    Send,
    SendAlso,
    Tell,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)

SAME_ID = NotHere("A modified Bitget order keeps its id, and no message tells of an end and a start.")
NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because Bitget modifies orders itself.")
#: Two orders of one category, changed in one request.
BOTH = (Send({"price": "59000"}), SendAlso(POST_ONLY, {"price": "3415"}))
ARRIVED = Until((expect("requests", operation="amend", at_least=1),))

OUTCOMES: Drills = {
    3: (
        Drill(
            BUY,
            (fault("fill", "amend", point="in_flight", quantity="0.2"), SHRINK),
            (
                stage("confirmed"),
                expect("status", be=("filled",)),
                row(quantity="0.2", filled="0.2", remaining="0"),
            ),
            case="the engine completes the order",
        ),
        Drill(
            BUY,
            (fault("fill", "amend", point="in_flight", quantity="0.2"), SHRINK),
            (
                stage("not_applied"),
                row(quantity="0.5", filled="0.2", remaining="0.3"),
            ),
            case="the engine fails in silence",
            switches={"equal_to_filled": "fail"},
        ),
    ),
    4: (
        Drill(
            BUY,
            (
                Type(SHRINK.changes),
                Now((expect("worst_case", says="leaves the order on its old terms"),)),
                fault("fill", "amend", point="in_flight", quantity="0.3"),
                SHRINK,
            ),
            (stage("not_applied"), row(price="59840", quantity="0.5", filled="0.3", remaining="0.2")),
            case="the order is kept",
        ),
        Drill(
            BUY,
            (
                Type({**SHRINK.changes, "on_failure": "cancel"}),
                Now((expect("worst_case", says="cancels the order"),)),
                fault("fill", "amend", point="in_flight", quantity="0.3"),
                Send({**SHRINK.changes, "on_failure": "cancel"}),
            ),
            (
                stage("overtaken"),
                expect("outcome", says="as you chose"),
                expect("status", be=("cancelled",)),
                row(quantity="0.5", filled="0.3"),
            ),
            case="the order is cancelled, as was chosen",
        ),
    ),
    12: SAME_ID,
    13: SAME_ID,
    14: SAME_ID,
    15: SAME_ID,
    16: NotHere("A modified Bitget order keeps its id; that it could get another is documented nowhere."),
    18: (
        Drill(
            BUY,
            (fault("unknown_status", "push_order", text="cancelled"), REPRICE),
            (
                stage("confirmed"),
                expect("never_shown", statuses=("cancelled",)),
                row(price="59800", quantity="0.5"),
            ),
            case="a push",
        ),
        nothing_found(BUY, "25204", {"price": "59840", "quantity": "0.5"}),
    ),
    19: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="25205", message="Price out of range"), REPRICE),
            (stage("refused"), expect("code", be="25205"), row(price="59840")),
            case="an error under HTTP 200",
            switches={"error_status": 200},
        ),
    ),
    21: (
        Drill(
            BUY,
            (REPRICE, Until((expect("passed", stages=("acknowledged",)),)), Cancel()),
            (
                stage("overtaken"),
                expect("outcome", says="cancelled"),
                expect("status", be=("cancelled",)),
                expect("requests", operation="cancel", at_least=1, at_most=1),
                row(price="59840"),
            ),
            switches=SLOWLY,
        ),
    ),
    37: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="request_received", ms=800),
                fault("disconnect", "amend", point="request_received"),
                REPRICE,
                ARRIVED,
                fault("http_status", "look_up", count=6, status=503),
                fault("http_status", "list_orders", count=3, status=503),
                Until((stage("unknown"),)),
                Pass(3),
                Now((stage("unknown"), expect("requests", operation="look_up", at_most=10))),
            ),
            (
                stage("not_applied"),
                expect("requests", operation="look_up", at_most=25),
                expect("requests", operation="list_orders", at_most=60),
                expect("link", be="up"),
            ),
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
        ),
    ),
    41: (
        Drill(
            BUY,
            (
                fault("fill", "amend", point="in_flight", quantity="0.1"),
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
        Drill(
            BUY,
            (
                fault("delay", "push_order", point="before_push", ms=1200),
                Tell("foreign/amend", {"order_id": ORDER, "price": "59700"}),
                Tell("foreign/amend", {"order_id": ORDER, "price": "59600"}),
                Until((expect("shows", price="59600"),)),
                Pass(1.5),
                Now((expect("shows", price="59600"), expect("never_terms", price="59700"))),
            ),
            (row(price="59600"),),
            case="two changes are told the wrong way round",
        ),
        late_reading(
            BUY,
            "look_up",
            Tell("fill", {"order_id": ORDER, "quantity": "0.1"}),
            {"filled": "0.1"},
            fault("drop", "push_order", point="before_push"),
        ),
        Drill(
            BUY,
            (
                Tell("clock", {"skew_ms": -10_000}),
                fault("fill", "amend", point="in_flight", quantity="0.1"),
                REPRICE,
            ),
            (stage("confirmed"), row(price="59800", filled="0.1", remaining="0.4")),
            case="the venue's clock is set back",
        ),
    ),
    42: NotHere("The frames of Bitget's private channels carry no numbers; that one is missing cannot be seen."),
    44: NotHere("A modified Bitget order stays one order; nothing the venue does makes it two."),
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
                row(price="59800", quantity="0.5"),
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
                row(price="59840", quantity="0.5"),
            ),
            case="the request was lost",
        ),
    ),
    46: NotHere(
        "Bitget has modify-strategy-order for trigger orders; the ticket neither lists nor amends those, because they "
        "are kept apart from plain orders, with calls and a channel of their own."
    ),
    47: (
        Drill(
            BUY,
            (fault("expire", "amend", point="in_flight", reason="delisted"), REPRICE),
            (
                stage("overtaken"),
                expect("outcome", says="delisted"),
                expect("outcome", says="no change was made"),
                expect("status", be=("cancelled", "expired")),
                row(price="59840"),
            ),
        ),
    ),
    48: (
        Drill(
            BUY,
            (
                fault("silent_failure", "amend"),
                Send({"price": "59800", "on_failure": "cancel"}),
            ),
            (
                stage("overtaken"),
                expect("outcome", says="as you chose"),
                expect("status", be=("cancelled",)),
                row(price="59840"),
            ),
        ),
    ),
    49: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="request_received", ms=800),
                fault("disconnect", "amend"),
                REPRICE,
                ARRIVED,
                fault("http_status", "look_up", count=0, status=503),
                fault("http_status", "list_orders", count=0, status=503),
                Pass(9),
            ),
            (
                stage("unknown"),
                expect("missing", says="terms"),
                expect("outcome", says="Nothing is resent"),
                expect("stale", be=True),
                expect("exchange", order=ORDER, price="59800"),
                expect("shows", price="59840", quantity="0.5"),
                expect("locked", says="unresolved"),
            ),
            switches=UNPUSHED,
            account={"poll_every_s": "3"},
            at_rest=False,
        ),
    ),
    50: NO_EMULATION,
    51: NO_EMULATION,
    52: (
        Drill(
            BUY,
            (fault("alter", "amend", price="59750"), REPRICE),
            (
                stage("not_applied"),
                expect("differs", field="price", asked="59800", found="59750"),
                expect("outcome", says="other terms"),
                row(price="59750"),
            ),
        ),
    ),
}
