"""Looking one order up: status first, then its own history, then the account's, before it may be called missing.

“Resource Not Found” (104) proves nothing alone: the order may be gone, not processed yet, or of another account
(AlphaPoint API documentation, GetOrderStatus, documented).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.amendment import Source
from app.domain.order import Order
from app.domain.plan import WireValue
from app.venues.alphapoint.wire.answers import failure_of
from app.venues.alphapoint.wire.codec import Frame, GatewaySession, account_payload, fold, order_payload
from app.venues.alphapoint.wire.events import rows_of
from app.venues.alphapoint.wire.rows import read_order
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.transport.jsonx import whole_or_none

#: Reads a row that a source showed, asked for when (nanoseconds); raises Malformed.
Read = Callable[[Any, Source, int | None], Order]

#: Asks one question and returns when it left (nanoseconds) and the reply; raises ReadFailed.
Ask = Callable[[str, Mapping[str, WireValue]], Awaitable[tuple[int, Frame]]]


@dataclass(frozen=True, slots=True)
class Found:
    """An order as found: where, and when the question left."""

    order: Order
    source: Source
    asked_at: int


class QuestionRefused(ReadFailed):
    """The venue does not answer such a question, for this user or at all; asking again is no use."""


class LookUp:
    """The venue's procedure for one order, over whichever gateway `ask` uses."""

    def __init__(
        self, ask: Ask, session: GatewaySession, account: str, symbols: Mapping[int, str], read: Read | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            ask: asks one question.
            session: whose orders.
            account: configured name.
            symbols: symbol by instrument id.
            read: reads one row; None believes whatever can be read.
        """
        self._ask = ask
        self._session = session
        self._read = read or trusting(account, symbols)

    async def status(self, order: Order) -> Found | None:
        """The order by `GetOrderStatus`; None where the venue says it finds none.

        Raises:
            ReadFailed: nothing is proven.
        """
        asked_at, rows = await ask_rows(self._ask, "GetOrderStatus", order_payload(order, self._session))
        found = self._pick(rows, order.order_id, asked_at)
        if rows and found is None:
            raise ReadFailed(f"{TITLE} was asked for order {order.order_id} and answered with something else.")
        return Found(found, Source.LOOKUP, asked_at) if found is not None else None

    async def find(self, order: Order) -> Found | None:
        """The order by the whole procedure; None where neither the book nor the histories have it.

        Raises:
            ReadFailed: nothing is proven.
        """
        found = await self.status(order)
        if found is not None:
            return found
        calls: tuple[tuple[str, Mapping[str, WireValue]], ...] = (
            ("GetOrderHistoryByOrderId", order_payload(order, self._session, account=False)),
            ("GetOrderHistory", account_payload(self._session)),
        )
        refused: ReadFailed | None = None
        for name, payload in calls:
            try:
                asked_at, rows = await ask_rows(self._ask, name, payload)
            except ReadFailed as error:
                refused = error
                continue
            past = self._pick(rows, order.order_id, asked_at)
            if past is not None and past.status.is_terminal:
                return Found(past, Source.HISTORY, asked_at)
            if past is not None:
                text = f"{TITLE} finds order {order.order_id} in its history only, as {past.raw_status}; check again."
                raise ReadFailed(text)
            refused = None
        if refused is not None:
            raise refused
        return None

    def _pick(self, rows: Sequence[Any], order_id: str, asked_at: int) -> Order | None:
        """The latest row of one order: a history may have a row for each change."""
        latest: Order | None = None
        for row in rows:
            if not isinstance(row, dict) or not _names(row, order_id):
                continue
            try:
                order = self._read(row, Source.LOOKUP, asked_at)
            except Malformed as error:
                raise ReadFailed(f"{TITLE} described the order in a way that cannot be read: {error}.") from error
            if latest is None or _rank(order) > _rank(latest):
                latest = order
        return latest


def trusting(account: str, symbols: Mapping[int, str]) -> Read:
    """A reader that holds a row against nothing that is known."""
    return lambda row, source, asked_at: read_order(row, account, symbols)


async def ask_rows(ask: Ask, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Sequence[Any]]:
    """Return when a question left, and the rows of its reply; one object counts as one row: both shapes are documented.

    Raises:
        QuestionRefused: the venue does not answer this question. ReadFailed: nothing is proven.
    """
    asked_at, frame = await ask(name, payload)
    failure = failure_of(frame)
    if failure is not None:
        if failure.proof is Proof.GONE:
            return asked_at, ()
        raise (QuestionRefused if failure.proof.is_refusal else ReadFailed)(f"{name}: {failure.text}")
    return asked_at, rows_of(frame.payload)


def _names(row: Mapping[str, Any], order_id: str) -> bool:
    named = whole_or_none(fold(row).get("orderid"))
    return named is not None and str(named) == order_id


def _rank(order: Order) -> tuple[bool, int, Any]:
    return (order.status.is_terminal, order.updated_at or 0, order.filled)
