"""Drills of a practice Bitget in which the draft is what matters: what stands against it, and what it would do."""

from __future__ import annotations

from app.practice.bitget.drills_orders import BUY, POST_ONLY, REPRICE, SLOWLY
from app.practice.core.drill_patterns import (
    fills_under_draft,
    foreign_change,
    nothing_to_change,
    off_limits,
    second_amendment,
    while_cancelling,
)
from app.practice.core.drills import (
    Drill,
    Drills,
    NotHere,
    Now,
    Send,
    SendTyped,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)

_CROSSING = Send({"price": "3400"})

DRAFTS: Drills = {
    5: NotHere("Bitget's quantity is the total, so a fill in flight cannot add to it."),
    22: (while_cancelling(BUY, REPRICE, switches={"cancel_delay_ms": 1500}),),
    23: (
        second_amendment(
            BUY, REPRICE, Send({"price": "59700"}), {"price": "59840"}, {"price": "59800"}, switches=SLOWLY
        ),
    ),
    24: NotHere("Bitget shows an order only once it has taken it, so there is none to amend before."),
    25: (foreign_change(BUY, REPRICE, {"price": "59700"}, {"price": "59700"}, {"price": "59800"}),),
    26: (
        fills_under_draft(
            BUY,
            Send({"quantity": "0.4"}),
            "0.3",
            (
                expect("sendable"),
                expect("line", label="Remaining", now="0.2", after="0.1"),
                expect("open_field", field="quantity", current="0.5"),
            ),
        ),
    ),
    27: (nothing_to_change(BUY, Send({"price": "59840.00", "quantity": "0.500"})),),
    28: (
        off_limits(BUY, "price", Send({"price": "59800.004"}), "price", "not a multiple", "59800", "59800.01"),
        off_limits(BUY, "quantity", Send({"quantity": "0.0000004"}), "quantity", "not a multiple", "0.000001"),
        off_limits(BUY, "value", Send({"quantity": "0.00001"}), "quantity", "wants at least", "0.000017"),
    ),
    29: NotHere("Bitget's one way to amend lowers and raises."),
    30: NotHere("A partly filled Bitget order may still be amended; a fill takes no field away."),
    31: (
        Drill(
            POST_ONLY,
            (
                Type(_CROSSING.changes),
                Now((expect("caution", says="may refuse or cancel a post-only order", confirm=True),)),
                SendTyped(),
            ),
            (stage("not_applied"), expect("status", be=("partially_filled",)), row(price="3412.10", filled="1.3")),
            case="the engine refuses it in silence",
        ),
        Drill(
            POST_ONLY,
            (
                Type(_CROSSING.changes),
                Now((expect("caution", says="may refuse or cancel a post-only order", confirm=True),)),
                SendTyped(),
            ),
            (stage("overtaken"), expect("outcome", says="cancelled"), expect("status", be=("cancelled",))),
            case="the engine cancels the order",
            switches={"post_only_cross": "cancel"},
        ),
    ),
    32: NotHere("On Bitget price and quantity are independent; a new price changes no amount."),
    33: (
        Drill(
            BUY,
            (
                Type({"quantity": "0.9"}),
                Now(
                    (
                        expect("sendable"),
                        expect("more_than_available"),
                        expect("forecast", locked_now="29920", locked_after="53856"),
                    )
                ),
                SendTyped(),
            ),
            (stage("confirmed"), row(quantity="0.9"), expect("balances")),
        ),
    ),
    34: NotHere("A modified Bitget order stays one order; its documents know of no moment in which two are held."),
    35: (
        Drill(
            BUY,
            (
                fault("http_status", "balances", count=0, status=503),
                Type({"quantity": "0.6"}),
                Until((expect("balance_age", at_least=7),)),
            ),
            (),
        ),
    ),
}
