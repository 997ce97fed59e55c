"""The account's ledger: each execution as a trade of two balances and, apart, its fee.

Fundings and withdrawals have their lists, always empty: the practice account was never paid in. Source: Bitso API
documentation, "Ledger", and the rows that public clients quote from it, read 2026-11-30.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import TRADER, Execution, SimInstrument, SimOrder
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import BitsoError
from app.practice.venues.bitso.market import whole
from app.practice.venues.bitso.rows import Row, user_trade

_KINDS = {"": ("trade", "fee"), "trades": ("trade",), "fees": ("fee",), "fundings": (), "withdrawals": ()}
_MOST = 100


def entries(exchange: Exchange, style: str, kinds: str, params: Mapping[str, str]) -> list[Row]:
    """`GET /v3/ledger[/{kinds}]`: newest first unless asked otherwise, from the entry after `marker` on.

    Raises:
        BitsoError: 1400 for kinds there are none of, 0304 for a marker or limit that is none.
    """
    if kinds not in _KINDS:
        raise BitsoError(code.NO_ENDPOINT, "No such endpoint.")
    rows = [
        row
        for done, order in exchange.fills_of(TRADER)
        for row in _of(done, order, exchange.instrument(done.symbol), style)
        if row["operation"] in _KINDS[kinds]
    ]
    if params.get("sort", "desc") == "desc":
        rows.reverse()
    marker = params.get("marker")
    if marker:
        places = [place for place, row in enumerate(rows) if row["eid"] == marker]
        if not places:
            raise BitsoError(code.FIELD_INVALID, "marker is the eid of an entry.")
        rows = rows[places[0] + 1 :]
    return rows[: min(whole(params.get("limit", "25"), "limit"), _MOST)]


def _of(done: Execution, order: SimOrder, instrument: SimInstrument, style: str) -> list[Row]:
    trade = user_trade(done, order, instrument, style)
    details = {"tid": trade["tid"], "oid": trade["oid"]}
    moved = [
        {"amount": trade["major"], "currency": trade["major_currency"]},
        {"amount": trade["minor"], "currency": trade["minor_currency"]},
    ]
    paid = [{"amount": -trade["fees_amount"], "currency": trade["fees_currency"]}]
    return [
        {
            "eid": hashlib.blake2s(f"{operation}:{order.uid}:{trade['tid']}".encode(), digest_size=16).hexdigest(),
            "operation": operation,
            "created_at": trade["created_at"],
            "balance_updates": updates,
            "details": details,
        }
        for operation, updates in (("trade", moved), ("fee", paid))
    ]
