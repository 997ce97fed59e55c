"""Checks of the venue's side: what reached it, what the exchange holds, and what is said of the link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.money import plain
from app.drills.checks.registry import check
from app.drills.scene import AMENDING, Scene, same


@check("requests")
def sent_once(scene: Scene) -> str:
    """Every amendment that was sent reached the venue once, and none came a second time."""
    found = [each for each in scene.requests if each["operation"] in AMENDING]
    if len(found) == scene.reaching:
        return ""
    return f"{len(found)} amend requests reached the venue for {scene.reaching} sent"


@check("requests")
def requests(scene: Scene, operation: str, at_least: int = 0, at_most: int = 1_000_000) -> str:
    """Number of requests of a kind that reached the venue."""
    found = len([each for each in scene.requests if each["operation"] == operation])
    return "" if at_least <= found <= at_most else f"{found} of {operation} reached it"


@check("requests")
def apart(scene: Scene, operation: str, at_least_ms: int, then: Sequence[str] = ()) -> str:
    """After the first request of a kind, the next of these kinds (of the same one for none) came so much later."""
    times = [(each["time_ms"], each["operation"]) for each in scene.requests]
    first = next((place for place, (_, seen) in enumerate(times) if seen == operation), None)
    if first is None:
        return f"no {operation} reached it"
    later = [(at, seen) for at, seen in times[first + 1 :] if seen in (then or (operation,))]
    if not later or later[0][0] - times[first][0] >= at_least_ms:
        return ""
    return f"{later[0][1]} came {later[0][0] - times[first][0]} ms after {operation}"


@check("faults")
def struck(scene: Scene) -> str:
    """Every planned fault has struck and did what it was planned for."""
    for each in scene.faults:
        if not each["hits"]:
            return f"fault {each['action']} at {each['operation']} never struck"
        if each["trouble"]:
            return f"fault {each['action']} failed: {each['trouble']}"
    return ""


@check("orders")
def exchange(scene: Scene, order: str, **fields: Any) -> str:
    """Fields of an order at the exchange, by its neutral names."""
    held = scene.held(order)
    if held is None:
        return f"the exchange has no order {order}"
    for name, wanted in fields.items():
        if not same(held[name], wanted):
            return f"the exchange holds {name} {held[name]}"
    return ""


@check()
def link(scene: Scene, be: str, says: str = "") -> str:
    """The state of the link, and words of what is said about it."""
    account = scene.account
    if account.link.value != be:
        return f"the link is {account.link.value} {account.link_text}"
    return "" if says.lower() in account.link_text.lower() else f"it says “{account.link_text}”"


@check()
def notice(scene: Scene, says: str) -> str:
    """A person was told something with these words."""
    texts = [each.text for each in scene.state.notices]
    return "" if any(says.lower() in each.lower() for each in texts) else f"the notices are {texts}"


@check("balances")
def balances(scene: Scene) -> str:
    """Balances on the desk equal the venue's: total and locked, to the digit."""
    for currency, held in scene.balances.items():
        shown = next((each for name, each in scene.account.balances.items() if name.lower() == currency.lower()), None)
        if shown is None:
            continue
        if not same(plain(shown.total), held["total"]) or not same(plain(shown.locked), held["locked"]):
            return (
                f"{currency}: {plain(shown.total)} with {plain(shown.locked)} locked is shown, "
                f"it is {held['total']} with {held['locked']} locked"
            )
    return ""
