"""Drills of a practice AlphaPoint in which the draft is what matters: what stands against it, what it would do."""

from __future__ import annotations

from app.drills.language import (
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
    fill,
    reached,
    row,
    stage,
)
from app.drills.patterns import around, drafts, races
from app.drills.venues.alphapoint.orders import BUY, POST_ONLY, REDUCE, SLOWLY

_BELOW_MINIMUM = (
    Type({"quantity": "0.00005"}),
    Now((expect("caution", says="0.0001 this market gives as its least", confirm=True), expect("sendable"))),
    SendTyped(),
)

DRAFTS: Drills = {
    5: (
        Drill(
            BUY,
            (
                Type(REDUCE.changes),
                Now((expect("worst_case", says="all of the remaining 1 may still fill"),)),
                SendTyped(),
                reached("acknowledged"),
                fill("0.2"),
                Until((stage("confirmed"), row(quantity="0.8", filled="0.2", remaining="0.6"))),
                Now((expect("note", stage="confirmed", says="0.2 more filled while amending"),)),
                Send({"quantity": "0.4"}),
            ),
            (stage("confirmed"), row(quantity="0.6", filled="0.2", remaining="0.4")),
            switches=SLOWLY,
        ),
    ),
    22: (drafts.while_cancelling(BUY, REDUCE, switches=SLOWLY),),
    23: (
        drafts.second_amendment(
            BUY,
            REDUCE,
            Send({"quantity": "0.5"}),
            {"quantity": "1"},
            {"quantity": "0.6"},
            switches=SLOWLY,
            says="not settled yet",
        ),
    ),
    24: NotHere(
        "An order is known to no query and no event before AlphaPoint has taken it, so there is none to amend."
    ),
    25: (
        drafts.foreign_change(BUY, REDUCE, {"quantity": "0.9"}, {"quantity": "0.9"}, {"quantity": "0.6"}),
        around.strangers_session(
            BUY, REDUCE, {"quantity": "0.9"}, {"price": "95000", "quantity": "0.6"}, expect("ids", count=1)
        ),
    ),
    26: (
        drafts.fills_under_draft(
            BUY,
            REDUCE,
            "0.3",
            (
                expect("sendable"),
                expect("line", label="Remaining", now="0.7", after="0.6"),
                expect("line", label="Executed", now="0.3", after="0.3"),
                expect("open_field", field="quantity", current="0.7"),
                expect("caution", says="remaining or total"),
            ),
        ),
    ),
    27: (drafts.nothing_to_change(BUY, Send({"quantity": "1.00"})),),
    28: (
        drafts.off_limits(BUY, "quantity", Send({"quantity": "0.600000001"}), "quantity", "not a multiple", "0.6"),
        Drill(
            BUY,
            (
                Type({"quantity": "0.6000000001"}),
                Now((expect("caution", says="gives no step of quantities", confirm=True), expect("sendable"))),
                SendTyped(),
            ),
            (stage("refused"), row(price="95000", quantity="1")),
            case="a step that the venue does not tell",
            switches={"market_rules": "no_grid"},
        ),
        Drill(
            BUY,
            _BELOW_MINIMUM,
            (stage("refused"), row(price="95000", quantity="1")),
            case="a minimum that is in no document, and the venue refuses",
        ),
        races.overtaken(
            BUY,
            _BELOW_MINIMUM,
            ("cancelled",),
            ("cancelled",),
            case="a minimum that is in no document, and the venue cancels the order",
            switches={"below_minimum": "cancel"},
        ),
        drafts.off_limits(
            BUY, "price", Send({"price": "95100.004"}, route="replace"), "price", "not a multiple", "95100", "95100.01"
        ),
    ),
    29: (
        Drill(
            BUY,
            (
                Type({"quantity": "1.5"}),
                Now(
                    (
                        expect("problem", says="needs route “replace”", field="quantity"),
                        expect("route", name="reduce", queue="kept"),
                        expect("route", name="replace", queue="lost", opt_in=True),
                    )
                ),
                SendTyped(blocked="needs route “replace”"),
                Send({"quantity": "1.5"}, route="replace"),
            ),
            (stage("confirmed"), row(price="95000", quantity="1.5"), expect("ids", count=2)),
        ),
    ),
    30: (
        Drill(
            BUY,
            (
                Now((expect("route", name="reduce", queue="kept"),)),
                fill("0.99999999"),
            ),
            (
                expect("route_off", name="reduce", says="cannot be reduced further"),
                row(filled="0.99999999", remaining="0.00000001"),
            ),
            case="what remains is one step of the market, so the route that reduces is gone",
        ),
    ),
    31: (
        Drill(
            POST_ONLY,
            (
                Type({"price": "0.0352"}, route="replace"),
                Now((expect("caution", says="the order is post-only", confirm=True),)),
                SendTyped(),
            ),
            (stage("refused"),),
        ),
    ),
    32: NotHere("On AlphaPoint price and quantity are independent; a new price changes no amount."),
    35: (
        Drill(
            BUY,
            (
                fault("drop", "push_balance", point="before_push", count=0),
                Type({"price": "95100"}, route="replace"),
                fill("0.1"),
                Until((expect("balance_age", at_least=4),)),
            ),
            (row(filled="0.1", remaining="0.9"),),
            at_rest=False,
        ),
    ),
}
