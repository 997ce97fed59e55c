"""AlphaPoint's words as constants: names of calls, routes and switches. Shared by the rules and the wire."""

from __future__ import annotations

#: The venue's name in sentences.
TITLE = "AlphaPoint"

#: Routes: in place and downward only, or by a new order.
REDUCE = "reduce"
REPLACE = "replace"

#: The calls behind them.
MODIFY_ORDER = "ModifyOrder"
CANCEL_REPLACE = "CancelReplaceOrder"

#: A session in which post-only orders alone are taken.
RUNNING_POST_ONLY = "RunningPostOnly"

#: Switches of an account.
REVISION_MODE = "revision_mode"
CHECK_BEFORE_SEND = "check_before_send"
ACCOUNT_SWITCH = "account_id"
CALLS_SWITCH = "calls_per_minute"
