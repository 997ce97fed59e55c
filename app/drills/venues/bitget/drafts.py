"""Drills of a practice Bitget in which the draft is what matters: what stands against it, and what it would do."""

from __future__ import annotations

from app.drills.language import Drill, Drills, NotHere, Now, Send, SendTyped, Type, expect, fault, row, stage
from app.drills.patterns import around, drafts, races
from app.drills.venues.bitget.orders import BUY, POST_ONLY, REPRICE, SLOWLY

#: Expectations: the worst case is shown, and the draft is sent even so.
_CROSSED = (
    Type({"price": "3400"}),
    Now((expect("caution", says="may refuse or cancel a post-only order", confirm=True),)),
    SendTyped(),
)

DRAFTS: Drills = {
    5: NotHere("Bitget's quantity is the total, so a fill in flight cannot add to it."),
    22: (drafts.while_cancelling(BUY, REPRICE, switches={"cancel_delay_ms": 1500}),),
    23: (
        drafts.second_amendment(
            BUY,
            REPRICE,
            Send({"price": "59700"}),
            {"price": "59840"},
            {"price": "59800"},
            case="one at a time, as the account says nothing else",
            switches=SLOWLY,
        ),
        drafts.behind_an_accepted_one(
            BUY,
            REPRICE,
            Send({"price": "59700"}),
            {"price": "59840"},
            {"price": "59700"},
            "1 amendment of this order waits at Bitget",
            case="behind an accepted one, where the account allows it",
            switches=SLOWLY,
            account={"queued_amendments": "2"},
        ),
    ),
    24: NotHere("Bitget shows an order only once it has taken it, so there is none to amend before."),
    25: (
        drafts.foreign_change(BUY, REPRICE, {"price": "59700"}, {"price": "59700"}, {"price": "59800"}),
        around.strangers_session(
            BUY,
            REPRICE,
            {"quantity": "0.4"},
            {"price": "59800", "quantity": "0.5"},
            expect("notice", says="put its quantity back to 0.5"),
            point="in_flight",
        ),
    ),
    26: (
        drafts.fills_under_draft(
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
    27: (drafts.nothing_to_change(BUY, Send({"price": "59840.00", "quantity": "0.500"})),),
    28: (
        drafts.off_limits(BUY, "price", Send({"price": "59800.004"}), "price", "not a multiple", "59800", "59800.01"),
        Drill(
            BUY,
            (
                Type({"price": "59800.004"}),
                Now((expect("caution", says="tick of this market is not known", confirm=True), expect("sendable"))),
                SendTyped(),
            ),
            (stage("refused"), expect("code", be="25244"), row(price="59840", quantity="0.5")),
            case="a tick that the venue does not tell",
            switches={"market_rules": "no_grid"},
        ),
        drafts.off_limits(BUY, "quantity", Send({"quantity": "0.0000004"}), "quantity", "not a multiple", "0.000001"),
        drafts.off_limits(BUY, "value", Send({"quantity": "0.00001"}), "quantity", "wants at least", "0.000017"),
    ),
    29: NotHere("Bitget's one way to amend lowers and raises."),
    30: NotHere("A partly filled Bitget order may still be amended; a fill takes no field away."),
    31: (
        Drill(
            POST_ONLY,
            _CROSSED,
            (stage("not_applied"), expect("status", be=("partially_filled",)), row(price="3412.10", filled="1.3")),
            case="the engine refuses it in silence",
        ),
        races.overtaken(
            POST_ONLY,
            _CROSSED,
            ("cancelled",),
            ("cancelled",),
            case="the engine cancels the order",
            switches={"post_only_cross": "cancel"},
        ),
    ),
    32: NotHere("On Bitget price and quantity are independent; a new price changes no amount."),
    33: (
        drafts.difference_covered(
            BUY,
            Send({"quantity": "0.9"}),
            {"quantity": "0.9"},
            expect("more_than_available"),
            expect("forecast", locked_now="29920", locked_after="53856"),
        ),
    ),
    34: NotHere("A modified Bitget order stays one order; its documents know of no moment in which two are held."),
    35: (
        drafts.old_balances(BUY, fault("http_status", "balances", count=0, status=503), Send({"quantity": "0.6"}), 7),
    ),
}
