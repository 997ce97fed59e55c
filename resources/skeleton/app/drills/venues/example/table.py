"""Drills of the practice venue for each scenario: by a pattern where one fits, or the reason why there is none.

FILL IN: a drill for whatever the venue can do, a reason for the rest. 1 to 52 are all here; a number left out fails a
test of the house.
"""

from __future__ import annotations

from app.drills.language import Drill, Drills, NotHere, Pass, Send, Tell, arrived, expect, fault, row, stage
from app.drills.patterns import answers, away, drafts, races, sequence

#: A buy of 4 at 900, far from the market.
BUY = {"client_id": "first"}
AS_IT_WAS = {"price": "900", "quantity": "4"}
REPRICE = Send({"price": "905"})
NEW = {"price": "905", "quantity": "4"}
HALVE = Send({"quantity": "2"})

SLOW = fault("delay", "amend", point="before_apply", ms=3000)

ONE_ANSWER = NotHere("The venue answers over HTTP, where a request has exactly one answer.")
SAME_ID = NotHere("An amended order keeps its id, and no message tells of an end and a start.")
NO_PUSH = NotHere("The venue pushes nothing; whatever is known of an order was asked for.")
NO_STOPS = NotHere("The venue has limit orders alone, which wait for no trigger.")
ONE_BY_ONE = NotHere("There is no call that amends several orders; each has a request of its own.")
NO_EMULATION = NotHere("The ticket does not cancel and place anew here, because the venue amends orders itself.")

DRILLS: Drills = {
    1: (
        races.part_fills(
            BUY,
            (SLOW, REPRICE, arrived()),
            "1",
            {"price": "900", "remaining": "3"},
            (stage("written"), expect("locked", says="unresolved")),
            {**NEW, "filled": "1", "remaining": "3"},
        ),
    ),
    2: (
        races.overtaken(
            BUY,
            (fault("fill", "amend", quantity="all"), REPRICE),
            (),
            ("filled",),
            row(price="900", filled="4"),
            stages=("refused", "overtaken"),
        ),
    ),
    3: (
        races.fill_in_flight(
            BUY,
            HALVE,
            answers.refusal("bad_size", {**AS_IT_WAS, "filled": "2"}),
            before=(fault("fill", "amend", quantity="2"),),
        ),
    ),
    4: (
        races.fill_in_flight(
            BUY,
            HALVE,
            answers.refusal("bad_size", {**AS_IT_WAS, "filled": "3"}),
            warned="the old terms may fill",
            before=(fault("fill", "amend", quantity="3"),),
        ),
    ),
    5: NotHere("The size of an amendment is the total, fills included, so that no fill can add to it."),
    6: (answers.answer_lost(BUY, REPRICE, NEW),),
    7: (answers.request_lost(BUY, REPRICE, AS_IT_WAS),),
    8: ONE_ANSWER,
    9: (answers.late_answer(BUY, REPRICE, NEW, ms=4500, late="late"),),
    10: (
        answers.receipt_only(
            BUY, REPRICE, NEW, fault("late_effect", "amend", ms=1500), sources=("look-up", "open-order list")
        ),
    ),
    11: SAME_ID,
    12: SAME_ID,
    13: SAME_ID,
    14: SAME_ID,
    15: SAME_ID,
    16: SAME_ID,
    17: (answers.refused(BUY, REPRICE, "bad_price", AS_IT_WAS),),
    18: NO_PUSH,
    19: ONE_ANSWER,
    20: (answers.undocumented(BUY, REPRICE, "moon", "Wrong phase.", AS_IT_WAS, expect("history", says=("moon",))),),
    21: (races.cancelled_in_flight(BUY, (SLOW, REPRICE, arrived()), "", stages=("refused", "overtaken")),),
    22: (drafts.while_cancelling(BUY, REPRICE, fault("delay", "cancel", point="before_apply", ms=1500)),),
    23: (
        drafts.second_amendment(
            BUY,
            REPRICE,
            Send({"price": "910"}),
            AS_IT_WAS,
            NEW,
            fault("delay", "amend", point="before_reply", ms=1500),
        ),
    ),
    24: NotHere("The venue shows an order once it is in its book; there is no state before that."),
    25: (drafts.foreign_change(BUY, REPRICE, {"price": "890"}, {"price": "890"}, NEW),),
    26: (drafts.fills_under_draft(BUY, HALVE, "1", (expect("sendable"),)),),
    27: (drafts.nothing_to_change(BUY, Send({"price": "900.0", "quantity": "4.000"})),),
    28: (
        drafts.off_limits(BUY, "price", Send({"price": "900.2"}), "price", "not a multiple", "900", "900.5"),
        drafts.off_limits(BUY, "size", Send({"quantity": "0.0001"}), "quantity", "not a multiple", "0.001"),
    ),
    29: NotHere("The venue's one way to amend lowers and raises."),
    30: NotHere("A partly filled order may still be amended; a fill takes no field away."),
    31: NotHere("The venue has no post-only orders; a price that meets the market trades, and is said to."),
    32: NotHere("A new price leaves the size as it is; nothing else is derived from it."),
    33: (
        drafts.difference_covered(
            BUY, Send({"quantity": "6"}), {"price": "900", "quantity": "6"}, expect("more_than_available")
        ),
    ),
    34: NotHere("An amended order stays one order, and there is no moment in which two are held."),
    35: (drafts.old_balances(BUY, fault("http_status", "balances", count=0, status=503), REPRICE, 4),),
    36: (
        answers.too_fast(
            BUY,
            REPRICE,
            fault("rate_limit", "amend"),
            "too_fast",
            "too many requests",
            AS_IT_WAS,
            NEW,
        ),
    ),
    37: (
        away.no_readings(
            BUY,
            fault("delay", "amend", ms=800),
            REPRICE,
            (fault("http_status", "look_up", count=6, status=503),),
            4,
            10,
            {"look_up": 20, "list_orders": 15},
        ),
    ),
    38: ONE_BY_ONE,
    39: ONE_BY_ONE,
    40: (
        Drill(
            BUY,
            (Tell("clock", {"skew_ms": 300_000}), Pass(3), REPRICE),
            (stage("confirmed"), expect("notice", says="clock"), row(**NEW)),
        ),
    ),
    41: (sequence.clock_set_back(BUY, 20_000, (REPRICE,), NEW),),
    42: NO_PUSH,
    43: (away.link_breaks(BUY, (fault("delay", "amend", ms=5000), REPRICE), {"price": "900"}, NEW),),
    44: NotHere("An amended order stays one order; nothing the venue does makes it two."),
    45: (
        away.restarts(BUY, REPRICE, NEW, before=(fault("delay", "amend", point="before_reply", ms=1000),), case="made"),
        away.restarts_in_vain(BUY, REPRICE, AS_IT_WAS, before=(fault("delay", "amend", ms=1000),)),
    ),
    46: NO_STOPS,
    47: NotHere("Orders stay until they are filled or cancelled; none expires."),
    48: NotHere("A refused amendment leaves the order as it is; no rule of the order's own cancels it."),
    49: (
        away.never_learnt(
            BUY,
            (
                fault("http_status", "look_up", skip=1, count=0, status=503),
                fault("http_status", "list_orders", count=0, status=503),
                fault("disconnect", "amend"),
                REPRICE,
            ),
            NEW,
            AS_IT_WAS,
        ),
    ),
    50: NO_EMULATION,
    51: NO_EMULATION,
    52: (answers.other_terms(BUY, REPRICE, "price", "902", {"price": "902", "quantity": "4"}),),
}
