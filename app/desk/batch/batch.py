"""A batch under way: sends what may leave, in an order that never raises what is at stake, and tells each outcome.

Each account's orders leave one request after another, and the next one only when every amendment of the last is known
to be over. The first of a venue whose outcome is unknown holds back the rest of that venue. Nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice

from app.desk.batch.exposure import Bound, Change, in_order, next_parcel
from app.desk.batch.members import Ending, Member
from app.desk.batch.planning import request_of
from app.desk.desk import Desk, DeskError
from app.desk.state import DeskState, Lineage
from app.desk.supervision import fault_text
from app.domain.amendment import AmendmentStage, Source
from app.domain.money import tidy
from app.domain.order import OrderStatus
from app.domain.plan import Caution

log = logging.getLogger("redline.desk")

#: Longest wait for the answers to cancels, and for a list that proves them, in seconds.
ANSWERED_WITHIN = 15.0

#: Seconds before each list that is asked for to prove cancels, while there are orders that it still has.
LISTED_AFTER = (0.0, 0.4, 1.0, 2.0)

_ENDING = {
    AmendmentStage.CONFIRMED: Ending.CONFIRMED,
    AmendmentStage.REFUSED: Ending.REFUSED,
    AmendmentStage.NOT_APPLIED: Ending.NOT_APPLIED,
    AmendmentStage.DIFFERENT: Ending.DIFFERENT,
    AmendmentStage.OVERTAKEN: Ending.OVERTAKEN,
    AmendmentStage.UNKNOWN: Ending.UNKNOWN,
}

#: Figures of a sentence, which move with the market.
_FIGURES = re.compile(r"[0-9][0-9.,]*")

_STOPPED = "The batch was stopped before its turn came."


class Batch:
    """Orders with a verdict, sent together once.

    Attributes:
        members: every order with what was said of it and what became of it.
        stopped: whether a person ended it; what has left goes on by itself.
        finished: whether every order has its ending.
    """

    def __init__(self, desk: Desk, members: Sequence[Member], changed: Callable[[], None] = lambda: None) -> None:
        """Send nothing yet.

        Args:
            desk: sends, and knows what became of it.
            members: from `plan_batch`, as the person saw them.
            changed: called whenever an ending changed.
        """
        self._desk = desk
        self.members = list(members)
        self._by_key = {member.key: member for member in members}
        self._changed = changed
        self.stopped = self.finished = False

    def stop(self) -> None:
        """Let nothing more leave; what has left goes on by itself."""
        self.stopped = True

    async def send(self, *, consent: bool, despite: Mapping[str, frozenset[str]] | None = None) -> None:
        """Send every order that may leave, once, and wait until each has an ending.

        Args:
            consent: whether those that ask for one may leave, too.
            despite: by key, what of other tickets' journals the person was told of; see `Desk.send`.
        """
        for member in self.members:
            if not member.sends:
                self._end(member, Ending.NOT_SENT, member.text)
            elif member.asks and not consent:
                self._end(member, Ending.NOT_SENT, f"Not sent without a consent: {member.asked}")
        accounts: dict[str, list[Member]] = {}
        for member in self.members:
            if member.ending is Ending.WAITING:
                accounts.setdefault(member.account, []).append(member)
        forget = self._desk.subscribe(lambda rows, _: self._follow(rows))
        try:
            async with asyncio.TaskGroup() as group:
                for members in accounts.values():
                    group.create_task(self._safely(members, despite or {}))
        finally:
            forget()
            for member in self.members:
                if member.ending is Ending.WAITING:
                    self._end(member, Ending.HELD_BACK, _STOPPED)
            self.finished = True
            self._changed()

    def refresh(self) -> None:
        """Look again at those that are not known to be over: later evidence may have settled them."""
        self._follow([member.key for member in self.members])

    def counts(self) -> dict[Ending, int]:
        """Return how many orders have which ending, in the order of the endings."""
        found = Counter(member.ending for member in self.members)
        return {ending: found[ending] for ending in Ending if found[ending]}

    # -- one account after its own order -------------------------------------------------------------------------------

    async def _safely(self, members: Sequence[Member], despite: Mapping[str, frozenset[str]]) -> None:
        """Send those of one account; an error of our own holds the rest of that account back, and of no other."""
        try:
            await self._account(members, despite)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other accounts go on
            log.exception("a batch of %s was broken off", members[0].account)
            waiting = [member.key for member in members if member.ending is Ending.WAITING]
            self._hold(waiting, f"Held back: a mistake of the program broke the batch off ({fault_text(error)}).")

    async def _account(self, members: Sequence[Member], despite: Mapping[str, frozenset[str]]) -> None:
        changes: dict[str, Change] = {each.key: each.change for each in members if each.change is not None}
        bound = Bound(changes)
        waiting = in_order(changes)
        kinds = {key: request_of(self._desk, self._by_key[key]) for key in waiting}
        while waiting and not self.stopped:
            # A cancel takes nothing on: it leaves whatever else is unknown.
            cancels = self._by_key[waiting[0]].cancels
            if not cancels and (text := self._venue_in_doubt(members[0].account)):
                self._hold(waiting, text)
                return
            parcel = next_parcel(waiting, bound, lambda key: kinds[key][0], lambda key: kinds[key][1])
            if not parcel:
                self._hold(waiting, self._no_room(bound, waiting[0]))
                return
            waiting = [key for key in waiting if key not in parcel]
            for key in self._leave(parcel, despite):
                bound.is_over(key)
            await self._over(parcel)
            for key in parcel:
                self._count(bound, key, changes[key])

    def _leave(self, parcel: Sequence[str], despite: Mapping[str, frozenset[str]]) -> list[str]:
        """Ask the desk to send these; returns those that did not leave."""
        desk, members = self._desk, [self._by_key[key] for key in parcel]
        ids = [each.prepared.command.amendment_id for each in members if each.prepared and each.prepared.command]
        gathering = desk.effects.gather(ids) if len(ids) > 1 else None
        failed = []
        for member in members:
            try:
                if member.prepared is None:
                    desk.cancel(member.key)
                elif text := self._news(member):
                    raise DeskError(text)
                else:
                    there = despite.get(member.key, frozenset())
                    member.amendment_id = desk.send(member.prepared, confirmed=member.asks, despite=there)
            except DeskError as error:
                if gathering is not None and member.prepared is not None and member.prepared.command is not None:
                    gathering.leave_out(member.prepared.command.amendment_id)
                self._end(member, Ending.NOT_SENT, str(error))
                failed.append(member.key)
            else:
                self._end(member, Ending.UNDER_WAY, "")
        return failed

    def _news(self, member: Member) -> str:
        """Return what asks for a consent now and was not shown with the verdict, "" for nothing.

        Figures that move with the market are no news; another limit that is passed, or another caution, is.
        """
        if member.prepared is None:
            return ""
        fresh = self._desk.prepare(member.key, member.prepared.plan.draft).plan
        shown = {_mark(each) for each in member.prepared.plan.verdict.cautions if each.confirm}
        news = [each.text for each in fresh.verdict.cautions if each.confirm and _mark(each) not in shown]
        return (
            f"This was not shown before, so nothing was sent: {' '.join(news)} Look at it and send again."
            if news
            else ""
        )

    async def _over(self, parcel: Sequence[str]) -> None:
        """Wait until each of these is known to be over, or is unknown; of cancels, until a list proves them."""
        members = [self._by_key[key] for key in parcel]
        if any(member.cancels for member in members):
            await self._prove([member for member in members if member.ending is Ending.UNDER_WAY])
            return

        def over(_: DeskState) -> bool:
            self._follow(parcel)
            return all(member.ending is not Ending.UNDER_WAY for member in members)

        while not await self._desk.wait(over, ANSWERED_WITHIN):
            pass  # an amendment always comes to an ending, or to be unknown

    async def _prove(self, members: Sequence[Member]) -> None:
        """List the orders once more: an answer to a cancel is a receipt, a list shows what is open.

        A cancel takes effect a moment after its receipt, so an order that is still listed is listed again.
        """
        if not members:
            return
        desk, account, listed = self._desk, members[0].account, False
        began = desk.clock.now()
        await desk.wait(lambda _: all(self._is_answered(member, began) for member in members), ANSWERED_WITHIN)
        for pause in LISTED_AFTER:
            await asyncio.sleep(pause)
            asked_at = desk.clock.now()
            desk.refresh(account)
            listed = await desk.wait(partial(_has_listed, account, asked_at), ANSWERED_WITHIN)
            if not listed or not any(self._is_open(member) for member in members):
                break
        for member in members:
            self._look(member)
            if member.ending is Ending.CANCELLED and listed:
                self._end(member, Ending.CANCELLED, "A list asked for afterwards has it no more.")
            elif self._is_open(member) and listed:
                text = f"{self._refusal(member)} Lists asked for afterwards still have it.".strip()
                self._end(member, Ending.STILL_OPEN, text)
            elif self._is_open(member):
                self._end(member, Ending.UNKNOWN, "No list came to prove the cancel.")
        self._changed()

    def _refusal(self, member: Member) -> str:
        """Return what the venue last answered to a cancel that it did not take, "" where it took it."""
        lineage = self._desk.state.lineages[member.key]
        replies = [line.text for line in lineage.history if line.source is Source.REPLY]
        return "" if lineage.cancelling or not replies else replies[-1]

    def _is_open(self, member: Member) -> bool:
        lineage = self._desk.state.lineages.get(member.key)
        return lineage is not None and lineage.order.is_open

    def _is_answered(self, member: Member, since: int) -> bool:
        """Return True once a cancel has its receipt or its order has ended."""
        lineage = self._desk.state.lineages.get(member.key)
        if lineage is None or not lineage.order.is_open:
            return True
        return any(line.source is Source.REPLY and line.at >= since for line in islice(reversed(lineage.history), 8))

    def _count(self, bound: Bound, key: str, change: Change) -> None:
        """Take in what an order counts for once its amendment is over; unknown, it goes on counting as on its way."""
        member, lineage = self._by_key[key], self._desk.state.lineages.get(key)
        if lineage is None or member.ending in (Ending.UNKNOWN, Ending.NOT_SENT):
            return
        moved = lineage.order.order_id != change.order.order_id
        earlier = lineage.legs.get(change.order.order_id) if moved else None
        if moved and earlier is None:
            return  # what the old id traded is not known
        bound.is_over(key, change.actual(lineage.order, earlier))

    def _venue_in_doubt(self, account: str) -> str:
        """Return why nothing more leaves to a venue, "" where nothing says so."""
        desk = self._desk
        venue = desk.accounts[account].venue
        for member in self.members:
            if member.ending is Ending.UNKNOWN and desk.accounts[member.account].venue == venue:
                what = member.amendment_id or f"the cancel of {member.order.order_id}"
                return f"Held back: what became of {what} was not known. Look at that first, then send these again."
        return ""

    @staticmethod
    def _no_room(bound: Bound, key: str) -> str:
        counted = bound.counted()
        parts = [
            f"{tidy(counted[stake])} {stake[1]} ({stake[-1]})"
            for stake in sorted(bound.limit)
            if stake[0] == "quantity" and stake in counted
        ]
        return (
            "Held back: an order that was to become smaller did not, and with this one more could trade than before "
            f"or after the whole change. Open now: {', '.join(parts)}."
        )

    # -- endings -------------------------------------------------------------------------------------------------------

    def _follow(self, rows: Iterable[str]) -> None:
        changed = False
        for key in rows:
            member = self._by_key.get(key)
            if member is not None and member.ending in (Ending.UNDER_WAY, Ending.UNKNOWN, Ending.STILL_OPEN):
                before = member.ending
                self._look(member)
                changed = changed or member.ending is not before
        if changed:
            self._changed()

    def _look(self, member: Member) -> None:
        state = self._desk.state
        if member.amendment_id:
            amendment = state.amendments[member.amendment_id]
            ending = _ENDING.get(amendment.stage)
            if ending is not None:
                member.ending, member.outcome = ending, amendment.outcome
            return
        lineage = state.lineages.get(member.key)
        if lineage is None:
            member.ending, member.outcome = Ending.UNKNOWN, "The order is no longer in the list."
        elif not lineage.order.is_open:
            cancelled = lineage.order.status is OrderStatus.CANCELLED
            member.ending, member.outcome = Ending.CANCELLED if cancelled else Ending.ENDED, _ended(lineage)
        elif not lineage.cancelling and member.ending is not Ending.STILL_OPEN:
            member.ending, member.outcome = Ending.STILL_OPEN, self._refusal(member)

    def _hold(self, keys: Sequence[str], text: str) -> None:
        for key in keys:
            self._end(self._by_key[key], Ending.HELD_BACK, text)

    def _end(self, member: Member, ending: Ending, text: str) -> None:
        member.ending, member.outcome = ending, text
        self._changed()


def _mark(caution: Caution) -> str:
    """Return what a caution is about, whatever its figures are."""
    return caution.limit or _FIGURES.sub("#", caution.text)


def _ended(lineage: Lineage) -> str:
    return f"The venue shows it as {lineage.order.raw_status or lineage.order.status.value}."


def _has_listed(account: str, asked_at: int, state: DeskState) -> bool:
    """Return True once an account has given a list that was asked for since."""
    return state.accounts[account].answered_at >= asked_at
