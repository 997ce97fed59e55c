"""How a practice Bitso brings each scenario about.

There is no private push: everything is learnt by listing and looking up, so what other venues push is polled here. An
answer over HTTP comes once, and an order keeps its id.
"""

from __future__ import annotations

from app.practice.bitso.drills_drafts import DRAFTS
from app.practice.bitso.drills_orders import BUY, REPRICE
from app.practice.bitso.drills_outcomes import OUTCOMES
from app.practice.core.drills import (
    ORDER,
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
    row,
    stage,
)

ONE_ANSWER = NotHere("Bitso answers over HTTP, where a request has exactly one answer.")
READS = ("list_orders", "look_up", "balances", "fills", "history")
SAME_ID = NotHere("A modified Bitso order keeps its id, and no message tells of an end and a start.")

DRILLS: Drills = {
    **DRAFTS,
    **OUTCOMES,
    1: (
        Drill(
            BUY,
            (
                fault("delay", "amend", point="before_apply", ms=1500),
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.25"}),
                Until((expect("shows", filled="0.25", remaining="0.75", price="100000"),)),
                Now((stage("written"), expect("locked", says="unresolved"))),
            ),
            (
                stage("confirmed"),
                expect("never", stages=("overtaken", "refused", "not_applied")),
                row(price="99000", quantity="1", filled="0.25", remaining="0.75"),
                expect("fills", total="0.25", price="100000"),
            ),
        ),
    ),
    2: (
        Drill(
            BUY,
            (fault("fill", "amend", quantity="all"), REPRICE),
            (
                stage("refused", "overtaken"),
                expect("outcome", says="The order was filled"),
                expect("status", be=("filled",)),
                row(price="100000", filled="1"),
            ),
            case="by others, at the old price",
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
        Drill(
            BUY,
            (
                fault("drop", "push_book", point="before_push", count=0),
                fault("disconnect", "amend"),
                fault("delay", "list_orders", ms=900),
                fault("delay", "look_up", ms=900),
                Send({"quantity": "0.5"}),
                Until((expect("exchange", order=BUY["order_id"], quantity="0.5"),)),
                Tell("fill", {"order_id": ORDER, "quantity": "0.5"}),
            ),
            (
                stage("overtaken"),
                expect("outcome", says="Whether the change took effect before is not known"),
                expect("status", be=("ended",)),
                expect("exchange", order=BUY["order_id"], quantity="0.5", filled="0.5"),
            ),
            case="right after the change, and nobody tells",
        ),
    ),
    6: (
        Drill(
            BUY,
            (fault("disconnect", "amend"), REPRICE),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                row(price="99000", quantity="1"),
            ),
        ),
    ),
    7: (
        Drill(
            BUY,
            (fault("disconnect", "amend", point="request_received"), REPRICE),
            (
                expect("passed", stages=("written", "unknown", "not_applied")),
                row(price="100000", quantity="1"),
            ),
        ),
    ),
    8: ONE_ANSWER,
    9: (
        Drill(
            BUY,
            (fault("delay", "amend", point="before_reply", ms=4500), REPRICE),
            (
                expect("passed", stages=("written", "confirmed")),
                expect("never", stages=("acknowledged", "unknown")),
                expect("history", says=("confirmed", "late")),
                row(price="99000"),
            ),
        ),
    ),
    10: (
        Drill(
            BUY,
            (fault("late_effect", "amend", ms=1500), REPRICE),
            (
                expect("passed", stages=("acknowledged", "confirmed")),
                expect("never", stages=("not_applied", "unknown")),
                expect("settled_by", source=("look-up", "open-order list")),
                row(price="99000"),
            ),
        ),
    ),
    11: SAME_ID,
    17: (
        Drill(
            BUY,
            (fault("refuse", "amend", code="0402", message="The price is too high."), REPRICE),
            (
                stage("refused"),
                expect("code", be="0402"),
                expect("status", be=("working",)),
                row(price="100000", quantity="1"),
            ),
        ),
    ),
    20: (
        Drill(
            BUY,
            (
                fault("refuse", "amend", code="0987", message="The moon is in the wrong phase."),
                REPRICE,
            ),
            (
                expect("passed", stages=("unknown", "not_applied")),
                expect("history", says=("0987",)),
                expect("history", says=("wrong phase",)),
                row(price="100000"),
            ),
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
    ),
    43: (
        Drill(
            BUY,
            (
                fault("delay", "amend", ms=2500),
                REPRICE,
                Until((expect("requests", operation="amend", at_least=1),)),
                Tell("connections", {"action": "down"}),
                Until((stage("unknown"), expect("stale", be=True))),
                Until((expect("exchange", order=ORDER, price="99000"),)),
                Now((stage("unknown"), expect("shows", price="100000"), expect("sendable", be=False))),
                Tell("connections", {"action": "up"}),
            ),
            (
                expect("passed", stages=("written", "unknown", "confirmed")),
                expect("stale", be=False),
                row(price="99000"),
            ),
        ),
    ),
}
