"""Drills of a practice Bitso in which the draft is what matters: what stands against it, and what it would do."""

from __future__ import annotations

from app.drills.language import (
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
from app.drills.patterns import around, drafts
from app.drills.venues.bitso.orders import BUY, PARTLY, POST_ONLY, QUEUED, REPRICE, STOP

DRAFTS: Drills = {
    5: (
        Drill(
            PARTLY,
            (
                Type({"quantity": "0.08"}),
                Now(
                    (
                        expect("caution", says="0.08 as what remains", confirm=True),
                        expect("worst_case", says="at worst 0.14 BTC"),
                    )
                ),
                Send({"quantity": "0.08"}),
                Until((stage("different"), row(quantity="0.12", filled="0.04", remaining="0.08"))),
                Now(
                    (
                        expect("outcome", says="larger than asked for"),
                        expect("differs", field="quantity", asked="0.08", actual="0.12"),
                    )
                ),
                Send({"quantity": "0.05"}),
            ),
            (
                stage("different"),
                expect("differs", field="quantity", asked="0.05", actual="0.09"),
                row(quantity="0.09", remaining="0.05"),
            ),
            switches={"partial_semantics": "remaining"},
        ),
    ),
    22: (drafts.while_cancelling(BUY, REPRICE, fault("delay", "cancel", point="before_apply", ms=1500)),),
    23: (
        drafts.second_amendment(
            BUY,
            REPRICE,
            Send({"price": "98000"}),
            {"price": "100000"},
            {"price": "99000"},
            fault("delay", "amend", point="before_reply", ms=1500),
        ),
    ),
    24: (
        Drill(
            QUEUED,
            (
                Type({"price": "101000"}),
                Now((expect("locked", says="queued"), expect("problem", says="queued"))),
                SendTyped(blocked="queued"),
                Now((expect("status", be=("pending",)), expect("requests", operation="amend", at_most=0))),
                Tell("admit", {"order_id": ORDER}),
                Until((expect("status", be=("working",)), expect("open_field", field="price", current="101250"))),
                # What was typed before stands against the order as it was; it is typed again on the order as it is.
                Type({"price": "101000"}),
                Now((expect("sendable"),)),
                SendTyped(),
            ),
            (stage("confirmed"), row(price="101000", quantity="0.15")),
        ),
    ),
    25: (
        drafts.foreign_change(BUY, REPRICE, {"price": "98000"}, {"price": "98000"}, {"price": "99000"}),
        around.strangers_session(
            BUY,
            REPRICE,
            {"quantity": "0.8"},
            {"price": "99000", "quantity": "1"},
            expect("history", says=("goes along as it is",)),
        ),
    ),
    26: (
        drafts.fills_under_draft(
            BUY,
            Send({"quantity": "0.8"}),
            "0.3",
            (
                expect("sendable"),
                expect("line", label="Remaining", now="0.7", after="0.5"),
                expect("open_field", field="quantity", current="1"),
            ),
        ),
    ),
    27: (drafts.nothing_to_change(BUY, Send({"price": "100000.00", "quantity": "1.0"})),),
    28: (
        drafts.off_limits(BUY, "price", Send({"price": "99000.004"}), "price", "not a multiple", "99000", "99000.01"),
        Drill(
            BUY,
            (
                Type({"price": "99000.004"}),
                Now((expect("caution", says="tick of btc_usd is not known", confirm=True), expect("sendable"))),
                SendTyped(),
            ),
            (stage("refused"), expect("code", be="0407"), row(price="100000", quantity="1")),
            case="a tick that the venue does not tell",
            switches={"books_told": "no_tick"},
        ),
        drafts.off_limits(BUY, "amount", Send({"quantity": "0.000001"}), "quantity", "at least 0.00001", "0.00001"),
    ),
    29: NotHere("Bitso's one way to amend lowers and raises."),
    30: NotHere("A partly filled Bitso order may still be amended; a fill takes no field away."),
    31: (
        Drill(
            POST_ONLY,
            (
                Type({"price": "2400000"}),
                Now((expect("caution", says="may cancel this post-only order", confirm=True),)),
                Send({"price": "2400000"}),
            ),
            (
                stage("overtaken", "refused"),
                expect("status", be=("cancelled",)),
                expect("outcome", says="cancelled"),
            ),
        ),
    ),
    32: (
        Drill(
            BUY,
            (
                Type({"price": "120000", "when_repriced": "keep_spend"}),
                Now(
                    (
                        expect("line", label="Amount", now="1", after="0.83333333"),
                        expect("forecast", locked_now="100000", locked_after="100000"),
                    )
                ),
                SendTyped(),
            ),
            (stage("confirmed"), row(price="120000", quantity="0.83333333")),
        ),
    ),
    33: (
        drafts.difference_covered(
            BUY,
            Send({"quantity": "1.4"}),
            {"price": "100000", "quantity": "1.4"},
            expect("more_than_available"),
            expect("forecast", locked_now="100000", locked_after="140000"),
        ),
    ),
    34: NotHere("A modified Bitso order stays one order; its documents know of no moment in which two are held."),
    35: (
        Drill(
            BUY,
            (
                fault("http_status", "balances", count=0, status=503),
                Type({"price": "120000", "when_repriced": "keep_spend"}),
                Until((expect("balance_age", at_least=8),)),
                Now((expect("sendable"), expect("link", be="up"))),
                SendTyped(),
            ),
            (stage("confirmed"), expect("notice", says="balances cannot be read"), row(price="120000")),
            case="balances stop coming, and only they grow old",
        ),
    ),
    46: (
        Drill(
            STOP,
            (fault("trigger_stop", "amend"), Send({"stop": "61600"})),
            (
                stage("refused", "overtaken", "not_applied"),
                expect("exchange", order="{order}", triggered=True, stop="61500"),
                expect("never_shown", statuses=("cancelled",)),
                expect("never_terms", stop="61600"),
                expect("status", be=("filled",)),
                expect("never", stages=("confirmed",)),
            ),
        ),
    ),
}
