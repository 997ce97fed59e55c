"""Movements of the account's money, as GetAccountTransactions lists them.

Source: AlphaPoint API documentation, "GetAccountTransactions", and rows quoted in public client code, read 2026-11-30.
The balance after each is not kept, so every row has that of now.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.orders import TRADER, ZERO, Execution, Side, SimOrder
from app.practice.venues.alphapoint.rows import Row, Writer


def transactions(writer: Writer, done: Execution, order: SimOrder) -> list[Row]:
    """An execution as what came in, what went out, and the fee."""
    instrument = writer.exchange.instrument(done.symbol)
    due = done.fee_of(order.uid)
    base, quote = (instrument.base, done.quantity), (instrument.quote, done.value)
    came, went = (base, quote) if order.side is Side.BUY else (quote, base)
    moves = [("Trade", *came, ZERO), ("Trade", went[0], ZERO, went[1])]
    if due.amount:
        moves.append(("Fee", due.currency, ZERO, due.amount))
    return [_row(writer, done, number, move) for number, move in enumerate(moves)]


def _row(writer: Writer, done: Execution, number: int, move: tuple[str, str, Decimal, Decimal]) -> Row:
    kind, currency, credit, debit = move
    return writer.numbers(
        {
            "TransactionId": done.sequence * 10 + number,
            "ReferenceId": int(done.trade_id),
            "OMSId": writer.oms_id,
            "AccountId": writer.owner.account_id,
            "CR": credit,
            "DR": debit,
            "Counterparty": 7,
            "TransactionType": kind,
            "ReferenceType": "Trade",
            "ProductId": writer.products[currency],
            "Balance": writer.exchange.ledger.balance(TRADER, currency).total,
            "TimeStamp": done.time_ns // 1_000_000,
        }
    )
