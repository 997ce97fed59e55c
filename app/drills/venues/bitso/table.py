"""Drills of a practice Bitso for each scenario.

There is no private push: everything is learnt by listing and looking up, so what other venues push is polled here. An
answer over HTTP comes once, and an order keeps its id.
"""

from __future__ import annotations

from app.drills.language import Drill, Drills, NotHere, Now, Pass, Send, Until, arrived, expect, fault, row, stage
from app.drills.patterns import answers, around, away, races
from app.drills.venues.bitso.drafts import DRAFTS
from app.drills.venues.bitso.orders import BUY, REPRICE
from app.drills.venues.bitso.outcomes import OUTCOMES, SAME_ID

ONE_ANSWER = NotHere("Bitso answers over HTTP, where a request has exactly one answer.")
READS = ("list_orders", "look_up", "balances", "fills", "history")

DRILLS: Drills = {
    **DRAFTS,
    **OUTCOMES,
    1: (
        races.part_fills(
            BUY,
            (fault("delay", "amend", point="before_apply", ms=3000), REPRICE, arrived()),
            "0.25",
            {"remaining": "0.75", "price": "100000"},
            (stage("written"), expect("locked", says="unresolved")),
            {"price": "99000", "quantity": "1", "filled": "0.25", "remaining": "0.75"},
        ),
    ),
    2: (
        races.overtaken(
            BUY,
            (fault("fill", "amend", quantity="all"), REPRICE),
            ("The order was filled",),
            ("filled",),
            row(price="100000", filled="1"),
            stages=("refused", "overtaken"),
            case="by others, at the old price",
        ),
        races.overtaken(
            BUY,
            (fault("fill", "amend", quantity="all"), REPRICE),
            ("The order was filled",),
            ("filled",),
            expect("code", be="1702"),
            row(price="100000", filled="1"),
            stages=("refused", "overtaken"),
            case="by others, and 1702 says so",
            switches={"modify_codes": "17"},
        ),
        Drill(
            BUY,
            (Send({"price": "136000", "when_repriced": "keep_quantity"}),),
            (
                stage("confirmed"),
                expect("never", stages=("overtaken", "refused", "not_applied")),
                expect("status", be=("filled",)),
                expect("exchange", order=BUY["order_id"], price="136000", filled="1"),
            ),
            case="by the change itself, which crosses the market",
        ),
        races.overtaken(
            BUY,
            (
                fault("drop", "push_book", point="before_push", count=0),
                # In one step of the venue with the change, so that no reading can come between the two.
                fault("fill", "amend", point="before_reply", quantity="all"),
                fault("disconnect", "amend"),
                Send({"quantity": "0.5"}),
            ),
            ("Whether the change took effect before is not known",),
            ("ended",),
            expect("exchange", order=BUY["order_id"], quantity="0.5", filled="0.5"),
            case="right after the change, and nobody tells",
        ),
    ),
    6: (answers.answer_lost(BUY, REPRICE, {"price": "99000", "quantity": "1"}),),
    7: (answers.request_lost(BUY, REPRICE, {"price": "100000", "quantity": "1"}),),
    8: ONE_ANSWER,
    9: (answers.late_answer(BUY, REPRICE, {"price": "99000"}, ms=4500, late="late"),),
    10: (
        answers.receipt_only(
            BUY,
            REPRICE,
            {"price": "99000"},
            fault("late_effect", "amend", ms=1500),
            sources=("look-up", "open-order list"),
        ),
    ),
    11: SAME_ID,
    17: (
        answers.refused(
            BUY,
            REPRICE,
            "0402",
            {"price": "100000", "quantity": "1"},
            message="The price is too high.",
            case="a limit of the book",
        ),
        *(
            answers.refused(BUY, REPRICE, code, {"price": "100000", "quantity": "1"}, message=text, case=code)
            for code, text in (
                ("1703", "Invalid Order"),
                ("1704", "Incorrect field(s) for the order you are trying to replace"),
                ("1705", "The order was not modified because the provided values match the existing ones"),
                ("1706", "The order was not modified because it would result in either major or minor being zero"),
                ("1707", "The order is still being processed. Please try again later"),
                ("0705", "Your account is currently suspended"),
            )
        ),
        answers.refused(
            BUY,
            REPRICE,
            "1700",
            {"price": "100000", "quantity": "1"},
            expect("requests", operation="look_up", at_least=1),
            message="Order not found",
            case="1700, and the order is there",
        ),
    ),
    20: (
        answers.undocumented(
            BUY,
            REPRICE,
            "1587",
            "The moon is in the wrong phase.",
            {"price": "100000"},
            expect("history", says=("1587",)),
            expect("history", says=("wrong phase",)),
        ),
    ),
    36: (
        Drill(
            BUY,
            (
                fault("rate_limit", "amend"),
                REPRICE,
                Until((stage("refused"), expect("code", be="0801"), expect("outcome", says="wait a minute"))),
                Now((row(price="100000"),)),
                Send(REPRICE.changes, reaches=False),
                Until((stage("queued"),)),
                Pass(3),
            ),
            (
                expect("stages", be=(("refused",), ("queued",))),
                expect("apart", operation="amend", at_least_ms=60_000, then=("amend", *READS)),
                row(price="100000"),
            ),
            case="a minute in which nothing is asked and nothing sent",
        ),
        around.too_many_in_html(
            BUY,
            REPRICE,
            {"price": "100000"},
            expect("outcome", says="too fast (HTTP 429)"),
            stages=("written", "refused"),
        ),
    ),
    43: (away.link_breaks(BUY, (fault("delay", "amend", ms=5000), REPRICE), {"price": "100000"}, {"price": "99000"}),),
}
