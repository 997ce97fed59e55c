"""Replies of the venue: their payloads, and what each error code proves.

FILL IN: only a documented refusal is one; whatever is not certain is UNKNOWN, and the order is read.
"""

from __future__ import annotations

from typing import Any

from app.venues.common.failures import Answer, Malformed, Proof, ReadFailed
from app.venues.example.wire.vocabulary import TITLE
from app.venues.transport.jsonx import JsonError, loads, mapping

_PROOFS = {
    "bad_key": Proof.AUTH,
    "bad_signature": Proof.AUTH,
    "bad_time": Proof.CLOCK,
    "no_such_order": Proof.GONE,
    "not_open": Proof.REFUSED,
    "bad_price": Proof.REFUSED,
    "bad_size": Proof.REFUSED,
    "no_funds": Proof.REFUSED,
    "too_fast": Proof.LIMITED,
}


def payload(status: int, body: bytes) -> Any:
    """Return the payload of a reply.

    Raises:
        ReadFailed: with its proof, if the venue answered with an error.
        Malformed: if the reply cannot be read.
    """
    try:
        value = loads(body)
        if status < 400:
            return value
        fault = mapping(mapping(value)["error"])
    except (JsonError, KeyError) as error:
        raise Malformed(f"{TITLE} sent a reply that cannot be read (HTTP {status}).") from error
    code = str(fault.get("code", ""))
    proof = Proof.UNKNOWN if status >= 500 else _PROOFS.get(code, Proof.UNKNOWN)
    raise ReadFailed(f"{TITLE} answered: {fault.get('message', 'no explanation')} ({code})", proof, code)


def answer_to_amendment(value: Any) -> Answer:
    """Return the answer that the payload of an amendment gives: a receipt, and no more.

    Raises:
        Malformed: if it names no order.
    """
    order_id = value.get("id") if isinstance(value, dict) else None
    if not isinstance(order_id, str):
        raise Malformed(f"{TITLE} took the amendment in a reply without an order id.")
    return Answer(Proof.ACCEPTED, text="accepted", order_id=order_id)
