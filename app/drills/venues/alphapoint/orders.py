"""The orders of the practice day that drills amend, the changes most of them make, and switches they share."""

from __future__ import annotations

from app.drills.language import Send

#: A buy of 1 BTC at 95,000.
BUY = {"order_id": "6507"}
#: A sell of 1.2 BTC at 99,500, 0.2 executed.
PARTLY = {"order_id": "6511"}
#: A sell of 0.4 BTC at 98,900; there is enough for a second one.
SELL = {"order_id": "6534"}
#: A post-only buy of 10 ETH at 0.0348 BTC.
POST_ONLY = {"order_id": "6526"}

REDUCE = Send({"quantity": "0.6"})
REPLACE = Send({"price": "95100"}, route="replace")

#: Time for something to happen between the receipt and the effect.
SLOWLY = {"effect_delay_ms": 3000}
