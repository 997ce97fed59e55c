"""The verbs: orders, form, preview, amend. Each returns its exit code; numbers are printed as their own digits."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from app.cli import shapes, text
from app.cli.exits import code_of, why_not
from app.cli.many import amend_many, cancel_many
from app.cli.other_journals import OtherJournals, how_to_ask
from app.cli.output import answer, answer_json, joined, json_text, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_UNKNOWN, words_of
from app.cli.running import desk_of, fail, journal_of, other_journals
from app.cli.session import NotAsked, Registry, all_listed, not_said_at_the_end, order_ready, read_again
from app.cli.stopping import stoppable
from app.cli.wishes import Faults
from app.desk.desk import Desk, DeskError, Prepared
from app.desk.journal.unused import discard, folders_missing
from app.desk.journal.writer import JournalError
from app.desk.state import DeskState, Lineage
from app.domain.amendment import Amendment
from app.domain.changes import read_changes
from app.domain.form import InputError
from app.domain.plan import Draft
from app.runtime.settings import SettingsError


def run(arguments: argparse.Namespace, registry: Registry) -> int:
    """Run one verb and return its exit code; bad input ends in one sentence on standard error."""
    if arguments.config is None:
        return fail(arguments, "Give --config FILE; `redline practice --config-out FILE` writes one.")
    kept = journal_of(arguments)
    missing = folders_missing(kept) if kept is not None else []
    code = _run(arguments, registry)
    if code == EXIT_INPUT and (made := getattr(arguments, "made", None)) is not None:
        discard(made, missing)  # of what was typed nothing came, and it said so
    return code


def _run(arguments: argparse.Namespace, registry: Registry) -> int:
    works = {"orders": orders, "form": form, "preview": preview, "amend": amend, "cancel": cancel_many}
    work = works[arguments.verb]
    try:
        if arguments.verb in ("preview", "amend"):
            arguments.orders, arguments.changes = words_of(arguments.words, arguments.wishes is not None)
            if len(arguments.orders) == 1 and arguments.wishes is None and not arguments.nearest:
                arguments.order = arguments.orders[0]
            else:
                work = amend_many
        return asyncio.run(stoppable(work(arguments, registry)))
    except NotAsked as error:
        return fail(arguments, str(error), EXIT_UNKNOWN)
    except Faults as error:
        return fail(arguments, str(error), lines=error.each)
    except (SettingsError, InputError, DeskError, JournalError) as error:
        return fail(arguments, str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        if getattr(arguments, "sent", False):
            tell("Interrupted; nothing more is sent.")  # the one JSON document is out already
            return EXIT_UNKNOWN
        return fail(arguments, "Interrupted; nothing was sent.", EXIT_UNKNOWN)


async def orders(arguments: argparse.Namespace, registry: Registry) -> int:
    """List the open orders. Exit 4 if an account could not be asked, because the list is then not the whole truth."""
    async with desk_of(arguments, registry) as desk:
        silent = await all_listed(desk, arguments.timeout)
        await _looked_up(desk, arguments.timeout)
        others = await other_journals(desk, arguments)
        rows = sorted(desk.state.open_lineages(), key=lambda row: (row.account, row.order.symbol, row.order.order_id))
        if arguments.json:
            accounts = [
                shapes.account(state, desk.accounts[name].environment.value)
                for name, state in desk.state.accounts.items()
            ]
            listed = [_order(desk, row, others) for row in rows]
            written = _json({"orders": listed, "accounts": accounts, "errors": silent})
        else:
            written = answer(text.orders(desk, rows, others))
        for sentence in (*not_said_at_the_end(desk, silent), *others.sentences(Path(arguments.config))):
            tell(sentence)
        return EXIT_UNKNOWN if silent else _exit(written)


def _order(desk: Desk, row: Lineage, others: OtherJournals) -> shapes.Shape:
    """An open order; an amendment that another journal has in flight stands before those this run knows of."""
    other = others.of(row)
    last = desk.state.spoken_amendment(row) if other is None else other.amendment
    account = desk.accounts[row.account]
    shape = shapes.order(row, account.venue, last, desk.staleness(row), account.environment.value)
    return {**shape, "unresolved_in": str(other.path) if other is not None else None}


async def _looked_up(desk: Desk, seconds: float) -> None:
    """Give amendments that an earlier run left unresolved in this journal the time to be looked up."""

    def waiting(state: DeskState) -> list[Amendment]:
        return [
            each for name, account in state.accounts.items() if account.answered_at for each in state.unsettled(name)
        ]

    if names := [each.amendment_id for each in waiting(desk.state)]:
        tell(f"Unresolved in this journal: {', '.join(names)}; waiting up to {seconds:g} s for evidence.")
        if not await desk.wait(lambda state: not waiting(state), seconds):
            left = ", ".join(each.amendment_id for each in waiting(desk.state))
            tell(f"Still unresolved: {left}; ask again, with a longer --timeout.")


async def form(arguments: argparse.Namespace, registry: Registry) -> int:
    """Show the fields of one order: each editable, or the reason and its rule."""
    async with desk_of(arguments, registry) as desk:
        lineage = await order_ready(desk, arguments.order, arguments.timeout)
        others = await _with_others_named(desk, lineage, arguments)
        fields = desk.form(lineage.key)
        if arguments.json:
            return _exit(_json(shapes.form(fields, _order(desk, lineage, others))))
        return _exit(answer(text.form(desk, fields, lineage)))


async def preview(arguments: argparse.Namespace, registry: Registry) -> int:
    """Show what a change would do and the exact request; sends nothing. Exit 2 if it could not be sent."""
    async with desk_of(arguments, registry) as desk:
        lineage = await order_ready(desk, arguments.order, arguments.timeout)
        await _with_others_named(desk, lineage, arguments)
        prepared = prepare(desk, lineage, arguments.changes, arguments.route)
        if prepared.command is None and arguments.json:
            return _not_sendable(desk, arguments, prepared, lineage)
        account = desk.accounts[lineage.account]
        written = (
            _json(shapes.prepared(prepared, lineage, account))
            if arguments.json
            else answer(text.prepared(prepared, text.about(desk, lineage)))
        )
        if prepared.command is None:
            tell(first_problem(prepared))
            return why_not(desk, lineage, prepared)
        return _exit(written)


async def amend(arguments: argparse.Namespace, registry: Registry) -> int:
    """Send a change and wait for its outcome: 0 confirmed, 3 refused, not applied or overtaken, 4 unknown."""
    async with desk_of(arguments, registry) as desk:
        lineage = await order_ready(desk, arguments.order, arguments.timeout)
        await _earlier_settled(desk, lineage, arguments.wait)
        despite = await _alone(desk, lineage, arguments)
        prepared = prepare(desk, lineage, arguments.changes, arguments.route)
        if prepared.command is None:
            return _not_sendable(desk, arguments, prepared, lineage)
        asks = [caution.text for caution in prepared.plan.verdict.cautions if caution.confirm]
        if asks and not arguments.confirm:
            raise DeskError(f"{' '.join(asks)} Add --confirm to send it.")
        try:
            sent = desk.send(prepared, confirmed=arguments.confirm, despite=despite)
        except DeskError as error:
            # What was typed had passed: the order, its market or the ticket is not as it was a moment ago. That is an
            # outcome, told where outcomes are.
            if not arguments.json:
                answer(joined([f"Not sent. {error}"]))
            raise NotAsked(str(error)) from error
        arguments.sent = True

        def settled(state: DeskState) -> bool:
            return state.amendments[sent].stage.is_settled

        try:
            await desk.wait(settled, arguments.wait)
            await read_again(desk, lineage, sent)
        finally:
            # Whatever ends the waiting, what is known so far is told.
            amendment = desk.state.amendments[sent]
            if arguments.json:
                account = desk.accounts[lineage.account]
                world = account.environment.value
                _json(
                    {
                        **shapes.amendment(amendment),
                        **shapes.about(account),
                        "request": shapes.request(prepared.preview),
                        "order": shapes.order(lineage, account.venue, None, desk.staleness(lineage), world),
                    }
                )
            else:
                how = _how_to_ask(desk, amendment.amendment_id, arguments)
                answer(text.amendment(amendment, lineage, how, text.about(desk, lineage)))
        if sent in desk.held:
            return EXIT_UNKNOWN
        code = code_of(amendment)
        if unrecorded := await desk.recorded():
            tell(unrecorded)
            return EXIT_UNKNOWN if code == EXIT_OK else code
        return code


async def _earlier_settled(desk: Desk, lineage: Lineage, seconds: float) -> None:
    """Give an amendment of this order that an earlier run left unresolved the time to be settled.

    Raises:
        NotAsked: if it is not settled in time; nothing was sent.
    """
    earlier = [each.amendment_id for each in desk.state.open_amendments(lineage)]
    if not earlier:
        return
    known = ", ".join(earlier)
    what, are, their = (
        ("an earlier amendment", "is", "its outcome")
        if len(earlier) == 1
        else ("earlier amendments", "are", "their outcomes")
    )
    tell(f"{known}, {what} of this order, {are} unresolved; waiting for {their}, nothing is sent yet.")
    if not await desk.wait(lambda state: all(state.amendments[each].stage.is_settled for each in earlier), seconds):
        raise NotAsked(f"{known}, {what} of this order, {are} still unresolved; nothing was sent.")


async def _alone(desk: Desk, lineage: Lineage, arguments: argparse.Namespace) -> frozenset[str]:
    """See to it that no other ticket has an amendment of this order in flight, or that the person consents to it.

    Returns:
        What the person consents to: what is in flight now, not what comes later.

    Raises:
        NotAsked: if one has, or if that cannot be known, and there is no consent; nothing was sent.
    """
    others = await other_journals(desk, arguments)
    other = others.of(lineage)
    doubts = list(others.unread)
    if other is not None:
        name = other.amendment.amendment_id
        doubts.insert(0, f"{name}, an amendment of this order in the journal {other.path}, is unresolved.")
    if doubts and not arguments.confirm:
        raise NotAsked(f"{' '.join(doubts)} Nothing was sent; wait for its outcome, or add --confirm to send anyway.")
    for sentence in doubts:
        tell(f"{sentence} Going on, as confirmed.")
    return frozenset({*others.unread, *(each.key for each in others.all_of(lineage))})


async def _with_others_named(desk: Desk, lineage: Lineage, arguments: argparse.Namespace) -> OtherJournals:
    """Say of one order what another journal has in flight of it."""
    others = await other_journals(desk, arguments)
    other = others.of(lineage)
    for sentence in OtherJournals(() if other is None else (other,), others.unread).sentences(Path(arguments.config)):
        tell(sentence)
    return others


def _how_to_ask(desk: Desk, amendment_id: str, arguments: argparse.Namespace) -> str:
    """Advice on an amendment that is not settled when the verb ends."""
    if desk.journal is None:
        return f"`redline orders --config {arguments.config}` shows the order, no journal has the amendment"
    return how_to_ask(desk.journal.path, Path(arguments.config), [amendment_id])


def _not_sendable(desk: Desk, arguments: argparse.Namespace, prepared: Prepared, lineage: Lineage) -> int:
    """Say what stands against a draft."""
    sentence, code = first_problem(prepared), why_not(desk, lineage, prepared)
    if arguments.json:
        account = desk.accounts[lineage.account]
        _json({**shapes.prepared(prepared, lineage, account), "error": sentence, "exit": code})
    tell(sentence)
    return code


def prepare(desk: Desk, lineage: Lineage, changes: Sequence[str], route: str | None) -> Prepared:
    """Read `field=value …` against the order's form and prepare the draft.

    Raises:
        InputError: naming the field and what to write instead.
        DeskError: for a route there is not.
    """
    fields, around = desk.form(lineage.key), desk.surroundings(lineage)
    if route is not None and fields.route(route) is None:
        names = ", ".join(each.name for each in fields.routes)
        raise DeskError(f"There is no route “{route}” for this order; use one of {names}.")
    read = read_changes(fields, around.quote, changes)
    for note in read.notes:
        tell(note)
    return desk.prepare(lineage.key, Draft(fields.order, read.values, route))


def first_problem(prepared: Prepared) -> str:
    """The first thing that stops a draft, with the nearest legal values where there are any."""
    problems = prepared.plan.verdict.problems
    return text.offered(problems[0]) if problems else "This change cannot be sent."


def _exit(written: bool) -> int:
    return EXIT_OK if written else EXIT_INPUT


def _json(document: shapes.Shape) -> bool:
    return answer_json(json_text(document))
