"""Coverage of an account's list of orders: not answered yet, incomplete, or whole. Pure reads."""

from __future__ import annotations

from app.desk.state import AccountState
from app.domain.plain import one_line

#: So many ids are named in one sentence; the others are counted.
_NAMED = 5

#: Most characters of each: one that cannot be read may be of any length.
_SHOWN = 80


def is_incomplete(account: AccountState) -> bool:
    """Return True if an account has answered, and orders may rest at its venue that have no row."""
    return account.answered_at > 0 and not account.list_complete or bool(account.unreadable)


def incomplete_words(account: AccountState) -> str:
    """Return in which way an account's list is incomplete, such as “incomplete: 2 orders unreadable (a, b)”, else "".

    An account that has not answered yet is no incomplete one: nothing is known of its list.
    """
    parts: list[str] = []
    if account.unreadable:
        count = len(account.unreadable)
        parts.append(f"{count} order{'s' * (count != 1)} unreadable ({ids_named(list(account.unreadable))})")
    if account.answered_at and not account.list_complete:
        parts.append("orders may rest at the venue that are not shown, look there")
    return f"incomplete: {'; '.join(parts)}" if parts else ""


def ids_named(ids: list[str]) -> str:
    """Return order ids in a row, an unreadable one as that; of many the first ones, and how many more there are."""
    named = [one_line(each, _SHOWN) or "no readable id" for each in ids[:_NAMED]]
    more = len(ids) - len(named)
    return ", ".join([*named, *([f"{more} more"] if more else [])])
