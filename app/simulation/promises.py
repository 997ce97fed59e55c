"""Promises of the desk, checked against the modelled venues' true state: after every event, and more at rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from decimal import Decimal

from app.desk.effects import Effect, SendAmendment, SendCancel
from app.desk.fold.orders import NOT_FOUND
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import SECOND, compare
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus
from app.domain.terms import own_terms
from app.simulation.modelled.behaviour import EndRecord, EngineRequest
from app.simulation.modelled.engine import Chain, SimulatedEngine

#: The last digit of what a venue derives may be rounded otherwise.
_LAST_DIGIT = Decimal("0.00000001")


#: Most look-ups of one order, or lists, within a second, whatever happens meanwhile.
MOST_QUESTIONS = 10

#: Events that may bring an amendment to a stage.
_EVIDENCE: Mapping[AmendmentStage, tuple[type[ev.Event], ...]] = {
    AmendmentStage.DRAFT: (),
    AmendmentStage.CHECKED: (ev.AmendmentRequested,),
    AmendmentStage.QUEUED: (ev.AmendmentQueued,),
    AmendmentStage.WRITTEN: (ev.AmendmentWritten,),
    AmendmentStage.ACKNOWLEDGED: (ev.AmendmentAcknowledged,),
    AmendmentStage.UNKNOWN: (ev.AmendmentUnanswered, ev.ProbeDue),
    AmendmentStage.REFUSED: (ev.AmendmentRefused,),
    AmendmentStage.CONFIRMED: (ev.OrderSeen, ev.OpenOrdersListed),
    AmendmentStage.NOT_APPLIED: (ev.OrderSeen, ev.OpenOrdersListed, ev.AmendmentUnsent),
    AmendmentStage.DIFFERENT: (ev.OrderSeen, ev.OpenOrdersListed),
    AmendmentStage.OVERTAKEN: (ev.OrderSeen, ev.OpenOrdersListed, ev.OrderMissing),
}


_SETTLED = frozenset(stage for stage in AmendmentStage if stage.is_settled)


class BrokenPromise(Exception):
    """The desk said or did what it must not. `promise` names which promise; the message says what happened."""

    def __init__(self, promise: str, text: str) -> None:
        super().__init__(text)
        self.promise = promise


class Promises:
    """Watches one desk; `engines` hold the truth, by account."""

    def __init__(self, engines: Mapping[str, SimulatedEngine]) -> None:
        self._engines = engines
        self._sent: dict[str, int] = {}
        self.watch(DeskState())

    def watch(self, state: DeskState) -> None:
        """Begin with a state: a new one, or what a restart made of the journal."""
        self._state = state
        self._asked: dict[tuple[str, str], deque[int]] = {}
        self._stages = {each.amendment_id: each.stage for each in state.amendments.values()}
        self._shown: dict[tuple[str, str], tuple[Decimal, bool]] = {}

    def restarted(self, before: Mapping[str, AmendmentStage], effects: Iterable[Effect]) -> None:
        """A restart is over, and no venue has said anything yet.

        Args:
            before: the stages the journal gave.
            effects: what taking up the rest asked for.
        """
        for each in self._state.amendments.values():
            was = before[each.amendment_id]
            wanted = was if was in _SETTLED else AmendmentStage.UNKNOWN
            if each.stage is not wanted:
                text = f"{each.amendment_id} was {was.value} in the journal and is {each.stage.value} after a restart."
                raise BrokenPromise("a restart proves nothing", text)
        for lineage in self._state.lineages.values():
            if lineage.cancelling or (lineage.order.is_open and not lineage.stale):
                text = f"Row {lineage.key} looks as if it were known what it is, right after a restart."
                raise BrokenPromise("a restart proves nothing", text)
        sends = [each for each in effects if isinstance(each, SendAmendment | SendCancel)]
        if sends:
            raise BrokenPromise("a restart sends nothing", f"It asked for {sends[0]}.")

    # -- at every event ------------------------------------------------------------------------------------------------

    def sent(self, amendment_id: str) -> None:
        """An amendment is about to leave."""
        self._sent[amendment_id] = self._sent.get(amendment_id, 0) + 1
        if self._sent[amendment_id] > 1:
            raise BrokenPromise("sent once", f"{amendment_id} left {self._sent[amendment_id]} times.")

    def asked(self, account: str, order_id: str, at: int) -> None:
        """A look-up of an order is about to leave, or with no id a request for the list."""
        times = self._asked.setdefault((account, order_id), deque(maxlen=MOST_QUESTIONS + 1))
        times.append(at)
        if len(times) > MOST_QUESTIONS and at - times[0] < SECOND:
            what = f"about {order_id}" if order_id else "for the list"
            text = f"{account} was asked {what} {len(times)} times within a second."
            raise BrokenPromise("no storm of questions", text)

    def after(self, rows: Iterable[str], event: ev.Event) -> None:
        """An event was folded and touched these rows."""
        for key in rows:
            lineage = self._state.lineages.get(key)
            if lineage is None:
                continue  # another row goes on with its order
            engine = self._engines[lineage.account]
            chain = self._one_order(lineage)
            self._not_vanished(lineage, engine, chain)
            self._not_overfilled(lineage, engine)
            self._not_back(lineage)
            for amendment_id in lineage.amendments:
                self._stage(self._state.amendments[amendment_id], engine, event)
        if isinstance(event, ev.FillSeen):
            self._booked_once(event)

    def _one_order(self, lineage: Lineage) -> Chain:
        engine = self._engines[lineage.account]
        chain = engine.chain_of(lineage.ids[-1])
        if len(lineage.ids) > 1 and not self._looks_the_same(lineage, engine):
            for order_id in lineage.ids:
                if not _goes_on(engine, order_id, chain):
                    text = f"Row {lineage.key} has the ids {lineage.ids}, and {order_id} is another order."
                    raise BrokenPromise("one order a row", text)
        return chain

    def _looks_the_same(self, lineage: Lineage, engine: SimulatedEngine) -> bool:
        """Return True if a row follows what somebody else made of an order that this desk has never seen.

        It has the very terms asked for, and nothing the venue tells shows that there was another order: that one was
        never shown, or what it went on as could not be read when it was told whose it is.
        """
        if not engine.hidden.isdisjoint(lineage.ids[1:]):
            return True
        made = {new: old for old, new in engine.heirs.items()}
        unseen = (made[each] for each in lineage.ids if each in made)
        return any((lineage.account, old_id) not in self._state.by_id for old_id in unseen)

    def _not_vanished(self, lineage: Lineage, engine: SimulatedEngine, chain: Chain) -> None:
        true = engine.orders[chain.last]
        if lineage.order.raw_status == NOT_FOUND and not engine.ever_denied.isdisjoint(chain.ids):
            return  # the venue denies it again and again; that it comes back with the truth is looked at then
        shown = lineage.order.is_open or any(self._shows(lineage.account, each) for each in chain.ids)
        # What it went on as was unreadable, and lists that looked whole left it out: a list will show it.
        hidden = lineage.order.raw_status == NOT_FOUND and not engine.hidden.isdisjoint(chain.ids)
        if true.is_open and not shown and not hidden:
            text = f"Row {lineage.key} shows {lineage.order.status}, and the venue holds order {chain.last}."
            raise BrokenPromise("no order vanishes", text)

    def _shows(self, account: str, order_id: str) -> bool:
        """Return True if a row shows an order as open."""
        key = self._state.by_id.get((account, order_id))
        return key is not None and self._state.lineages[key].order.is_open

    def _not_overfilled(self, lineage: Lineage, engine: SimulatedEngine) -> None:
        order = lineage.order
        true = engine.filled(order.order_id)
        if order.filled > true and order.order_id not in engine.ever_lied:
            text = f"Row {lineage.key} shows {order.filled} filled, and the venue filled {true}."
            raise BrokenPromise("filled as the venue", text)

    def _not_back(self, lineage: Lineage) -> None:
        order = lineage.order
        filled, ended = self._shown.get((order.account, order.order_id), (ZERO, False))
        lied = order.order_id in self._engines[lineage.account].ever_lied
        if not lied and (order.filled < filled or (ended and order.is_open)):
            text = f"Row {lineage.key} showed {filled} filled{', ended,' * ended} and goes back to {order.filled}."
            raise BrokenPromise("no step back", text)
        # One that was given up because the venue found it no more is not proven to have ended.
        is_over = not order.is_open and order.raw_status != NOT_FOUND
        self._shown[(order.account, order.order_id)] = (order.filled, is_over)

    def _booked_once(self, event: ev.FillSeen) -> None:
        key = self._state.by_id.get((event.account, event.fill.order_id))
        if key is None:
            return
        booked = sum(
            (
                each.quantity
                for each in self._state.lineages[key].fills.values()
                if each.order_id == event.fill.order_id
            ),
            ZERO,
        )
        true = sum((each.quantity for each in self._engines[event.account].fills[event.fill.order_id]), ZERO)
        if booked > true:
            raise BrokenPromise("filled as the venue", f"Row {key} booked {booked}, and the venue filled {true}.")

    def _stage(self, amendment: Amendment, engine: SimulatedEngine, event: ev.Event) -> None:
        before = self._stages.get(amendment.amendment_id)
        if before is amendment.stage:
            return
        self._stages[amendment.amendment_id] = amendment.stage
        if before in (AmendmentStage.CONFIRMED, AmendmentStage.REFUSED):
            text = f"{amendment.amendment_id} was {before.value} and became {amendment.stage.value}."
            raise BrokenPromise("an outcome stays", text)
        if not isinstance(event, _EVIDENCE[amendment.stage]):
            kind = type(event).__name__
            text = f"{amendment.amendment_id} became {amendment.stage.value} by {kind}, which does not prove it."
            raise BrokenPromise("outcomes by evidence", text)
        if amendment.stage is AmendmentStage.NOT_APPLIED and amendment.amendment_id in engine.under_way:
            text = f"{amendment.amendment_id} is said not to be applied, and is on its way."
            raise BrokenPromise("nothing under way is refuted", text)
        before_id = amendment.command.order.order_id
        if amendment.stage is AmendmentStage.OVERTAKEN and engine.orders[before_id].is_open:
            text = f"{amendment.amendment_id} is overtaken, and its order is as it was."
            raise BrokenPromise("overtaken only by an end", text)
        two_legs = engine.model.behaviour.ways[amendment.command.route].two_legs
        if amendment.stage is AmendmentStage.CONFIRMED and two_legs and engine.orders[before_id].is_open:
            text = f"{amendment.amendment_id} is confirmed, and the order it replaces still works."
            raise BrokenPromise("confirmed only if the old order ended", text)
        unseen = self._looks_the_same(self._state.lineages[amendment.lineage], engine)
        if amendment.stage is AmendmentStage.CONFIRMED and not unseen and not _was_held(amendment, engine):
            text = f"{amendment.amendment_id} is confirmed for {amendment.command.target}, which the venue never held."
            raise BrokenPromise("confirmed only if held", text)

    # -- at rest -------------------------------------------------------------------------------------------------------

    def unsettled(self) -> str:
        """Amendments still open, in words; "" if there are none."""
        return ", ".join(f"{each.amendment_id} {each.stage.value}" for each in self._state.unsettled())

    def pending(self) -> list[Amendment]:
        """Amendments that evidence can still settle without another list.

        Where the venue itself holds no evidence, only that lists find the order no more settles one: where somebody
        else amended the order away under an id that nothing ties to it; and where our own amendment gave it an id that
        was told to nobody, and nobody can tell which of the listed orders that is, or it has ended.
        """
        return [each for each in self._state.unsettled() if not self._is_lost(each)]

    def _is_lost(self, amendment: Amendment) -> bool:
        engine = self._engines[self._state.lineages[amendment.lineage].account]
        order_id = amendment.command.order.order_id
        chain = engine.chain_of(order_id)
        if not engine.untold.isdisjoint(chain.ids):
            return True
        ended = not engine.orders[chain.last].is_open
        return order_id in engine.moved and (ended or bool(engine.untold))

    def at_rest(self) -> None:
        """Every link is up, every list read and nothing under way: what is shown must be what is."""
        for name, engine in self._engines.items():
            self._same_orders(name, engine)
            self._same_money(name, engine)
        for amendment in self._state.amendments.values():
            lineage = self._state.lineages[amendment.lineage]
            self._true_outcome(amendment, self._engines[lineage.account])

    def _same_orders(self, account: str, engine: SimulatedEngine) -> None:
        true = {order.order_id: order for order in engine.open_orders()}
        rows: dict[str, str] = {}
        for lineage in self._state.lineages.values():
            if lineage.account != account:
                continue
            order = lineage.order
            chain = engine.chain_of(lineage.ids[-1])
            unsure = engine.ever_lied | engine.hidden
            has_ended = not engine.orders[chain.last].is_open
            denied = has_ended and not engine.ever_denied.isdisjoint(chain.ids)
            untied = engine.untold or chain.root in engine.altered or not unsure.isdisjoint(chain.ids) or denied
            is_over = has_ended and not engine.ever_lied.isdisjoint(chain.ids)
            if (order.raw_status == NOT_FOUND and untied) or (not order.is_open and is_over):
                # Nothing is read any more of an order that ended while one of its ids was told as of another kind. Or
                # somebody else amended an order like it away, so that nobody can tell which of the two went on; or they
                # amended what it went on as before a list could tie the two; or that was shown as something else,
                # or could not be read then.
                rows.pop(chain.root, None)
                key = lineage.key
            else:
                key = rows.setdefault(chain.root, lineage.key)
            if key != lineage.key and not lineage.amendments:
                # A row that somebody has amended since stays, so as not to take it from under their hands.
                raise BrokenPromise("one row an order", f"Rows {key} and {lineage.key} are the same order {chain.ids}.")
            known = engine.orders[order.order_id]
            lost = order.raw_status == NOT_FOUND and order.order_id in engine.untold
            lied = order.raw_status == NOT_FOUND and order.order_id in engine.lied
            if order.filled != known.filled and not (lost and order.filled < known.filled) and not lied:
                # Of an id that somebody else amended away while the link was down, the last fills are told to nobody.
                text = f"Row {lineage.key} shows {order.filled} filled, and the venue filled {known.filled}."
                raise BrokenPromise("filled as the venue", text)
            told = order.status not in (OrderStatus.ENDED, OrderStatus.UNRECOGNISED)
            if not order.is_open and told and order.order_id not in engine.moved and order.status != known.status:
                text = f"Row {lineage.key} shows {order.status.value}, and at the venue it is {known.status.value}."
                raise BrokenPromise("ended as at the venue", text)
            if not order.is_open or order.raw_status == NOT_FOUND:
                continue
            if order.order_id not in true:
                text = f"Row {lineage.key} shows order {order.order_id} {order.raw_status}, which has ended."
                raise BrokenPromise("no ghosts", text)
            if _terms(order) != _terms(known):
                text = f"Row {lineage.key} shows {_terms(order)}, and the venue holds {_terms(known)}."
                raise BrokenPromise("terms as the venue", text)
            del true[order.order_id]
        if true:
            raise BrokenPromise("no order vanishes", f"{account} holds {', '.join(true)}, and no row shows it.")

    def _same_money(self, account: str, engine: SimulatedEngine) -> None:
        shown = self._state.accounts[account].balances
        for each in engine.balances(0):
            known = shown.get(each.currency)
            if known is None or (known.total, known.locked) != (each.total, each.locked):
                text = f"{account} has {each.total} {each.currency}, {each.locked} locked; shown is {known}."
                raise BrokenPromise("balances as the venue", text)

    def _true_outcome(self, amendment: Amendment, engine: SimulatedEngine) -> None:
        applied = engine.applied.get(amendment.amendment_id)
        if applied is None or not applied.done or amendment.is_open:
            return
        chain = engine.chain_of(amendment.command.order.order_id)
        ended = not chain.held[-1][1].is_open
        if chain.held[-1][1].status is OrderStatus.REJECTED:
            return  # the terms asked for on what was rejected prove nothing
        if not engine.lied.isdisjoint(chain.ids):
            return  # what was amended was not what was shown
        two_heirs = amendment.command.order.order_id in engine.beside.values()
        remaining = amendment.command.target.remaining is not None
        # Where an order has ended, its trades, or a remaining size of nothing, may not tell what its terms were.
        untold = ended and (engine.model.behaviour.ended is EndRecord.TRADES or remaining)
        for_certain = amendment.stage is AmendmentStage.OVERTAKEN and not amendment.missing
        if (two_heirs or untold) and for_certain and applied.matched:
            text = f"{amendment.amendment_id} is overtaken for certain, and the venue carried it out."
            raise BrokenPromise("outcomes are true", text)
        if two_heirs:
            return  # the row can follow only one of them
        if amendment.stage is AmendmentStage.REFUSED:
            raise BrokenPromise("outcomes are true", f"{amendment.amendment_id} is refused, and was carried out.")
        if applied.order_id not in self._state.lineages[amendment.lineage].ids:
            return  # another row, amended since, shows what it made
        still_so = _terms(applied.order)[1:] == _terms(chain.held[-1][1])[1:]
        if untold:
            return
        if still_so and applied.matched and amendment.stage is not AmendmentStage.CONFIRMED:
            if self._asked_again(amendment):
                return
            text = f"{amendment.amendment_id} is {amendment.stage.value}, and the venue carried it out."
            raise BrokenPromise("outcomes are true", text)

    def _asked_again(self, amendment: Amendment) -> bool:
        """Return True if a later amendment asked for the same and has it: then nobody can tell which of them did it."""
        row = self._state.lineages[amendment.lineage].amendments
        later = [self._state.amendments[each] for each in row[row.index(amendment.amendment_id) + 1 :]]
        return any(each.stage is AmendmentStage.CONFIRMED and _alike(each, amendment) for each in later)


def _goes_on(engine: SimulatedEngine, order_id: str, chain: Chain) -> bool:
    """Return True if an order goes on in a chain: it is one of its ids, or was left beside it and has ended since."""
    if any(each is chain for each in engine.went_on(order_id)):
        return True
    return _took_over(engine, chain.root) and _goes_on(engine, order_id, engine.chain_of(engine.beside[chain.root]))


def _took_over(engine: SimulatedEngine, order_id: str) -> bool:
    """Return True if an order made beside the one it was to replace is left alone: it has replaced it then."""
    old_id = engine.beside.get(order_id)
    return old_id is not None and not engine.orders[old_id].is_open


def _was_held(amendment: Amendment, engine: SimulatedEngine) -> bool:
    """Return True if the venue carried it out, or held those very terms for another reason since it may have left."""
    applied = engine.applied.get(amendment.amendment_id)
    chains = list(engine.went_on(amendment.command.order.order_id))
    if not engine.lied.isdisjoint(order_id for chain in chains for order_id in chain.ids):
        return True  # false fills can make a size look like the one asked for
    if applied is not None and (applied.done or _took_over(engine, applied.order_id)):
        return True
    held = [each for chain in chains for each in chain.held if each[1].status is not OrderStatus.REJECTED]
    since = amendment.rungs[0].at
    before = [order for at, order in held if at <= since][-1:]
    later = [order for at, order in held if at > since]
    request = engine.model.read(amendment.command)
    return any(_meets(amendment.command.order, request, order) for order in (*before, *later))


def _meets(base: Order, request: EngineRequest, order: Order) -> bool:
    """Return True if the order has the terms the request names.

    A reduction names what should remain. One that somebody else made at the same time cannot be told from it where the
    size lies between what it would be with no fill before ours, and with all of them.
    """
    if not compare(request, order, _LAST_DIGIT):
        return True
    if request.remaining is None or request.price is not None or order.quantity >= base.quantity:
        return False
    return base.filled + request.remaining <= order.quantity <= order.filled + request.remaining


def _alike(one: Amendment, other: Amendment) -> bool:
    """Return True if two amendments asked for the same; derived terms are not compared once fills have landed."""
    pairs = zip(astuple(one.command.target), astuple(other.command.target), strict=True)
    return all(mine == theirs for mine, theirs in pairs if None not in (mine, theirs))


def _terms(order: Order) -> tuple[object, ...]:
    return (order.status, *(term.of_order(order) for term in own_terms() if term.name != "value"))
