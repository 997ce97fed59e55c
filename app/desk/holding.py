"""Words for what holds an account's sending back, whatever is asked for. Pure."""

from __future__ import annotations

from app.domain.plain import named

STOPPED = "Sending is stopped; release “Stop sending” first."

CANCELS_LEAVE = "Sending is stopped for amendments; a cancel leaves all the same."


def read_only_words(account: str, *, whole: bool, accounts: set[str]) -> str:
    """Return why nothing of an account may be sent or cancelled, "" if it may.

    Args:
        account: its name.
        whole: whether the whole ticket is read-only.
        accounts: those that are read-only by themselves.
    """
    if whole:
        return "The ticket is read-only; switch read-only off first."
    if account in accounts:
        how = "release it in the menu of its card, or write read_only = false in the configuration"
        return f"The account {named(account)} is read-only; {how}."
    return ""
