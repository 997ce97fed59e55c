"""JSON shapes of the verbs. Decimals are strings of their own digits; times are ISO 8601 UTC with nanoseconds kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.desk.desk import Prepared
from app.desk.state import AccountState, Doubt, Lineage
from app.desk.views.coverage import incomplete_words
from app.desk.views.freshness import Staleness, proven_at
from app.domain.account import Account
from app.domain.amendment import Amendment
from app.domain.form import Field, Form, Route
from app.domain.instants import NO_MOMENT, utc
from app.domain.money import plain
from app.domain.plan import BalanceForecast, Consequence, Verdict, WirePreview
from app.domain.rules import Rule
from app.domain.terms import TERMS

Shape = dict[str, Any]


def number(value: Decimal | str | None) -> str | None:
    """A Decimal as its own digits; words stay words."""
    if isinstance(value, Decimal):
        return plain(value) if value.is_finite() else str(value)
    return value


def when(at: int | None) -> str | None:
    """Nanoseconds since 1970 as ISO 8601 with nine digits of a second; the number itself where it is no moment."""
    if at is None:
        return None
    moment = utc(at)
    if moment is None:
        return f"{NO_MOMENT} ({at} ns)"
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{at % 1_000_000_000:09d}Z"


def account(state: AccountState, environment: str) -> Shape:
    """An account and the state of its link."""
    return {
        "account": state.name,
        "venue": state.venue,
        "environment": environment,
        "link": state.link.value,
        "text": state.link_text,
        "listed_at": when(state.listed_at or None),
        "answered_at": when(state.answered_at or None),
        "complete": state.list_complete,
        "incomplete": incomplete_words(state) or None,
        "unreadable": [
            {"order": order_id or None, "reason": doubt.text, "raw": doubt.raw, "at": when(doubt.at)}
            for order_id, doubt in state.unreadable.items()
        ],
        "surprises": state.surprises,
        "balances": [
            {
                "currency": each.currency,
                "total": number(each.total),
                "available": number(each.available),
                "locked": number(each.locked),
                "as_of": when(each.as_of),
            }
            for each in sorted(state.balances.values(), key=lambda each: each.currency)
        ],
    }


def _locked(doubt: Doubt | None) -> Shape | None:
    if doubt is None:
        return None
    return {"reason": doubt.text, "raw": doubt.raw, "at": when(doubt.at), "source": doubt.source.value}


def order(lineage: Lineage, venue: str, last: Amendment | None, stale: Staleness | None, environment: str) -> Shape:
    """An open order: the venue's truth, and where its last amendment stands.

    Args:
        lineage: the order.
        venue: its venue's name.
        last: its last amendment, None for none.
        stale: since when it is not proven, None while it is as fresh as its venue promises.
        environment: world its account lives in.
    """
    each = lineage.order
    return {
        "order": each.order_id,
        "key": lineage.key,
        "ids": list(lineage.ids),
        "account": lineage.account,
        "venue": venue,
        "environment": environment,
        "client_id": each.client_id,
        "symbol": each.symbol,
        "market": each.market,
        "side": each.side.value,
        "type": each.kind.value,
        "venue_type": each.raw_kind,
        "time_in_force": each.time_in_force.value,
        "post_only": each.post_only,
        "reduce_only": each.reduce_only,
        **{term.name: number(term.shown(each)) for term in TERMS},
        "filled": number(each.filled),
        "triggered": each.triggered,
        "status": each.status.value,
        "venue_status": each.raw_status,
        "created_at": when(each.created_at),
        "updated_at": when(each.updated_at),
        "seen_at": when(lineage.seen_at),
        "source": lineage.source.value,
        "stale": stale is not None,
        "last_read_at": when(proven_at(lineage)),
        "next_read_at": when(stale.until) if stale is not None else None,
        "locked": _locked(lineage.doubt),
        "changed_elsewhere": lineage.elsewhere or None,
        "amendment": amendment(last) if last is not None else None,
    }


def rule(each: Rule | None) -> Shape | None:
    """A rule with its source."""
    if each is None:
        return None
    return {
        "code": each.code,
        "statement": each.statement,
        "document": each.document,
        "url": each.url,
        "read_on": each.read_on,
        "confidence": each.confidence.value,
        "conflict": each.conflict,
        "way_round": each.way_round,
    }


def field(each: Field) -> Shape:
    """One field of the form: editable, or the reason and its rule."""
    return {
        "field": each.name.value,
        "venue_name": each.venue_name,
        "label": each.label,
        "editable": each.editable,
        "reason": each.reason or None,
        "rule": rule(each.rule),
        "current": number(each.current),
        "unit": each.unit,
        "step": number(each.step),
        "minimum": number(each.minimum),
        "maximum": number(each.maximum),
        "choices": [{"value": c.value, "label": c.label, "warning": c.warning} for c in each.choices],
        "meaning": each.meaning,
        "hint": each.hint,
        "origin": each.origin,
        "clearable": each.clearable,
        "routes": list(each.routes),
    }


def route(each: Route) -> Shape:
    """One way to change the order."""
    return {
        "route": each.name,
        "label": each.label,
        "call": each.call,
        "offered": each.offered,
        "opt_in": each.opt_in,
        "reason": each.reason or None,
        "queue": each.queue.value,
        "id_after": each.id_after.value,
        "warning": each.warning,
        "rule": rule(each.rule),
        "further_rules": [rule(one) for one in each.further],
    }


def form(each: Form, order_shape: Shape) -> Shape:
    """The whole form of one order, which `order` gives."""
    return {
        "order": order_shape,
        "locked": each.locked or None,
        "rule": rule(each.rule),
        "fields": [field(one) for one in each.fields],
        "routes": [route(one) for one in each.routes],
    }


def verdict(each: Verdict) -> Shape:
    """Problems and cautions, each tied to a field."""
    return {
        "ok": each.ok,
        "checked": each.checked,
        "problems": [
            {
                "field": p.field.value if p.field else None,
                "text": p.text,
                "nearest": [plain(n) for n in p.nearest],
                "rule": rule(p.rule),
            }
            for p in each.problems
        ],
        "warnings": [
            {
                "field": c.field.value if c.field else None,
                "text": c.text,
                "confirm": c.confirm,
                "limit": c.limit or None,
                "rule": rule(c.rule),
            }
            for c in each.cautions
        ],
    }


def balance(each: BalanceForecast | None) -> Shape | None:
    """The lock and availability of one currency, before, peak and after."""
    if each is None:
        return None
    return {
        "currency": each.currency,
        "locked": {
            "before": number(each.locked_now),
            "peak": number(each.locked_peak),
            "after": number(each.locked_after),
        },
        "delta": number(each.delta),
        "available": {
            "before": number(each.available_now),
            "peak": number(each.available_peak),
            "after": number(each.available_after),
        },
        "total": number(each.total),
        "as_of": when(each.as_of),
        "note": each.note,
    }


def consequence(each: Consequence | None) -> Shape | None:
    """Effect of a route: before, peak, after."""
    if each is None:
        return None
    return {
        "lines": [
            {
                "label": line.label,
                "before": number(line.now),
                "peak": number(line.peak),
                "after": number(line.after),
                "delta": number(line.delta),
                "changed": line.changed,
                "unit": line.unit,
                "note": line.note,
            }
            for line in each.lines
        ],
        "balance": balance(each.balance),
        "queue": each.queue.value,
        "queue_note": each.queue_note,
        "id_after": each.id_after.value,
        "attributes_lost": list(each.attributes_lost),
        "worst_case": each.worst_case,
    }


def request(each: WirePreview | None) -> Shape | None:
    """The exact request, secrets masked."""
    if each is None:
        return None
    return {"transport": each.transport, "head": each.head, "headers": dict(each.headers), "body": each.body}


def about(account: Account) -> Shape:
    """An account by its name, its venue and the world it lives in."""
    return {"account": account.name, "venue": account.venue, "environment": account.environment.value}


def prepared(each: Prepared, lineage: Lineage, account: Account) -> Shape:
    """Outcome of preparing a draft: its verdict, consequence and request."""
    return {
        "order": lineage.order.order_id,
        "key": lineage.key,
        **about(account),
        "route": each.plan.route.name if each.plan.route else None,
        "verdict": verdict(each.plan.verdict),
        "consequence": consequence(each.plan.consequence),
        "request": request(each.preview),
    }


def amendment(each: Amendment) -> Shape:
    """An amendment with its ladder."""
    return {
        "amendment": each.amendment_id,
        "route": each.command.route,
        "stage": each.stage.value,
        "outcome": each.outcome,
        "code": each.code or None,
        "missing": each.missing or None,
        "order_before": each.command.order.order_id,
        "order_after": each.new_order_id or each.command.order.order_id,
        "behind": list(each.command.behind.ids) if each.command.behind is not None else [],
        "asked": [{"field": name.value, "old": number(old), "new": number(new)} for name, old, new in each.asked],
        "differences": [
            {"field": d.field.value, "asked": number(d.asked), "found": number(d.found)} for d in each.differences
        ],
        "ladder": [
            {
                "stage": r.stage.value,
                "at": when(r.at),
                "source": r.source.value,
                "note": r.note,
                "count": r.count,
                "late": r.late,
            }
            for r in each.rungs
        ],
    }
