"""Exact bounds of what AlphaPoint sends: lengths, flags in every spelling, ids of zero, and what is not there."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.venues.alphapoint.wire import codec, events
from app.venues.alphapoint.wire.answers import failure_of, read_answer, read_text, why_not_ours
from app.venues.alphapoint.wire.codec import Frame, FrameKind, GatewaySession
from app.venues.alphapoint.wire.login import is_login, read_login
from app.venues.common.failures import Malformed, Proof
from tests.venues.alphapoint.samples import (
    order,
    reduction,
    replacement,
)

D = Decimal
SESSION = GatewaySession(1, 9, 96)


def frame(payload: Any, kind: FrameKind = FrameKind.REPLY, name: str = "ModifyOrder") -> Frame:
    return Frame(kind, 2, name, payload)


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload, proof, text",
    [
        ({"result": "True"}, Proof.ACCEPTED, "received the request"),
        ({"result": " true "}, Proof.ACCEPTED, "received the request"),
        ({"result": "False"}, Proof.UNKNOWN, "answered “no reason given”"),
        ({"result": False}, Proof.UNKNOWN, "answered “no reason given”"),
        ({"result": "maybe"}, Proof.UNKNOWN, "neither yes nor no"),
        ({"result": 1}, Proof.UNKNOWN, "neither yes nor no"),
        ({"status": "Accepted"}, Proof.ACCEPTED, "received the request"),
        ({"status": True}, Proof.UNKNOWN, "neither yes nor no"),
        ({"status": None}, Proof.UNKNOWN, "neither yes nor no"),
        ({"status": ["rejected"]}, Proof.UNKNOWN, "neither yes nor no"),
        ({"status": "rejected", "errorcode": False}, Proof.REFUSED, "no reason given"),
        ({"replacementorderid": True}, Proof.UNKNOWN, "neither yes nor no"),
        ({"result": False, "replacementorderid": 7}, Proof.UNKNOWN, "no and yes at once"),
        ({"status": "accepted", "errorcode": 100}, Proof.UNKNOWN, "no and yes at once (100)"),
        ({"result": True, "errorcode": 100, "errormsg": "bad"}, Proof.UNKNOWN, "yes and an error at once (bad)"),
        ({"errorcode": "odd code"}, Proof.UNKNOWN, "(odd code)"),
    ],
)
def test_yes_and_no_in_every_spelling(payload: dict[str, Any], proof: Proof, text: str) -> None:
    answer = read_answer(frame(payload))
    assert answer.proof is proof
    assert text in answer.text


def test_an_error_frame_accepts_nothing() -> None:
    assert read_answer(frame({"result": True}, FrameKind.ERROR)).proof is Proof.UNKNOWN


def test_long_words_are_cut_at_their_lengths() -> None:
    assert read_text("y" * 201).text.count("y") == 200
    coded = read_answer(frame({"result": False, "errorcode": "z" * 41}))
    assert coded.code == "z" * 40
    said = read_answer(frame({"result": False, "errorcode": 100, "errormsg": "q" * 301}))
    assert said.text.count("q") == 300


@pytest.mark.parametrize(
    "payload, kind, refused",
    [
        ([], FrameKind.REPLY, False),
        ([{"result": False}], FrameKind.REPLY, False),
        ({"OrderId": 1}, FrameKind.REPLY, False),
        ({"result": True, "errorcode": 0}, FrameKind.REPLY, False),
        ({"result": False}, FrameKind.REPLY, True),
        ({"status": "Rejected"}, FrameKind.REPLY, True),
        ({"errorcode": 104}, FrameKind.REPLY, True),
        (None, FrameKind.REPLY, True),
        ("text", FrameKind.REPLY, True),
        ({"OrderId": 1}, FrameKind.ERROR, True),
        ([], FrameKind.ERROR, True),
    ],
)
def test_a_question_is_answered_by_a_list_or_an_object_that_is_no_error(
    payload: Any, kind: FrameKind, refused: bool
) -> None:
    asked = frame(payload, kind)
    assert failure_of(asked) == (read_answer(asked) if refused else None)


MODIFY = reduction(order(), "0.5")
SWAP = replacement(order(), "84200", "1.5", request_id=77)


@pytest.mark.parametrize(
    "command, answered, why",
    [
        (MODIFY, frame({"result": True}), ""),
        (MODIFY, frame({"result": True}, name="modifyorder"), ""),
        (MODIFY, frame({"result": True}, name=""), ""),
        (MODIFY, frame({"result": True}, name="CancelReplaceOrder"), "to CancelReplaceOrder, which was not asked"),
        (MODIFY, frame({"result": True}, FrameKind.ERROR, "CancelOrder"), ""),
        (MODIFY, frame({"OrderId": 15067}), ""),
        (MODIFY, frame({"OrderId": 0}), ""),
        (MODIFY, frame({"OrderId": 7}), "of order 7, and 15067 was asked for"),
        (MODIFY, frame({"OrigOrderId": "8"}), "of order 8, and 15067 was asked for"),
        (MODIFY, frame({"OrderIdToReplace": 9}), "of order 9, and 15067 was asked for"),
        (MODIFY, frame("text"), ""),
        (SWAP, frame({"OrigOrderId": 15067, "ReplacementClOrdId": 77}, name="CancelReplaceOrder"), ""),
        (SWAP, frame({}, name="ModifyOrder"), "to ModifyOrder, which was not asked"),
        (SWAP, frame({"OrigOrderId": 7}, name=""), "of order 7, and 15067 was asked for"),
        (SWAP, frame({"OrderId": 7}, name=""), ""),
        (SWAP, frame({"ReplacementClOrdId": 78}, name=""), "of request 78, and 77 was asked for"),
        (SWAP, frame({"ReplacementClientOrderId": 78}, name=""), "of request 78, and 77 was asked for"),
        (MODIFY, frame({"ReplacementClOrdId": 78}), ""),
        (MODIFY, frame({}, name="x" * 41), f"to {'x' * 40}, which was not asked"),
    ],
)
def test_a_reply_that_names_another_request_is_not_ours(command: Any, answered: Frame, why: str) -> None:
    assert why_not_ours(command, answered) == why


# -- frames and requests ---------------------------------------------------------------------------------------------


def test_the_account_is_the_orders_own_else_the_logins() -> None:
    named = replace(order(), attributes=(("account_id", "5"), ("instrument_id", "8")))
    nameless = replace(order(), attributes=(("instrument_id", "8"),))
    assert (codec.account_of(named, SESSION), codec.account_of(nameless, SESSION)) == (5, 9)
    zero = replace(order(), attributes=(("account_id", "0"),))
    assert codec.account_of(zero, SESSION) == 0
    assert codec.order_payload(named, SESSION) == {"OMSId": 1, "AccountId": 5, "OrderId": 15067}
    assert codec.order_payload(named, SESSION, account=False) == {"OMSId": 1, "OrderId": 15067}
    assert codec.account_payload(SESSION) == {"OMSId": 1, "AccountId": 9}


@pytest.mark.parametrize(
    "base, path", [("https://x", "/"), ("https://x/", "/"), ("https://x/AP", "/AP/"), ("https://x/AP/", "/AP/")]
)
def test_calls_go_below_the_gateways_path(base: str, path: str) -> None:
    assert codec.http_query(base, "Get", {}, []).target == f"{path}Get"
    asked = codec.http_query(base, "Get", {"a": True, "b": False, "c": D("0.10"), "d": 7, "e": "x y"}, [])
    assert asked.target == f"{path}Get?a=true&b=false&c=0.10&d=7&e=x+y"
    posted = codec.http_command(base, "Do", {"a": 1}, [("k", "v")])
    assert (posted.method, posted.target, posted.body) == ("POST", f"{path}Do", b'{"a":1}')
    assert posted.headers == (("Content-Type", "application/json"), ("k", "v"))


def test_amendments_are_numbered_evenly_from_a_thousand_million() -> None:
    assert [codec.amend_sequence(each) for each in (0, 1, 499_999_999, 500_000_000)] == [
        1_000_000_000,
        1_000_000_002,
        1_999_999_998,
        1_000_000_000,
    ]


@pytest.mark.parametrize("kind", range(6))
def test_every_kind_of_frame_is_read(kind: int) -> None:
    read = codec.decode_frame(json.dumps({"m": kind, "i": 0, "n": None, "o": ""}))
    assert (read.kind, read.sequence, read.name, read.payload) == (kind, 0, "", None)


@pytest.mark.parametrize(
    "text", ['{"m":6,"i":0}', '{"m":-1,"i":0}', '{"m":1}', '{"m":1,"i":true}', '{"i":1}', "[]", "x"]
)
def test_a_frame_without_kind_or_number_is_none(text: str) -> None:
    with pytest.raises(codec.UnreadableFrame) as caught:
        codec.decode_frame(text)
    assert caught.value.sequence is None


@pytest.mark.parametrize("kind, answers", [(1, 4), (3, None)])
def test_an_unreadable_payload_tells_which_request_it_answered(kind: int, answers: int | None) -> None:
    with pytest.raises(codec.UnreadableFrame) as caught:
        codec.decode_frame(json.dumps({"m": kind, "i": 4, "n": "N", "o": "{"}))
    assert caught.value.sequence == answers
    assert codec.decode_frame('{"m":5,"i":4,"n":"N","o":"no JSON"}').payload == "no JSON"


# -- events and logins -----------------------------------------------------------------------------------------------


def test_an_event_carries_one_row_or_several() -> None:
    assert events.rows_of({"a": 1}) == [{"a": 1}]
    assert events.rows_of([1, 2]) == [1, 2]
    assert events.rows_of(None) == [None]


@pytest.mark.parametrize(
    "payload, foreign",
    [({"AccountId": 9}, False), ({"AccountId": 8}, True), ({"Account": 8}, True), ({}, False), ([], False)],
)
def test_an_event_of_another_account_is_foreign(payload: Any, foreign: bool) -> None:
    assert events.is_foreign(payload, 9) is foreign


@pytest.mark.parametrize(
    "payload, reason",
    [
        ({"RejectReason": "r" * 301, "Status": "s"}, "r" * 300),
        ({"RejectReason": "", "Status": "s"}, "s"),
        ({}, "no reason given"),
    ],
)
def test_a_reject_says_why_in_three_hundred_letters(payload: Any, reason: str) -> None:
    read = events.read_reject(payload)
    assert (read.reason, read.price, read.quantity, read.client_id) == (reason, None, None, "")
    priced = events.read_reject({"LimitPrice": 1, "Quantity": 2, "ClOrderId": 3, "OrderId": 0, "OrderIdToReplace": 4})
    assert (priced.price, priced.quantity, priced.client_id, priced.order_id, priced.old_id) == (1, 2, "3", "", "4")


@pytest.mark.parametrize(
    "payload, login",
    [
        ({"Authenticated": False}, True),
        ({"AUTHENTICATED": True}, True),
        ({"result": False}, False),
        ([], False),
        ("authenticated", False),
        (None, False),
    ],
)
def test_a_login_says_whether_it_is_one(payload: Any, login: bool) -> None:
    assert is_login(payload) is login


@pytest.mark.parametrize("lacking", ["OMSId", "AccountId"])
def test_a_login_names_both_the_system_and_the_account(lacking: str) -> None:
    whole = {"Authenticated": True, "OMSId": 1, "AccountId": 9}
    session = read_login(whole).session
    assert session == GatewaySession(1, 9, 0, "")
    for nothing in (None, ""):
        with pytest.raises(Malformed, match="no account"):
            read_login({**whole, lacking: nothing})
    assert read_login({**whole, lacking: 0}).session is not None
