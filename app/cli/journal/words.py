"""Records in plain words, and raw replies cut down to the order that is meant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.cli import shapes
from app.domain.money import parse_wire, plain
from app.domain.terms import own_terms

#: Names of kinds of records; one that is not here is called by its own name, in words.
_NAMES = {
    "AmendmentAcknowledged": "the venue's receipt",
    "AmendmentRepliedOtherwise": "a reply with other terms",
    "AmendmentQueued": "waits for the venue's rate limit",
    "AmendmentRefused": "the venue refused",
    "AmendmentUnanswered": "no usable answer",
    "AmendmentUnsent": "not sent",
    "AmendmentWritten": "request handed to the connection",
    "CancelAnswered": "the venue answered the cancel",
    "CancelRequested": "cancel asked for",
    "ClockRead": "clocks",
    "FillSeen": "fill",
    "LinkChanged": "link",
    "LookUpFailed": "look-up without an answer",
    "Noticed": "notice",
    "OpenOrdersListed": "list of open orders",
    "OrderMissing": "order not found",
    "ProbeDue": "time to look for evidence",
    "QuoteSeen": "market it was checked against",
}

#: Fields of records that are times.
_TIMES = frozenset({"as_of", "asked_at", "until"})

#: A number with an exponent, as a record may have it; of no more digits than such a number is ever read with.
_EXPONENT = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?E[+-]?[0-9]{1,2}")

#: Fields that are words whatever they look like, beside ids.
_WORDS = frozenset({"code", "digest", "source", "symbol", "venue"})

#: Fields that a line says already.
_SAID = frozenset({"account", "at", "amendment_id"})

#: Beginning of a list, or of a text that may hold one.
_BEGINS = re.compile(r'["\[]')
_BETWEEN = re.compile(r"\s*,?\s*")

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def words(kind: str, body: dict[str, Any], asked: str, ids: Sequence[str]) -> tuple[str, str]:
    """A record in words, and a raw message in it.

    Args:
        kind: of the record.
        body: what it says.
        asked: what the amendment asks for, in words.
        ids: every order id its order has had.
    """
    match kind:
        case "WireSeen":
            sent = body.get("direction") == "out"
            raw = str(body.get("body", ""))
            way = "→ sent" if sent else "← received"
            return f"{way} over {body.get('transport')}: {body.get('head')}", raw if sent else shortened(raw, ids)
        case "OrderSeen":
            return f"order by {body.get('source')}: {_order(body.get('order'))}", ""
        case "OpenOrdersListed":
            orders = [one for one in body.get("orders", []) if isinstance(one, dict)]
            mine = [_order(one) for one in orders if one.get("order_id") in ids]
            return f"{_NAMES[kind]}: {'; '.join(mine) or f'not among its {len(orders)}'}", ""
        case "AmendmentRequested":
            return f"asked for: {asked}", ""
        case "AmendmentWritten":
            return f"{_NAMES[kind]}: {body.get('size')} bytes, SHA-256 {body.get('digest')}", ""
        case "Noticed":
            return f"{_NAMES[kind]}: {body.get('text')}", ""
        case "Session":
            return f"the ticket started, Redline {body.get('version')}", ""
        case "SessionEnded":
            return "the ticket ended in order", ""
        case "LeftBehind":
            return f"taken over from {body.get('source')}", ""
        case "TakenOver":
            return "another journal goes on with it", ""
    name = _NAMES.get(kind) or re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()
    details = ", ".join(_pairs(body))
    return f"{name}: {details}" if details else name, ""


def _order(order: Any) -> str:
    if not isinstance(order, dict):
        return ""
    terms = [
        f"{name} {_digits(order[name])}"
        for name in (*(term.name for term in own_terms()), "filled")
        if order.get(name) is not None
    ]
    return f"{order.get('order_id')} {order.get('raw_status') or order.get('status')}, {', '.join(terms)}"


def _pairs(body: dict[str, Any]) -> Iterator[str]:
    """Content of a record, field by field, without what is empty and what the line says already."""
    for name, value in body.items():
        if isinstance(value, dict):
            yield from _pairs(value)
        elif name in ("text", "note") and value:
            yield str(value)
        elif name not in _SAID and value not in (None, "", False):
            yield f"{name.replace('_', ' ')} {shapes.when(value) if name in _TIMES else _as_told(name, value)}"


def _as_told(name: str, value: Any) -> Any:
    """A field's content as a person reads it; an id such as 12E5 is no number."""
    return value if name.endswith("_id") or name in _WORDS else _digits(value)


def _digits(value: Any) -> Any:
    """A number in its own digits, where the record has an exponent: `0E-8` is 0.00000000; all else as it is."""
    if isinstance(value, str) and _EXPONENT.fullmatch(value):
        return plain(parse_wire(value))
    return value


def order_in(ids: Sequence[str]) -> re.Pattern[str]:
    """Finds an order in a text by any of its ids."""
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, ids))})(?![\w.])")


def shortened(raw: str, ids: Sequence[str]) -> str:
    """A reply with lists of orders cut down to the rows of one order; each digit of what stays is as it came.

    Args:
        raw: the reply as it came.
        ids: every order id that order has had.
    """
    mentioned = order_in(ids)
    return _shortened(raw, lambda row: mentioned.search(row) is not None)


def _shortened(raw: str, is_mine: Callable[[str], bool]) -> str:
    parts: list[str] = []
    done = 0
    while (begins := _BEGINS.search(raw, done)) is not None:
        at = begins.start()
        parts.append(raw[done:at])
        try:
            text, done = _text(raw, at, is_mine) if raw[at] == '"' else _list(raw, at, is_mine)
        except ValueError:
            return "".join([*parts, raw[at:]])  # no JSON from here on
        parts.append(text)
    return "".join([*parts, raw[done:]])


def _text(raw: str, at: int, is_mine: Callable[[str], bool]) -> tuple[str, int]:
    """A text of a reply, and its end. One venue's replies hold their content as JSON in a text."""
    inner, end = _DECODER.raw_decode(raw, at)
    if inner[:1] in ("[", "{") and (short := _shortened(inner, is_mine)) != inner:
        return json.dumps(short, ensure_ascii=False), end
    return raw[at:end], end


def _list(raw: str, at: int, is_mine: Callable[[str], bool]) -> tuple[str, int]:
    """A list of a reply with only the rows that matter, and its end; its bracket alone, if it is to be looked into."""
    rows: list[str] = []
    end = _past(raw, at + 1)
    while raw[end : end + 1] == "{":
        _, after = _DECODER.raw_decode(raw, end)
        rows.append(raw[end:after])
        end = _past(raw, after)
    mine = [row for row in rows if is_mine(row)]
    left = len(rows) - len(mine)
    if raw[end : end + 1] != "]" or len(rows) < 2 or not left:
        return "[", at + 1
    return f"[{','.join([*mine, f'… {left} more left out'])}]", end + 1


def _past(raw: str, at: int) -> int:
    between = _BETWEEN.match(raw, at)
    return at if between is None else between.end()
