"""The orders of the practice day that drills amend, and the change most of them make."""

from __future__ import annotations

from app.drills.language import Send

#: The buy of the documentation's worked example: 1 BTC at 100,000, far from the market.
BUY = {"order_id": "qlbga6b600n3xta7"}
#: A buy with a client id.
NAMED = {"client_id": "desk-0017"}
#: A buy of 0.1 BTC of which 0.04 are filled.
PARTLY = {"symbol": "btc_mxn", "side": "buy"}
POST_ONLY = {"client_id": "po_1"}
#: A sell of 3.2 ETH at 61,200 that waits for 61,500.
STOP = {"symbol": "eth_mxn", "side": "sell"}
#: Placed and not taken into the book yet.
QUEUED = {"client_id": "q-1"}

REPRICE = Send({"price": "99000"})
