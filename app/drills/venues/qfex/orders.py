"""The orders of the practice day that drills amend, and the change most of them make."""

from __future__ import annotations

from app.drills.language import NotHere, Send

#: A buy of 2 AAPL at 200.00, without a client id.
BUY = {"symbol": "AAPL-USD", "side": "buy", "post_only": False}
POST_ONLY = {"client_id": "alo-1"}
#: A buy of 4 GOOG at 160.00 with attached exits and a client id.
NAMED = {"client_id": "swing-7"}

#: A sell of 2 GOOG at 172.00 that may only reduce; QFEX does not report that.
REDUCE_ONLY = {"symbol": "GOOG-USD", "side": "sell"}

REPRICE = Send({"price": "200.10"})
HALVE = Send({"quantity": "1"})

#: Time for something to happen during the speed bump.
SLOWLY = {"bump_ms": 2200}
#: The end of the old id is told as well.
BOTH_TOLD = {"emit_old_cancelled": True}

ONE_MESSAGE = NotHere("QFEX has one message for both: the answer to an amendment is the order with its new terms.")
