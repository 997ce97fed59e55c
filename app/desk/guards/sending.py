"""Guards of sending itself: the same change once more, and too many amendments of an account in a minute. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.desk.guards.change import Change, Finding, tiers
from app.desk.state import DeskState, Lineage
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.limits import Limits
from app.domain.plan import Caution, Plan

_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND


@dataclass(frozen=True, slots=True)
class Recent:
    """Amendments asked for a moment ago, newest first.

    Attributes:
        count: those of the account within the last minute.
        of_order: those of the order itself that are within the time in which a repetition asks.
    """

    count: int = 0
    of_order: tuple[Amendment, ...] = ()


def recent(state: DeskState, lineage: Lineage, limits: Limits, now: int, ahead: int = 0) -> Recent:
    """Return what was asked for a moment ago, of an order and of its account, and what is to leave `ahead` of it."""
    count = ahead
    if limits.soft_per_minute is not None or limits.hard_per_minute is not None:
        for amendment in reversed(state.amendments.values()):
            if asked_at(amendment) <= now - _MINUTE:
                break
            row = state.lineages.get(amendment.lineage)
            count += row is not None and row.account == lineage.account
    if limits.repeat_within is None:
        return Recent(count)
    since = now - int(limits.repeat_within * _SECOND)
    own = (state.amendments[each] for each in reversed(lineage.amendments) if each in state.amendments)
    return Recent(count, tuple(each for each in own if asked_at(each) > since))


def asked_at(amendment: Amendment) -> int:
    """Time at which an amendment was asked for."""
    return amendment.rungs[0].at if amendment.rungs else 0


def sending(plan: Plan, change: Change, lately: Recent, limits: Limits, now: int) -> list[Finding]:
    """Return what stands against sending this now, whatever it is."""
    if not change.known:
        return []
    return [*_repeat(plan, lately, now), *_rate(change, lately, limits)]


def _repeat(plan: Plan, lately: Recent, now: int) -> list[Finding]:
    """Ask about what was asked for already: it counts what the request says, not how it was typed."""
    if plan.route is None or plan.target is None:
        return []
    content = (plan.route.name, plan.fields, plan.target)
    for each in lately.of_order:
        if each.is_open or (each.command.route, each.command.fields, each.command.target) != content:
            continue
        age = (now - asked_at(each)) // _SECOND
        became = _BECAME.get(each.stage, "is settled")
        text = f"The same change of this order was asked for {age} s ago ({each.amendment_id}, which {became})."
        return [Caution(text, None, confirm=True, limit="repeat_within")]
    return []


#: Words for what became of the earlier one.
_BECAME = {
    AmendmentStage.CONFIRMED: "was confirmed",
    AmendmentStage.REFUSED: "was refused",
    AmendmentStage.NOT_APPLIED: "was not applied",
    AmendmentStage.DIFFERENT: "came out different",
    AmendmentStage.OVERTAKEN: "was overtaken",
}


def _rate(change: Change, lately: Recent, limits: Limits) -> list[Finding]:
    """Count this one too. What adds no risk is not asked about, but counts, and a hard limit holds for it."""
    count = lately.count + 1
    soft = limits.soft_per_minute is not None and count > limits.soft_per_minute and not change.reduces
    hard = limits.hard_per_minute is not None and count > limits.hard_per_minute
    most = limits.hard_per_minute if hard else limits.soft_per_minute
    text = f"This would be amendment {count} of this account within a minute; its limit is {most}"
    return tiers(limits, "per_minute", (soft, hard), text, "wait a moment", None)
