"""The orders of the practice day that drills amend, the change most of them make, and switches they share."""

from __future__ import annotations

from app.drills.language import Send, Tell, fault

#: A spot buy of 0.5 BTC at 59,840.
BUY = {"order_id": "1312345680000471882"}
#: A perpetual sell of 4 ETH at 3,412.10, post-only, 1.3 filled.
POST_ONLY = {"order_id": "1312345650000471913"}

#: A perpetual buy of 0.02 BTC at 59,100, in the same category.
PERP = {"order_id": "1312345660000471877"}

REPRICE = Send({"price": "59800"})
SHRINK = Send({"quantity": "0.2"})

#: Nothing is pushed when a modification is applied; look-ups alone tell.
UNPUSHED = {"push_on_amend": False}
#: Time for something to happen between the acknowledgement and the engine.
SLOWLY = {"engine_delay_ms": 3000}


def filled_in_flight(quantity: str) -> Tell:
    """Planned: so much fills between the acknowledgement and the engine."""
    return fault("fill", "amend", point="in_flight", quantity=quantity)
