"""Words of a list without a row: why there is none, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from app.desk.desk import Desk
from app.desk.views.coverage import incomplete_words
from app.domain.market import LinkState
from app.ui.window.row_filter import RowFilter


def why_empty(desk: Desk, title: Callable[[str], str], chosen: RowFilter, known: int = 0) -> str:
    """Return why no order is shown, in lines.

    Args:
        desk: the desk.
        title: gives an account's venue as the list names it.
        chosen: the filter that is set.
        known: number of rows there are, those hidden by it too.
    """
    if chosen.attention and not chosen.search and not chosen.account:
        return "No order waits for you.\nWhat else does is listed below."
    if chosen.active and known:
        return "No order fits what is asked for above.\nEsc in the list shows all of them."
    if desk.refusal:
        return "No open order was known at this moment of the record.\nChoose another one above."
    links = {name: account.link for name, account in desk.state.accounts.items()}
    refused = [title(name) for name, link in links.items() if link is LinkState.REFUSED]
    waiting = [title(name) for name, link in links.items() if link not in (LinkState.UP, LinkState.REFUSED)]
    gaps = {title(name): incomplete_words(each) for name, each in desk.state.accounts.items()}
    lines = [f"The list of {venue} is {gap}.\nLook at the venue." for venue, gap in gaps.items() if gap]
    if refused:
        lines.append(f"The login was refused by {', '.join(refused)}.\nWhat to do stands above.")
    if waiting:
        lines.append(f"Waiting for {', '.join(waiting)}.\nOrders appear as soon as a venue has listed them.")
    if lines:
        return "\n\n".join(lines)
    return "No open orders on any venue.\nAn order placed anywhere appears here by itself."
