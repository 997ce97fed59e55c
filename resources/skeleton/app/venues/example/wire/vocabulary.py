"""Words of the venue, each once. FILL IN: as they stand on the wire."""

from __future__ import annotations

from app.domain.order import OrderStatus

TITLE = "Example"

PRICE = "price"
SIZE = "size"
MODIFY_CALL = "PATCH /v1/orders"

#: A word that is not here becomes UNRECOGNISED, which locks the order and shows the word.
STATUSES = {
    "open": OrderStatus.WORKING,
    "partly_filled": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "cancelled": OrderStatus.CANCELLED,
}
