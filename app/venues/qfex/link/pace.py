"""Patience of the connector: every time it waits, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times to wait, all in seconds.

    Attributes:
        login_within: patience for the login and for each subscription.
        page_within: patience for one page of a list.
        answer_within: patience for the answer to an amendment or a cancel.
        stale_after: without a pulse for so long, amendments are blocked; QFEX sends one every second.
        recycle_after: without a pulse for so long, the socket is replaced.
        watch_every: period of the checks.
        reference_every: period of reading the instruments again.
        reference_retry: the same after a failure.
        head_start: how long a login waits for the first reading of the instruments, which also tells QFEX's time.
        list_every: period of listing without being asked; pushes tell what happens, a list tells that none was missed.
        lists: at most so many lists
        lists_window: in so many seconds.
    """

    login_within: float = 10.0
    page_within: float = 10.0
    answer_within: float = 3.0
    stale_after: float = 5.0
    recycle_after: float = 15.0
    watch_every: float = 0.5
    reference_every: float = 60.0
    reference_retry: float = 5.0
    head_start: float = 3.0
    list_every: float = 20.0
    lists: int = 2
    lists_window: float = 4.0
