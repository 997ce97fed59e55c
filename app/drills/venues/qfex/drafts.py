"""Drills of a practice QFEX in which the draft is what matters: what stands against it, and what it would do."""

from __future__ import annotations

from app.drills.language import Drill, Drills, NotHere, Now, Send, SendTyped, Type, expect, fault, fill, row, stage
from app.drills.patterns import around, drafts, lineage
from app.drills.venues.qfex.orders import BUY, NAMED, POST_ONLY, REPRICE, SLOWLY

DRAFTS: Drills = {
    5: NotHere("QFEX's quantity is the total, and a partly filled order is refused."),
    22: (drafts.while_cancelling(BUY, REPRICE, fault("delay", "cancel", point="before_reply", ms=1500)),),
    23: (
        drafts.second_amendment(
            BUY, REPRICE, Send({"price": "199.90"}), {"price": "200"}, {"price": "200.10"}, switches=SLOWLY
        ),
    ),
    24: NotHere("QFEX shows an order only once it has taken it, so there is none to amend before."),
    25: (
        drafts.foreign_change(
            NAMED, Send({"price": "159.50"}), {"price": "159.00"}, {"price": "159.00"}, {"price": "159.50"}
        ),
        around.strangers_session(
            BUY,
            REPRICE,
            {"price": "199.00"},
            {"price": "199.00", "quantity": "2"},
            expect("code", be="CANNOT_MODIFY_NO_SUCH_ORDER"),
            lineage.TWO_IDS,
            stages=("refused", "overtaken"),
        ),
    ),
    26: (
        drafts.fills_under_draft(
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
    27: (drafts.nothing_to_change(BUY, Send({"price": "200", "quantity": "2.000"})),),
    28: (
        drafts.off_limits(BUY, "price", Send({"price": "200.104"}), "price", "not a multiple", "200.1", "200.11"),
        drafts.off_limits(BUY, "quantity", Send({"quantity": "0.0004"}), "quantity", "not a multiple", "0.001"),
        Drill(
            BUY,
            (
                Type({"price": "200.104"}),
                Now((expect("caution", says="QFEX gives no tick", confirm=True), expect("sendable"))),
                SendTyped(),
            ),
            (stage("refused"), expect("code", be="INVALID_TICK_SIZE_PRECISION_PRICE"), row(price="200", quantity="2")),
            case="a tick that the venue does not tell",
            switches={"bare_refdata": True},
        ),
        Drill(
            BUY,
            (
                Type({"take_profit": "230.004"}),
                Now((expect("caution", says="not a multiple of the tick 0.01", confirm=True), expect("sendable"))),
                SendTyped(),
            ),
            (stage("refused"), expect("code", be="INVALID_TAKEPROFIT_PRICE"), row(price="200", quantity="2")),
            case="an exit beside the tick, which no document forbids",
        ),
    ),
    29: NotHere("QFEX's one way to amend lowers and raises."),
    30: (
        Drill(
            BUY,
            (
                Now((expect("open_field", field="price", current="200"),)),
                fill("0.5"),
            ),
            (
                expect("locked", says="partly filled (0.5 of 2)"),
                expect("locked", says="partly filled", field="price"),
                row(filled="0.5"),
            ),
        ),
    ),
    31: (drafts.would_cross(POST_ONLY, Send({"price": "203"}), "add-liquidity-only", "add-liquidity-only", "amend"),),
    32: NotHere("On QFEX price and quantity are independent; a new price changes no amount."),
    33: (
        drafts.difference_covered(BUY, Send({"quantity": "2481"}), {"quantity": "2481"}, expect("more_than_available")),
    ),
    34: NotHere("QFEX replaces an order in one stroke; its documents know of no moment in which two are held."),
    35: (
        drafts.old_balances(
            BUY, fault("drop", "push_balance", point="before_push", count=0), Send({"quantity": "3"}), 4
        ),
    ),
}
