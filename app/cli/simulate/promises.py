"""What the desk promises, checked against what the modelled venues truly hold: after every event, and more at rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.desk.orders_fold import NOT_FOUND
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import compare
from app.domain.money import ZERO
from app.domain.order import Order
from app.practice.models.behaviour import Ended
from app.practice.models.engine import Chain, Engine

#: The last digit of what a venue derives may be rounded otherwise.
_LAST_DIGIT = Decimal("0.00000001")


class BrokenPromise(Exception):
    """The desk said or did what it must not. `promise` names which promise; the message says what happened."""

    def __init__(self, promise: str, text: str) -> None:
        super().__init__(text)
        self.promise = promise


class Promises:
    """Watches one desk."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        """Args: engines: the truth, by account."""
        self._engines = engines
        self._sent: dict[str, int] = {}
        self.watch(DeskState())

    def watch(self, state: DeskState) -> None:
        """Begin with a state: a new one, or what a restart made of the journal."""
        self._state = state
        self._stages = {each.amendment_id: each.stage for each in state.amendments.values()}
        self._rows: dict[tuple[str, str], str] = {}
        for lineage in state.lineages.values():
            self._one_order(lineage)

    # -- at every event ------------------------------------------------------------------------------------------

    def sent(self, amendment_id: str) -> None:
        """An amendment is about to leave."""
        self._sent[amendment_id] = self._sent.get(amendment_id, 0) + 1
        if self._sent[amendment_id] > 1:
            raise BrokenPromise("sent once", f"{amendment_id} left {self._sent[amendment_id]} times.")

    def after(self, rows: Iterable[str], event: ev.Event) -> None:
        """An event was folded and touched these rows."""
        for key in rows:
            lineage = self._state.lineages[key]
            engine = self._engines[lineage.account]
            chain = self._one_order(lineage)
            self._not_vanished(lineage, engine, chain)
            self._not_overfilled(lineage, engine)
            for amendment_id in lineage.amendments[-2:]:
                self._stage(self._state.amendments[amendment_id], lineage, engine)
        if isinstance(event, ev.FillSeen):
            self._booked_once(event)

    def _one_order(self, lineage: Lineage) -> Chain:
        engine = self._engines[lineage.account]
        chain = engine.chain_of(lineage.ids[-1])
        if len(lineage.ids) > 1:
            for order_id in lineage.ids:
                if engine.chain_of(order_id) is not chain:
                    text = f"Row {lineage.key} has the ids {lineage.ids}, and {order_id} is another order."
                    raise BrokenPromise("one order a row", text)
        key = self._rows.setdefault((lineage.account, chain.root), lineage.key)
        if key != lineage.key:
            raise BrokenPromise("one order a row", f"Rows {key} and {lineage.key} are the same order {chain.ids}.")
        return chain

    def _not_vanished(self, lineage: Lineage, engine: Engine, chain: Chain) -> None:
        true = engine.orders[chain.last]
        if not lineage.order.is_open and true.is_open:
            text = f"Row {lineage.key} shows {lineage.order.status}, and the venue holds order {chain.last}."
            raise BrokenPromise("no order vanishes", text)

    def _not_overfilled(self, lineage: Lineage, engine: Engine) -> None:
        order = lineage.order
        true = engine.filled(order.order_id)
        if order.filled > true:
            text = f"Row {lineage.key} shows {order.filled} filled, and the venue filled {true}."
            raise BrokenPromise("filled as the venue", text)

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

    def _stage(self, amendment: Amendment, lineage: Lineage, engine: Engine) -> None:
        before = self._stages.get(amendment.amendment_id)
        if before is amendment.stage:
            return
        self._stages[amendment.amendment_id] = amendment.stage
        if before in (AmendmentStage.CONFIRMED, AmendmentStage.REFUSED):
            text = f"{amendment.amendment_id} was {before.value} and became {amendment.stage.value}."
            raise BrokenPromise("an outcome stays", text)
        if amendment.stage is AmendmentStage.CONFIRMED and not _was_held(amendment, engine):
            text = f"{amendment.amendment_id} is confirmed for {amendment.command.target}, which the venue never held."
            raise BrokenPromise("confirmed only if held", text)

    # -- at rest -------------------------------------------------------------------------------------------------

    def unsettled(self) -> None:
        """The links were healthy for long enough, and something is still open."""
        open_ones = self.pending()
        if open_ones:
            words = ", ".join(f"{each.amendment_id} {each.stage.value}" for each in open_ones)
            raise BrokenPromise("nothing stays unknown", f"Still open with every link healthy: {words}.")

    def pending(self) -> list[Amendment]:
        """Amendments that evidence can still settle.

        Where an order was amended away by somebody else under an id that nothing ties to it, and our request or its
        answer was lost, the venue itself holds no evidence: that one stays unknown, and must.
        """
        state = self._state
        return [
            each
            for each in state.unsettled()
            if each.command.order.order_id not in self._engines[state.lineages[each.lineage].account].untold
        ]

    def at_rest(self) -> None:
        """Every link is up, every list read and nothing under way: what is shown must be what is."""
        self.unsettled()
        for name, engine in self._engines.items():
            self._same_orders(name, engine)
            self._same_money(name, engine)
        for amendment in self._state.amendments.values():
            lineage = self._state.lineages[amendment.lineage]
            self._true_outcome(amendment, self._engines[lineage.account])

    def _same_orders(self, account: str, engine: Engine) -> None:
        true = {order.order_id: order for order in engine.open_orders()}
        for lineage in self._state.lineages.values():
            if lineage.account != account:
                continue
            order = lineage.order
            known = engine.orders[order.order_id]
            if order.filled != known.filled:
                text = f"Row {lineage.key} shows {order.filled} filled, and the venue filled {known.filled}."
                raise BrokenPromise("filled as the venue", text)
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

    def _same_money(self, account: str, engine: Engine) -> None:
        shown = self._state.accounts[account].balances
        for each in engine.balances(0):
            known = shown.get(each.currency)
            if known is None or (known.total, known.locked) != (each.total, each.locked):
                text = f"{account} has {each.total} {each.currency}, {each.locked} locked; shown is {known}."
                raise BrokenPromise("balances as the venue", text)

    def _true_outcome(self, amendment: Amendment, engine: Engine) -> None:
        applied = engine.applied.get(amendment.amendment_id)
        if applied is None or not applied.done:
            return
        if amendment.stage is AmendmentStage.REFUSED:
            raise BrokenPromise("outcomes are true", f"{amendment.amendment_id} is refused, and was carried out.")
        chain = engine.chain_of(amendment.command.order.order_id)
        still_so = _terms(_at(chain, applied.at))[1:] == _terms(chain.held[-1][1])[1:]
        ended = not chain.held[-1][1].is_open
        if ended and engine.model.behaviour.ended is Ended.TRADES:
            return  # its trades do not tell what its terms were
        if still_so and applied.matched and amendment.stage is not AmendmentStage.CONFIRMED:
            text = f"{amendment.amendment_id} is {amendment.stage.value}, and the venue carried it out."
            raise BrokenPromise("outcomes are true", text)


def _was_held(amendment: Amendment, engine: Engine) -> bool:
    """Whether the venue carried it out, or held those very terms for another reason since it may have left."""
    applied = engine.applied.get(amendment.amendment_id)
    if applied is not None and applied.done:
        return True
    target = amendment.command.target
    chain = engine.chain_of(amendment.command.order.order_id)
    since = amendment.rungs[0].at
    before = [order for at, order in chain.held if at <= since][-1:]
    later = [order for at, order in chain.held if at > since]
    return any(not compare(target, order, _LAST_DIGIT) for order in (*before, *later))


def _at(chain: Chain, at: int) -> Order:
    """What the order was right after that moment."""
    return next(order for began, order in reversed(chain.held) if began <= at)


def _terms(order: Order) -> tuple[object, ...]:
    return (order.status, order.price, order.quantity, order.stop, order.take_profit, order.stop_loss)
