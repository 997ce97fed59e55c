"""Drills of a practice QFEX in which the draft is what matters: what stands against it, and what it would do."""

from __future__ import annotations

from app.practice.core.drill_patterns import (
    fills_under_draft,
    foreign_change,
    nothing_to_change,
    off_limits,
    second_amendment,
    while_cancelling,
)
from app.practice.core.drills import (
    ORDER,
    Drill,
    Drills,
    NotHere,
    Now,
    Send,
    SendTyped,
    Tell,
    Type,
    Until,
    expect,
    fault,
    row,
    stage,
)
from app.practice.qfex.drills_orders import BUY, NAMED, POST_ONLY, REPRICE, SLOWLY

DRAFTS: Drills = {
    5: NotHere("QFEX's quantity is the total, and a partly filled order is refused."),
    22: (while_cancelling(BUY, REPRICE, fault("delay", "cancel", point="before_reply", ms=1500)),),
    23: (
        second_amendment(
            BUY, REPRICE, Send({"price": "199.90"}), {"price": "200"}, {"price": "200.10"}, switches=SLOWLY
        ),
    ),
    24: NotHere("QFEX shows an order only once it has taken it, so there is none to amend before."),
    25: (
        foreign_change(NAMED, Send({"price": "159.50"}), {"price": "159.00"}, {"price": "159.00"}, {"price": "159.50"}),
    ),
    26: (
        fills_under_draft(
            BUY,
            REPRICE,
            "0.5",
            (
                expect("sendable", be=False),
                expect("problem", says="partly filled (0.5 of 2)"),
                expect("line", label="Remaining", now="1.5", after="1.5"),
            ),
        ),
    ),
    27: (nothing_to_change(BUY, Send({"price": "200", "quantity": "2.000"})),),
    28: (
        off_limits(BUY, "price", Send({"price": "200.104"}), "price", "not a multiple", "200.1", "200.11"),
        off_limits(BUY, "quantity", Send({"quantity": "0.0004"}), "quantity", "not a multiple", "0.001"),
    ),
    29: NotHere("QFEX's one way to amend lowers and raises."),
    30: (
        Drill(
            BUY,
            (
                Now((expect("open_field", field="price", current="200"),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
            ),
            (
                expect("locked", says="partly filled (0.5 of 2)"),
                expect("locked", says="partly filled", field="price"),
                row(filled="0.5"),
            ),
        ),
    ),
    31: (
        Drill(
            POST_ONLY,
            (
                Type({"price": "203"}),
                Now((expect("problem", says="add-liquidity-only", field="price"),)),
                SendTyped(blocked="add-liquidity-only"),
            ),
            (expect("requests", operation="amend", at_most=0),),
        ),
    ),
    32: NotHere("On QFEX price and quantity are independent; a new price changes no amount."),
    33: (
        Drill(
            BUY,
            (
                Type({"quantity": "2481"}),
                Now((expect("sendable"), expect("more_than_available"))),
                SendTyped(),
            ),
            (stage("confirmed"), row(quantity="2481"), expect("balances")),
        ),
    ),
    34: NotHere("QFEX replaces an order in one stroke; its documents know of no moment in which two are held."),
    35: (
        Drill(
            BUY,
            (
                fault("drop", "push_balance", point="before_push", count=0),
                Type({"quantity": "3"}),
                Until((expect("balance_age", at_least=4),)),
            ),
            (),
        ),
    ),
}
