"""Plain text of the verbs, for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli import shapes
from app.cli.other_journals import OtherJournals
from app.cli.output import joined, table
from app.desk.desk import Desk, Prepared
from app.desk.state import Lineage
from app.desk.views.coverage import incomplete_words
from app.desk.views.freshness import Staleness
from app.domain.account import worlds
from app.domain.amendment import Amendment, Source
from app.domain.evidence import SECOND
from app.domain.form import Form
from app.domain.money import tidy
from app.domain.order import Order, OrderStatus
from app.domain.plain import one_line
from app.domain.plan import Problem
from app.domain.rules import Rule

#: Most characters of a venue's word for a state: the table is as wide as its widest cell.
_MOST_WORD = 60


def orders(desk: Desk, rows: Sequence[Lineage], others: OtherJournals) -> str:
    """The open orders, one line each; what another journal has in flight of them is marked as unresolved."""
    head = ["Account", "Symbol", "Side", "Type", "Price", "Quantity", "Remaining", "Order", "Amendment", "Order id"]
    lines = [head]
    several = len({account.world for account in desk.accounts.values()}) > 1
    for row in rows:
        each = row.order
        last, other = desk.state.spoken_amendment(row), others.of(row)
        lines.append(
            [
                f"{_world(desk, row)} {row.account}" if several else row.account,
                f"{each.symbol} {each.market}".strip(),
                each.side.value,
                each.kind.value
                + (" post-only" if each.post_only else "")
                + (" reduce-only" if each.reduce_only else ""),
                shapes.number(each.price) or "—",
                shapes.number(each.quantity) or "—",
                shapes.number(each.remaining) or "—",
                _status(desk, row),
                f"unresolved ({other.amendment.stage.value})" if other else last.stage.value if last else "—",
                each.order_id,
            ]
        )
    asked = sum(1 for account in desk.state.accounts.values() if account.answered_at)
    every = len(desk.state.accounts)
    accounts = f"{every} account{'s' * (every != 1)}"
    if asked < every:
        accounts = f"{asked} of {accounts}; the others did not list theirs"
    gaps = [(name, incomplete_words(account)) for name, account in desk.state.accounts.items()]
    accounts += "".join(f"; {name} {gap}" for name, gap in gaps if gap)
    world = worlds(desk.accounts.values())
    count = f"{world}: {len(rows)} open order{'s' * (len(rows) != 1)} on {accounts}"
    return joined([*table(lines, frozenset({4, 5, 6})), "", count])


def _world(desk: Desk, row: Lineage) -> str:
    return desk.accounts[row.account].world


def about(desk: Desk, row: Lineage) -> str:
    """The world, account and order that what follows is about."""
    each = row.order
    return f"{_world(desk, row)}  {row.account}  {each.symbol} {each.side.value}  {each.order_id}"


def _status(desk: Desk, row: Lineage) -> str:
    """The venue's word on an order, why it is locked, and since when nothing proves it."""
    each = row.order
    word = each.raw_status if each.status is OrderStatus.UNRECOGNISED else each.status.value.replace("_", " ")
    parts = [one_line(word, _MOST_WORD)]
    if row.doubt is not None:
        parts.append(f"locked: {row.doubt.text}")
    if row.vanished_at is not None:
        parts.append("not listed now")
    stale = desk.staleness(row)
    if stale is not None:
        parts.append(_stale(stale, desk.clock.now()))
    return ", ".join(parts)


def _stale(stale: Staleness, now: int) -> str:
    """Since when a row is not proven, and when it is read next, in whole seconds."""
    ahead = f"next read in about {((stale.until or now) - now) // SECOND} s"
    if stale.until is None:
        ahead = "ask again in a moment to read it anew"
    return f"last read {max(0, now - stale.since) // SECOND} s ago, {ahead}"


def form(desk: Desk, fields: Form, lineage: Lineage) -> str:
    """Every field of an order: its value and whether it may change, or why not."""
    each = lineage.order
    what = f"{each.symbol} {each.side.value} {each.raw_kind or each.kind.value}"
    lines = [f"{_world(desk, lineage)}  {lineage.account}  {what}  {each.order_id}"]
    stale, doubt = desk.staleness(lineage), lineage.doubt
    if stale is not None:
        lines.append(f"Not proven now: {_stale(stale, desk.clock.now())}.")
    if doubt is not None:
        lines.append(f"Not believed ({doubt.source.value}, {shapes.when(doubt.at)}): {doubt.text}")
        lines += [f"    as received: {doubt.raw}"] if doubt.raw else []
    if fields.locked:
        lines += [f"Locked: {fields.locked}", *_source(fields.rule)]
    for field in fields.fields:
        now = shapes.number(field.current) or "—"
        unit = f" {field.unit}" if field.unit else ""
        state = "may change" if field.editable else "locked"
        lines.append("")
        lines.append(f"{field.name.value} ({field.venue_name}): {now}{unit}  [{state}]")
        if field.choices:
            lines.append(f"    choices: {', '.join(choice.value for choice in field.choices)}")
        elif field.editable and field.step is not None:
            lines.append(f"    in steps of {shapes.number(field.step)}{unit}")
        reason = "" if field.reason == fields.locked else field.reason  # said once, on top
        lines += [f"    {note}" for note in (field.meaning, field.origin, field.hint, reason) if note]
        if field.rule != fields.rule or not fields.locked:
            lines += _source(field.rule)
    for route in fields.routes:
        offered = "offered" if route.offered else "not offered"
        opt_in = f", only with --route {route.name}" if route.opt_in else ""
        why = f": {route.reason}" if route.reason and not route.offered else ""
        lines.append("")
        lines.append(f"route {route.name} ({route.call}): {offered}{opt_in}{why}")
        lines.append(f"    place in queue {route.queue.value}; order id {route.id_after.value}")
        if route.warning:
            lines.append(f"    {route.warning}")
    return joined(lines)


def _source(rule: Rule | None) -> list[str]:
    if rule is None:
        return []
    lines = [
        f"    rule: {rule.statement}",
        f"    source: {rule.document}, read {rule.read_on}, {rule.confidence.value}",
    ]
    if rule.conflict:
        lines.append(f"    conflict: {rule.conflict}")
    if rule.way_round:
        lines.append(f"    instead: {rule.way_round}")
    return lines


def offered(problem: Problem) -> str:
    """A problem with its nearest legal values, unless its sentence names them already."""
    named = all(tidy(value) in problem.text for value in problem.nearest)
    nearest = " or ".join(tidy(value) for value in problem.nearest)
    return problem.text if named else f"{problem.text} Nearest legal: {nearest}."


def prepared(each: Prepared, head: str = "") -> str:
    """Lines on what stands against a draft, on what it would do, and the exact request; `head` stands above them."""
    lines: list[str] = [head] if head else []
    lines += [f"problem: {offered(problem)}" for problem in each.plan.verdict.problems]
    for caution in each.plan.verdict.cautions:
        lines.append(f"warning: {caution.text}{' (needs --confirm)' if caution.confirm else ''}")
    effect = each.plan.consequence
    if effect is not None:
        rows = [["", "now", "peak", "after"]]
        for line in effect.lines:
            delta = f" ({line.delta:+f})" if line.delta else ""
            cells = [shapes.number(value) or "—" for value in (line.now, line.peak, line.after)]
            rows.append([line.label, cells[0], cells[1], cells[2] + delta])
        lines += ["", *table(rows, frozenset({1, 2, 3}))]
        notes = [f"{line.label}: {line.note}" for line in effect.lines if line.note]
        if effect.balance is not None and effect.balance.note:
            notes.append(f"Locked {effect.balance.currency.upper()}: {effect.balance.note}")
        lines += dict.fromkeys(notes)  # a rulebook may note the balance on its line too
        if effect.worst_case:
            lines.append(f"worst case: {effect.worst_case}")
        if effect.attributes_lost:
            lines.append(f"not carried over: {', '.join(effect.attributes_lost)}")
    if each.preview is not None:
        lines += ["", each.preview.head, each.preview.body]
    return joined(lines).strip("\n")


def ladder(each: Amendment) -> list[str]:
    """The rungs of an amendment with their times and sources, and what came out other than asked."""
    lines: list[str] = []
    for rung in each.rungs:
        note = f"  {'late: ' * rung.late}{rung.note}" if rung.note or rung.late else ""
        times = f" ×{rung.count}" if rung.count > 1 else ""
        lines.append(f"  {shapes.when(rung.at)}  {rung.stage.value:<13} {rung.source.value}{times}{note}")
    for difference in each.differences:
        asked, shown = shapes.number(difference.asked) or "—", shapes.number(difference.found) or "—"
        lines.append(f"  {difference.field.value.replace('_', ' ')}: asked {asked}, the venue shows {shown}")
    if each.new_order_id:
        lines.append(f"  order id is now {each.new_order_id}")
    return lines


def _left(order: Order) -> str:
    """The size that remains of an order; of one that has ended, the one that was left then."""
    if order.is_open or not order.unfilled:
        return f"remaining {shapes.number(order.remaining)}"
    return f"{shapes.number(order.unfilled)} left when it ended"


def amendment(each: Amendment, lineage: Lineage, ask: str, head: str = "") -> str:
    """The outcome and the ladder of an amendment; `ask` is what to do where it is not settled, `head` stands above."""
    lines = [*([head] if head else []), each.outcome, *ladder(each)]
    if each.is_open:
        lines += [f"  still missing: {each.missing}"] if each.missing else []
        lines.append(f"  nothing is resent; {ask}")
    now, last = lineage.order, each.latest
    seen = last.source not in (Source.REPLY, Source.APP, Source.WIRE)
    fresh = seen or not now.is_open or lineage.seen_at >= last.at
    head = "order now" if fresh else f"order as seen {shapes.when(lineage.seen_at)}, not read since"
    lines.append(
        f"  {head}: {now.raw_status or now.status.value}, price {shapes.number(now.price) or '—'}, "
        f"{_left(now)}, filled {shapes.number(now.filled)}"
    )
    return joined(lines)
