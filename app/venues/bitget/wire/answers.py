"""Bitget's codes, and what an answer to a write proves of each order.

Only a code listed here is a refusal for certain. Any other code leaves the outcome unknown until the order itself shows
it. The HTTP status is not the verdict: Bitget sends business errors with status 200 or 400. Only a broken status (3xx,
5xx) or a body that cannot be read leaves the outcome unknown whatever else is said.

Sources: "UTA: error codes" and the WebSocket error table, read 2026-11-21; the aliases 25270-25274 come from an older
copy of that table. Codes of the calls that older accounts share (22xxx, 40xxx, 43xxx, 45xxx, 80011, 31007), of attached
exits and of limits: that table and the error lists of public clients (Bitget.Net, bitget-api, typed-bitget), read
2026-11-30. 40084 and 40085: replies published by clients (typed-bitget, ccxt), read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.order import Order
from app.venues.bitget.wire import codec
from app.venues.bitget.wire.codec import Reply
from app.venues.bitget.wire.vocabulary import SUCCESS
from app.venues.common.failures import Answer, Malformed, Proof

#: Seconds for which nothing of that kind leaves after Bitget said that we were too fast.
PAUSE = 1.0


#: Codes of a call for which the key alone lacks the permission, whatever other calls it may make.
KEY_LACKS = frozenset({"40014", "25620", "40068"})

_ACCEPTED = Answer(Proof.ACCEPTED)
_UNLISTED = Answer(Proof.UNKNOWN, text="a code this ticket does not know")


def _table(proof: Proof, *rows: tuple[str, str]) -> dict[str, Answer]:
    return {code: Answer(proof, code, text) for codes, text in rows for code in codes.split()}


#: Sentences on attached exits, which are the order's own and never sent from here.
_EXITS = "Bitget objects to the attached take-profit or stop-loss; change them on Bitget"

#: By code, the proof in it, and the cause in plain words with what to do.
_MEANINGS: dict[str, Answer] = {
    **_table(
        Proof.GONE,
        (
            "25204 22001 24056 43001 40109 40768 80011 40819 43020 43025 43033 45057 31007",
            "the order is not open any more",
        ),
    ),
    **_table(
        Proof.REFUSED,
        ("25568 25240 25002 25270 25570", "this order cannot be amended; cancel it and place a new one"),
        ("25569", "this order has been amended too often; cancel it and place a new one"),
        ("25571 25271 40925", "price and quantity are the order's own; change one of them"),
        ("25572 25272", "too many amendments of this order are waiting; wait for their result"),
        ("25573 25273", "an earlier amendment of this order failed first; look at the order and try again"),
        ("25574 25274", "reduce-only orders cannot be amended; cancel it and place a new one"),
        ("25653 25003", "the order was being changed; look at it and try again"),
        (
            "25200 25201 25238 40017 400172 40019 40020 40034 40707 40808 40811 40812 40813 40836 95011 13008",
            "a value is not acceptable; correct it",
        ),
        ("22003 22004 22034 22038 22046 22047 22056", "Bitget does not take the request as it is; look at the order"),
        ("25212", "the client id is taken; place a new order with another one"),
        ("25202 25219 25228 43012 40798 40800", "the balance does not cover it; ask for less"),
        ("25203", "the margin does not cover it; ask for less"),
        ("25205 25206 40815 40816", "the price is outside Bitget's band around the market; move it closer"),
        ("25209 25210", "Bitget finds the market too thin or too restless for it; look at the market and try again"),
        ("25207 43006 45110", "the quantity is below the market's minimum; raise it"),
        ("25208", "the quantity is above the market's maximum; lower it"),
        ("25244", "the price is not on the market's tick; use a multiple of it"),
        ("25610", "the quantity has too many decimals; use a multiple of the market's step"),
        ("25611", "price times quantity is below the market's minimum; raise one of them"),
        (
            "25211 25213 25214 25215 25216 25229 25230 25233 25234 25235 25241 25243 25567 40761 40762",
            "the size exceeds what Bitget lets this account open; ask for less",
        ),
        ("25225 25226 25227 25231 25232 25242 40709", "the position does not cover it; look at the position"),
        ("25236 25237 40774", "it does not fit the account's position mode; look at the mode on Bitget"),
        ("25654 25655 40820 40821", "the price is beyond the position's bankruptcy price; move it"),
        ("25612", "only opening orders may carry take-profit or stop-loss"),
        (" ".join(str(code) for code in (*range(25579, 25596), *range(25599, 25610), 25650, 25651, 25652)), _EXITS),
        (
            "25005 25006 25007 25008 25012 95001 95005 95006",
            "Bitget has restricted this account; look at it on Bitget",
        ),
        ("40404", "Bitget does not know this call; check the REST address"),
        (
            "25100 25101 25102 25103 25104 25105 25106 25107 25108 25013 40844 40845",
            "this market takes no changes now; try later",
        ),
    ),
    **_table(Proof.LIMITED, ("429 1001 25004 30006 30007", "too many requests; wait a moment and try again")),
    **_table(Proof.CLOCK, ("40005 40008 30013 30014", "the request's time is off; check this machine's clock")),
    **_table(
        Proof.AUTH,
        ("40001 40002 40003 40004 40007 40037 40041", "the key was not accepted; check it"),
        ("40006 30011", "the key is not known to Bitget; check the account's key"),
        ("40009 30015", "the signature is wrong; check the account's secret"),
        ("40011 40012 40036 30012", "the passphrase is wrong; check the account's passphrase"),
        ("30004 30005", "the login was refused; check key, secret and passphrase"),
        ("40018 40038", "this machine's address is not on the key's list; add it on Bitget"),
    ),
    **_table(
        Proof.PERMISSION,
        (" ".join(sorted(KEY_LACKS)), "the key lacks the permission; give it “UTA trade (read and write)” on Bitget"),
        ("40084 25245", "the account is not a unified trading account; use a key of one"),
        (
            "40085",
            "the account is a unified trading account, and the request was one of the classic account; check the REST "
            "address",
        ),
        ("40000", "Bitget does not serve this account's region; look at the account on Bitget"),
        ("40016", "Bitget wants the account secured by phone or authenticator first; do that on Bitget"),
        ("40022 40023 40024 40025 40026", "Bitget has restricted this account; look at it on Bitget"),
    ),
    **_table(
        Proof.UNKNOWN,
        ("25000 25001 40010 40015 40725 45001", "Bitget could not say whether it was done"),
    ),
}


def meaning_of(code: str) -> Answer:
    """Return what a code proves, with the cause alone as its text; an unlisted one proves nothing."""
    if code in SUCCESS:
        return _ACCEPTED
    return _MEANINGS.get(code, _UNLISTED)


def login_refused(code: str) -> bool:
    """Return True where asking again with the same key is useless."""
    return meaning_of(code).proof in (Proof.AUTH, Proof.PERMISSION)


def answer_to_one(status: int, body: bytes, order: Order) -> Answer:
    """Read the answer to a request about one order.

    Args:
        status: of the HTTP reply.
        body: of the HTTP reply.
        order: the order asked about; an answer that names another one proves nothing.
    """
    reply = _read(status, body)
    pause = PAUSE if status == 429 else 0.0
    if isinstance(reply, str):
        return Answer(Proof.UNKNOWN, "", reply, pause=pause)
    if not reply.ok:
        return _by_code(reply.code, reply.text, pause)
    named = reply.data.get("orderId") if isinstance(reply.data, dict) else None
    if str(named) != order.order_id:
        text = f"Bitget's answer does not name order {order.order_id}, so it proves nothing about it."
        return Answer(Proof.UNKNOWN, reply.code, text)
    return _accepted(order)


def answers_to_batch(status: int, body: bytes, orders: Sequence[Order]) -> list[Answer]:
    """Read the answer to a batch for each order, in the order asked.

    The outer success does not mean that every row was taken: a row was taken only if its own code is absent, empty or
    zero. Rows are matched by order id, then by client id, never by place; one that is not named stays unknown.
    """
    reply = _read(status, body)
    pause = PAUSE if status == 429 else 0.0
    if isinstance(reply, str):
        return [Answer(Proof.UNKNOWN, "", reply, pause=pause)] * len(orders)
    if not reply.ok:
        return [_by_code(reply.code, reply.text, pause)] * len(orders)
    rows = [row for row in reply.data if isinstance(row, dict)] if isinstance(reply.data, list) else []
    by_id = {str(row["orderId"]): row for row in rows if row.get("orderId")}
    # A row that names another order is not ours, whatever client id it carries.
    by_client = {str(row["clientOid"]): row for row in rows if row.get("clientOid") and not row.get("orderId")}
    return [_row(order, by_id.get(order.order_id) or by_client.get(order.client_id or " ")) for order in orders]


def _row(order: Order, row: dict[str, Any] | None) -> Answer:
    if row is None:
        text = f"Bitget's answer leaves out order {order.order_id}, so it proves nothing about it."
        return Answer(Proof.UNKNOWN, "", text)
    code = row.get("code")
    if code is None or str(code) in ("", *SUCCESS):
        return _accepted(order)
    return _by_code(str(code), str(row.get("msg") or ""))


def _by_code(code: str, venue_text: str, pause: float = 0.0) -> Answer:
    """Return what a code other than success says: the code itself, Bitget's own words, and ours."""
    meaning = meaning_of(code)
    theirs = venue_text.strip().rstrip(".")
    quoted = f", “{theirs[:200]}”" if theirs else ""
    if meaning.proof.is_refusal:
        pause = PAUSE if meaning.proof is Proof.LIMITED else pause
        return Answer(meaning.proof, code, f"Bitget refused it ({code}{quoted}): {meaning.text}.", pause=pause)
    text = f"Bitget answered {code}{quoted}, which does not tell whether it was done."
    return Answer(Proof.UNKNOWN, code, text, pause=pause)


def _accepted(order: Order) -> Answer:
    return Answer(Proof.ACCEPTED, text="accepted, not yet applied", order_id=order.order_id)


def _read(status: int, body: bytes) -> Reply | str:
    """Return the envelope, or one sentence on why the answer proves nothing."""
    if not (200 <= status < 300 or 400 <= status < 500):
        return f"Bitget answered HTTP {status}, which does not tell whether it was done."
    try:
        reply = codec.read_reply(body)
    except Malformed as error:
        return f"Bitget sent {error} (HTTP {status}), which does not tell whether it was done."
    if reply.ok and status >= 400:
        return f"Bitget answered success with HTTP {status}, which does not tell whether it was done."
    return reply
