"""The verbs for many orders: `amend` and `preview` with several orders or a file of wishes, and `cancel`.

Every order gets a verdict before anything leaves and an outcome afterwards, and counts with the exit code it would have
had alone; the verb ends with the gravest of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from app.cli import shapes
from app.cli.exits import code_of
from app.cli.other_journals import OtherJournals
from app.cli.output import answer, answer_json, joined, json_text, table, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.cli.running import desk_of, other_journals
from app.cli.session import NotAsked, Registry, all_listed, order_ready
from app.cli.wishes import Faults, read_file
from app.desk.batch.batch import Batch
from app.desk.batch.cutting import is_total
from app.desk.batch.members import Ending, Member, Remark, Said
from app.desk.batch.planning import Wish, plan_batch, plan_each, waits_of
from app.desk.batch.together import left_as_proven, total_words, wanted, whole, why_not_all
from app.desk.desk import Desk, DeskError
from app.desk.state import Lineage
from app.domain.form import InputError
from app.domain.money import tidy

#: Exit codes from the mildest to the gravest: what is not known outweighs what is known to have failed.
_GRAVITY = (EXIT_OK, EXIT_INPUT, EXIT_REFUSED, EXIT_UNKNOWN)

#: Codes of what is not sent by its verdict; anything else of it is bad input.
_UNSENT = {Remark.SAME: EXIT_OK, Remark.HELD: EXIT_UNKNOWN}

_CODES = {
    Ending.CANCELLED: EXIT_OK,
    Ending.ENDED: EXIT_REFUSED,
    Ending.STILL_OPEN: EXIT_REFUSED,
}


async def amend_many(arguments: argparse.Namespace, registry: Registry) -> int:
    """Put wishes to several orders; `amend` sends them, `preview` shows the verdicts and sends nothing."""
    wishes = read_file(arguments.wishes) if arguments.wishes is not None else []
    names = [each.order for each in wishes] or arguments.orders
    async with desk_of(arguments, registry) as desk:
        file = "standard input" if str(arguments.wishes) == "-" else arguments.wishes
        places = {each.order: f"{file}, line {each.line}: " for each in wishes}
        rows = await _rows(desk, names, arguments.timeout, places)
        common = Wish(tuple(arguments.changes), arguments.route, arguments.nearest)
        if wishes:
            each = {
                rows[wish.order].key: replace(common, changes=wish.changes, route=wish.route or arguments.route)
                for wish in wishes
            }
            members = plan_each(desk, each)
        else:
            members = plan_batch(desk, [row.key for row in rows.values()], common)
            sending = [each for each in members if each.sends]
            consented = [each for each in sending if arguments.confirm or not each.asks]
            part = why_not_all(members, consented) if sending and is_total(common.changes) else ""
            if part and arguments.verb == "amend":
                raise DeskError(f"{part} Look at `redline preview`, and add --confirm to send them all.")
        total = not wishes and is_total(common.changes)
        despite = _others(await other_journals(desk, arguments), rows, members, arguments)
        if total:
            members = whole(members)  # what another ticket has in flight holds all of them back
        waits = waits_of(desk, members)
        if arguments.verb == "preview":
            return _previewed(members, waits, arguments, total=total)
        return await _sent(desk, members, waits, despite, arguments, consent=arguments.confirm, total=total)


async def cancel_many(arguments: argparse.Namespace, registry: Registry) -> int:
    """Cancel orders, each by a request of its own, and list afterwards to prove it."""
    if (bool(arguments.orders) + (arguments.account is not None) + arguments.all) != 1:
        raise InputError("order", "Say what to cancel: orders by their ids, or --account NAME, or --all.")
    async with desk_of(arguments, registry) as desk:
        if arguments.orders:
            rows = list((await _rows(desk, arguments.orders, arguments.timeout)).values())
        else:
            rows = await _of_account(desk, arguments)
        members = plan_batch(desk, [row.key for row in rows], Wish(cancel=True)) if rows else []
        count = sum(member.sends for member in members)
        accounts = ", ".join(dict.fromkeys(member.account for member in members if member.sends))
        scope = (
            f"{count} order{'s' * (count != 1)} of {accounts}, each by a request of its own; no other order is touched."
        )
        if count > 1 and not arguments.confirm:
            raise DeskError(f"This would cancel {scope} Add --confirm to do it.")
        if count:
            tell(f"Cancelling {scope}")
        return await _sent(desk, members, {}, {}, arguments, consent=True)


async def _rows(
    desk: Desk, names: list[str], seconds: float, places: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Lineage]:
    """The rows that are meant, by the name they were given; two names of one order are one too many.

    Args:
        desk: knows the orders.
        names: of the orders.
        seconds: how long each is waited for.
        places: where each name stands in a file, for sentences about it.

    Raises:
        Faults: with a sentence for each name that is none; nothing was sent.
        NotAsked: if an account could not be asked.
    """
    found: dict[str, Lineage] = {}
    faults: list[str] = []
    for name in names:
        place = places.get(name, "")
        try:
            row = await order_ready(desk, name, seconds)
        except NotAsked as error:
            raise NotAsked(f"{place}{error}") from error  # waited for once, not once for each
        except DeskError as error:
            faults.append(f"{place}{error}")
            continue
        twice = next((other for other, each in found.items() if each.key == row.key), None)
        if twice is not None:
            faults.append(f"{place}“{name}” is already named as “{twice}”; name each order once.")
            continue
        found[name] = row
    if faults:
        raise Faults("order", faults)
    return found


async def _of_account(desk: Desk, arguments: argparse.Namespace) -> list[Lineage]:
    """Every open order of one account or of all.

    Raises:
        NotAsked: if an account could not be asked: what is not listed would stay open unseen.
        DeskError: for a name that no account has.
    """
    if arguments.account is not None and arguments.account not in desk.accounts:
        names = ", ".join(desk.accounts)
        raise DeskError(f"There is no account “{arguments.account}”; use one of {names}.")
    wanted = [arguments.account] if arguments.account is not None else list(desk.accounts)
    silent = await all_listed(desk, arguments.timeout)
    silent = [each for each in silent if any(name in each for name in wanted)]
    if silent:
        raise NotAsked(f"{' '.join(silent)} Nothing was cancelled; name the orders to cancel those that are listed.")
    return [row for row in desk.state.open_lineages() if row.account in wanted and row.order.is_open]


def _others(
    others: OtherJournals, rows: Mapping[str, Lineage], members: list[Member], arguments: argparse.Namespace
) -> dict[str, frozenset[str]]:
    """Hold back what another ticket may have in flight, unless the person consents; returns what they consent to."""
    despite: dict[str, frozenset[str]] = {}
    by_key = {row.key: row for row in rows.values()}
    for place, member in enumerate(members):
        there = others.all_of(by_key[member.key])
        if not member.sends or not (there or others.unread):
            continue
        names = [f"{each.amendment.amendment_id} in the journal {each.path} is unresolved." for each in there]
        text = " ".join([*names, *others.unread])
        if arguments.confirm:
            despite[member.key] = frozenset({*others.unread, *(each.key for each in there)})
        else:
            said = Said(Remark.BLOCKED, f"{text} Wait for its outcome, or add --confirm to send anyway.")
            members[place] = replace(member, said=(*member.said, said))
    return despite


def _previewed(members: list[Member], waits: Mapping[str, float], arguments: argparse.Namespace, *, total: bool) -> int:
    """Show the verdicts, and of a total what would be left; exit 2 if nothing could be sent."""
    code = EXIT_OK if any(member.sends for member in members) else EXIT_INPUT
    would_be = wanted(members) if total and code == EXIT_OK else None
    if arguments.json:
        rows = [_shape(each, waits, None) for each in members]
        answer_json(json_text({"orders": rows, "left": shapes.number(would_be), "exit": code}))
    else:
        end = ["", f"{tidy(would_be)} would be left of all."] if would_be is not None else []
        answer(joined([*_verdicts(members, waits), *end]))
    return code


async def _sent(
    desk: Desk,
    members: list[Member],
    waits: Mapping[str, float],
    despite: Mapping[str, frozenset[str]],
    arguments: argparse.Namespace,
    *,
    consent: bool,
    total: bool = False,
) -> int:
    """Send what may leave, wait for what becomes of it, and tell every order's outcome; of a total what is left."""
    if not arguments.json:
        answer(joined(_verdicts(members, waits)))
    batch = Batch(desk, members)
    arguments.sent = any(member.sends for member in members)
    try:
        await batch.send(consent=consent, despite=despite)
        if Ending.UNKNOWN in batch.counts():
            await desk.wait(lambda _: _settled(batch), arguments.wait)
    finally:
        # Whatever ends the waiting, what is known so far is told.
        batch.refresh()
        codes = {member.key: _code(desk, member, consent) for member in members}
        code = max(codes.values(), key=_GRAVITY.index, default=EXIT_OK)
        counts = {ending.value: count for ending, count in batch.counts().items()}
        if arguments.json:
            rows = [_shape(each, waits, codes[each.key], desk) for each in members]
            left = left_as_proven(members, desk.state.lineages) if total else None
            answer_json(json_text({"orders": rows, "summary": counts, "left": shapes.number(left), "exit": code}))
        else:
            heads = [[member.ending.value, f"exit {codes[member.key]}", _name(member)] for member in members]
            lines = _with_notes(heads, [member.outcome for member in members])
            summary = ", ".join(f"{count} {ending}" for ending, count in counts.items())
            end = [total_words(members, desk.state.lineages)] if total else []
            answer(joined(["", *lines, "", summary or "no order", *end]))
    if unrecorded := await desk.recorded():
        tell(unrecorded)
        return EXIT_UNKNOWN if code == EXIT_OK else code
    return code


def _settled(batch: Batch) -> bool:
    batch.refresh()
    return Ending.UNKNOWN not in batch.counts()


def _code(desk: Desk, member: Member, consent: bool) -> int:
    """The exit code an order would have had alone; one that has the terms already counts as done."""
    if member.amendment_id:
        return EXIT_UNKNOWN if member.amendment_id in desk.held else code_of(desk.state.amendments[member.amendment_id])
    if member.ending is Ending.NOT_SENT and not member.sends:
        return _UNSENT.get(member.verdict, EXIT_INPUT)
    if member.ending is Ending.NOT_SENT and member.asks and not consent:
        return EXIT_INPUT
    return _CODES.get(member.ending, EXIT_UNKNOWN)


def _name(member: Member) -> str:
    order = member.order
    return f"{member.account}/{order.order_id} {order.side.value} {order.symbol}"


def _change(member: Member) -> str:
    if member.cancels:
        return "cancel"
    values = member.prepared.plan.draft.values if member.prepared is not None else ()
    return ", ".join(f"{name.value} {tidy(value) if not isinstance(value, str) else value}" for name, value in values)


def _verdicts(members: Sequence[Member], waits: Mapping[str, float]) -> list[str]:
    """Lines with the verdicts: what is to be said of an order stands whole below it, for a consent is given to it."""
    return _with_notes(
        [[member.verdict.value, _name(member), _change(member)] for member in members],
        [_note(member, waits) for member in members],
    )


def _note(member: Member, waits: Mapping[str, float]) -> str:
    wait = waits.get(member.key, 0.0)
    later = f" Leaves after about {wait:.1f} s, for the venue's limit." if wait else ""
    return f"{member.text}{later}".strip()


def _with_notes(rows: Sequence[Sequence[str]], notes: Sequence[str]) -> list[str]:
    """Lines of a table, each with its note below it."""
    lines: list[str] = []
    for line, note in zip(table(rows) if rows else [], notes, strict=True):
        lines += [line, *([f"    {note}"] if note else [])]
    return lines


def _shape(member: Member, waits: Mapping[str, float], code: int | None, desk: Desk | None = None) -> shapes.Shape:
    """An order of a batch as JSON; `code` None before anything was sent."""
    prepared = member.prepared
    amendment = desk.state.amendments.get(member.amendment_id) if desk is not None else None
    return {
        "order": member.order.order_id,
        "key": member.key,
        "account": member.account,
        "verdict": member.verdict.value,
        "said": [{"remark": each.remark.value, "text": each.text} for each in member.said],
        "waits": round(waits.get(member.key, 0.0), 3),
        "asked": [
            {"field": name.value, "new": shapes.number(value)}
            for name, value in (prepared.plan.draft.values if prepared is not None else ())
        ],
        "route": prepared.plan.route.name if prepared is not None and prepared.plan.route is not None else None,
        "cancel": member.cancels,
        "ending": member.ending.value if code is not None else None,
        "outcome": member.outcome or None,
        "amendment": shapes.amendment(amendment) if amendment is not None else None,
        "exit": code,
    }
