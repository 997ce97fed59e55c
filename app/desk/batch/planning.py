"""One wish put to many orders: each gets a verdict of its own before anything leaves. Sends nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.desk.batch.cutting import TOTAL, cut, is_total
from app.desk.batch.exposure import Change, in_order
from app.desk.batch.members import Member, Remark, Said
from app.desk.batch.together import whole
from app.desk.desk import Desk, Prepared
from app.desk.holding import read_only_words
from app.desk.state import Lineage
from app.domain.changes import read_changes
from app.domain.form import FieldName, Form, InputError, QueuePlace, passes_by_itself
from app.domain.market import LinkState
from app.domain.money import exact, parse_typed, tidy
from app.domain.plan import Draft
from app.domain.ports import BatchConnector
from app.domain.twins import means_total

#: Why an order of which something waits in line is not changed by a batch, where its venue lets more wait behind that.
NOT_BEHIND = "An amendment of this order has no outcome yet; several orders at once are changed without such ones."


@dataclass(frozen=True, slots=True)
class Wish:
    """Wish for orders of a batch.

    Attributes:
        changes: each as `field=value`, or `total=…` for a total shared out among them.
        route: the way to change them, None for the venue's own choice.
        nearest: where a number is not one the venue takes, take the nearest that is, and say so.
        cancel: cancel them; nothing else is asked then.
    """

    changes: tuple[str, ...] = ()
    route: str | None = None
    nearest: bool = False
    cancel: bool = False


def plan_batch(desk: Desk, keys: Sequence[str], wish: Wish) -> list[Member]:
    """Return every order with its verdict on one wish for all, in the order given.

    Args:
        desk: knows the orders and their surroundings.
        keys: of the rows; one named twice counts once.
        wish: what should become of them.

    Raises:
        InputError: if the wish as a whole cannot be meant, in one sentence.
        DeskError: for a row that is not there.
    """
    rows = [desk.lineage(key) for key in dict.fromkeys(keys)]
    if not rows:
        raise InputError("orders", "No order is chosen; choose some first.")
    if wish.cancel:
        return [_cancelled(desk, row) for row in rows]
    wishes = _each_wish(desk, rows, wish)
    members = _in_turn(desk, {row.key: replace(wish, changes=each) for row, each in zip(rows, wishes, strict=True)})
    return whole(members) if is_total(wish.changes) else members


def plan_each(desk: Desk, wishes: Mapping[str, Wish]) -> list[Member]:
    """Return every order with its verdict on a wish of its own, in the order given.

    Args:
        desk: knows the orders and their surroundings.
        wishes: by key of the row.

    Raises:
        DeskError: for a row that is not there.
    """
    return _in_turn(desk, wishes)


def waits_of(desk: Desk, members: Sequence[Member]) -> dict[str, float]:
    """Return by key how many seconds a member waits at least for its venue's limit; those that need not are left out.

    Args:
        desk: knows what each account has written last.
        members: with their verdicts.
    """
    found: dict[str, float] = {}
    now = desk.clock.now()
    taken: dict[str, list[float]] = {}
    #: By account and kind of request, when the last one leaves and how many it still has room for.
    requests: dict[tuple[str, str], tuple[float, int]] = {}
    by_key = {member.key: member for member in members}
    for key in _turns(members):
        member = by_key[key]
        if member.cancels:
            continue
        profile = desk.venues[member.account].profile
        if member.account not in taken:
            ages = (Decimal(at - now) / 10**9 for at in desk.state.accounts[member.account].writes)
            taken[member.account] = [float(age) for age in ages if age > -profile.window_s]
        times = taken[member.account]
        rows, kind = request_of(desk, member)
        at, room = requests.get((member.account, kind), (0.0, 0))
        if not room:
            full = len(times) >= profile.amends_per_window
            at, room = (max(0.0, times[-profile.amends_per_window] + profile.window_s) if full else 0.0), rows
            times.append(at)
        requests[(member.account, kind)] = (at, room - 1)
        if at > 0:
            found[key] = at
    return found


def request_of(desk: Desk, member: Member) -> tuple[int, str]:
    """Return how many amendments a request with a member's may carry, and what they have in common."""
    connector = desk.effects.connector(member.account)
    if member.cancels:
        return len(desk.state.lineages), "cancel"  # a request each, none waiting for another's answer
    if not isinstance(connector, BatchConnector):
        return 1, member.key
    return connector.batch_rows, connector.batch_of(member.order)


def _each_wish(desk: Desk, rows: Sequence[Lineage], wish: Wish) -> list[tuple[str, ...]]:
    """The changes of each row; a total becomes what each of them keeps."""
    totals = [each for each in wish.changes if is_total((each,))]
    if not totals:
        return [wish.changes] * len(rows)
    if len(wish.changes) > 1:
        raise InputError(TOTAL, "A total is shared out by itself; ask for other changes afterwards.")
    try:
        total = parse_typed(totals[0].partition("=")[2])
    except ValueError as error:
        raise InputError(TOTAL, f"Total: {error}") from error
    kept = cut([row.order for row in rows], total)
    found: list[tuple[str, ...]] = []
    for row in rows:
        order, left = row.order, kept[(row.order.account, row.order.order_id)]
        field = desk.form(row.key).field(FieldName.QUANTITY)
        with exact():
            size = left + order.filled if field is not None and means_total(field) else left
        found.append((f"{FieldName.QUANTITY}={tidy(size)}",) if left else (TOTAL,))
    return found


def _cancelled(desk: Desk, row: Lineage) -> Member:
    if not row.order.is_open:
        return _blocked(row, "It has ended; there is nothing to cancel.")
    if row.cancelling:
        return _blocked(row, "A cancel is under way already.")
    held = desk.refusal or read_only_words(row.account, whole=desk.read_only, accounts=desk.read_only_accounts)
    if held:
        return _blocked(row, held, Remark.HELD)
    said = (Said(Remark.CANCELS),)
    return Member(row.key, row.account, row.order, said, change=Change(row.order, None, _currency(desk, row)))


def _in_turn(desk: Desk, wishes: Mapping[str, Wish]) -> list[Member]:
    """Plan every order, each as if those that leave before it had been asked for; in the order given.

    Raises:
        DeskError: for a row that is not there.
    """
    rows = {key: desk.lineage(key) for key in wishes}
    members = {key: _planned(desk, rows[key], wish) for key, wish in wishes.items()}
    ahead: Counter[str] = Counter()
    for key in _turns(members.values()):
        account = members[key].account
        limits = desk.limits[account]
        if ahead[account] and (limits.soft_per_minute is not None or limits.hard_per_minute is not None):
            members[key] = _planned(desk, rows[key], wishes[key], ahead[account])
        ahead[account] += members[key].sends and not members[key].cancels
    return list(members.values())


def _turns(members: Iterable[Member]) -> list[str]:
    """The keys of those that would leave, in the order in which they do."""
    return in_order({each.key: each.change for each in members if each.sends and each.change is not None})


def _planned(desk: Desk, row: Lineage, wish: Wish, ahead: int = 0) -> Member:
    if wish.cancel:
        return _cancelled(desk, row)
    if wish.changes == (TOTAL,):
        member = _cancelled(desk, row)
        asks = Said(Remark.ASKS, "Nothing of it is left in the total: it would be cancelled.")
        return replace(member, said=(*member.said, asks)) if member.sends else member
    form = desk.form(row.key)
    if form.locked:
        return _blocked(row, form.locked, Remark.HELD if _waits(desk, row, (form.locked,)) else Remark.BLOCKED)
    around = desk.surroundings(row)
    if around.amending:
        return _blocked(row, NOT_BEHIND, Remark.HELD)  # the bound of a batch counts one change of each order
    try:
        read = read_changes(form, around.quote, wish.changes)
    except InputError as error:
        return _blocked(row, str(error))
    said = [Said(Remark.ADJUSTED if each in read.adjusted else Remark.SENDS, each) for each in read.notes]
    current = {field.name: field.current for field in form.fields}
    if all(current.get(name) == value for name, value in read.values):
        return Member(row.key, row.account, row.order, (*said, Said(Remark.SAME, "It has these terms already.")))
    draft = Draft(row.order, read.values, wish.route)
    prepared = _by_a_route(desk, row, form, draft, ahead)
    if prepared.command is None and wish.nearest:
        draft, adjusted = _nearest(draft, prepared)
        if adjusted:
            said += adjusted
            if all(current.get(name) == value for name, value in draft.values):
                return Member(
                    row.key, row.account, row.order, (*said, Said(Remark.SAME, "It has these terms already."))
                )
            prepared = _by_a_route(desk, row, form, draft, ahead)
    return _verdict(desk, row, prepared, said)


def _by_a_route(desk: Desk, row: Lineage, form: Form, draft: Draft, ahead: int) -> Prepared:
    """Prepare a draft by the route asked for, else by the first that can do it; what that costs is told."""
    prepared = desk.prepare(row.key, draft, ahead)
    if prepared.command is not None or draft.route is not None:
        return prepared
    for route in form.routes:
        if route.offered and route.opt_in:
            other = desk.prepare(row.key, Draft(draft.base, draft.values, route.name), ahead)
            if other.command is not None:
                return other
    return prepared


def _nearest(draft: Draft, prepared: Prepared) -> tuple[Draft, list[Said]]:
    """The draft with the nearest number a venue takes, wherever it takes none as typed."""
    values, said = dict(draft.values), []
    for problem in prepared.plan.verdict.problems:
        old = values.get(problem.field) if problem.field is not None else None
        if problem.field is None or not problem.nearest or not isinstance(old, Decimal):
            continue
        values[problem.field] = problem.nearest[0]
        text = f"{problem.field.value.capitalize()}: {tidy(old)} is not taken, {tidy(problem.nearest[0])} is the "
        said.append(Said(Remark.ADJUSTED, text + "nearest that is."))
    return Draft(draft.base, tuple(values.items()), draft.route), said


def _verdict(desk: Desk, row: Lineage, prepared: Prepared, remarks: list[Said]) -> Member:
    plan = prepared.plan
    if prepared.command is None or plan.route is None:
        problem = plan.verdict.problems[0] if plan.verdict.problems else None
        text = problem.text if problem is not None else "There is nothing to send."
        if problem is not None and problem.nearest:
            text += f" Nearest: {', '.join(tidy(each) for each in problem.nearest[:2])}."
        waits = _waits(desk, row, [each.text for each in plan.verdict.problems])
        remark = Remark.HELD if waits else Remark.BLOCKED
        return Member(row.key, row.account, row.order, (*remarks, Said(remark, text)), prepared)
    loses = plan.consequence is not None and plan.consequence.queue is QueuePlace.LOST
    if loses and plan.consequence is not None:
        remarks.append(Said(Remark.LOSES_PLACE, plan.route.warning or plan.consequence.queue_note))
    for caution in plan.verdict.cautions:
        if caution.confirm and not (loses and caution.about_place):
            remarks.append(Said(Remark.LIMITED if caution.limit else Remark.ASKS, caution.text))
    if held := desk.holds_back(row.account):
        remarks.append(Said(Remark.HELD, held))
    change = Change(row.order, plan.target, _currency(desk, row))
    if not remarks:
        remarks.append(Said(Remark.SENDS))
    return Member(row.key, row.account, row.order, tuple(remarks), prepared, change)


def _waits(desk: Desk, row: Lineage, texts: Sequence[str]) -> bool:
    """Return True if nothing is wrong with what is asked, and only the moment is not right for it."""
    around = desk.surroundings(row)
    busy = around.link is not LinkState.UP or around.amending or around.cancelling or row.doubt is not None
    return busy or (bool(texts) and all(map(passes_by_itself, texts)))


def _blocked(row: Lineage, text: str, remark: Remark = Remark.BLOCKED) -> Member:
    return Member(row.key, row.account, row.order, (Said(remark, text),))


def _currency(desk: Desk, row: Lineage) -> str:
    instrument = desk.state.accounts[row.account].instruments.get((row.order.symbol, row.order.market))
    return instrument.quote.upper() if instrument is not None else ""
