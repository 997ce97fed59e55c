"""Promises about what is followed: what is not is not shown as live, and nothing stays wrong once the truth is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import attrgetter

from app.desk.fold.given_up import NOT_FOUND
from app.desk.state import DeskState, Lineage
from app.desk.views.freshness import staleness
from app.domain import events as ev
from app.domain.evidence import SECOND, EvidencePolicy
from app.domain.market import LinkState
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus
from app.domain.plausible import AGREEING_READS, why_implausible
from app.simulation.modelled.wires import Wires
from app.simulation.promises import BrokenPromise

#: Time a reading may be on its way beyond the interval in which rows are promised to be read again.
_ON_THE_WAY = SECOND

#: What must be the venue's of an order, beside its exits, where none is the same as zero.
_GIVEN = attrgetter("order_id", "symbol", "side", "status", "filled", "price", "quantity", "stop")

#: Lists that may fail before a row of a venue that is polled, and promises no interval by itself, counts as old.
_POLLS = 3


def one_account(event: ev.Event, rows: Iterable[str], accounts: Iterable[str]) -> None:
    """Look whether an event of one account touched nothing of another.

    Raises:
        BrokenPromise: if it did.
    """
    strange = {key.partition("/")[0] for key in rows} | set(accounts)
    if strange - {event.account}:
        text = f"{type(event).__name__} of {event.account} touched {', '.join(sorted(strange))}."
        raise BrokenPromise("one fault is one account's fault", text)


class Following:
    """Watches how true the rows of one desk are, and for how long they were not."""

    def __init__(self, wires: Mapping[str, Wires], policies: Mapping[str, EvidencePolicy]) -> None:
        """Watch nothing yet.

        Args:
            wires: by account; their engines hold the truth.
            policies: by account; one that promises no interval is held to a few turns of its polling, if it is polled.
        """
        self._wires = wires
        self._policies = {
            name: replace(each, reread_within=each.reread_within or wires[name].poll_every * _POLLS)
            for name, each in policies.items()
        }
        #: By order, how many readings of another kind there were since a true one, and when the newest was asked for: a
        #: desk that is started again has them in its journal.
        self._strange: dict[tuple[str, str], tuple[int, int]] = {}
        self.watch(DeskState(), 0)

    def watch(self, state: DeskState, now: int) -> None:
        """Begin with a state: a new one, or what a restart made of the journal."""
        self._state = state
        self._shown_at: dict[tuple[str, str], int] = {}
        self._wrong_since: dict[str, tuple[int, tuple[object, ...]]] = {}
        # What a killed program had learnt last may not be in its journal: it begins with the lie it had seen through.
        self._identity = {each.key: (each.order.symbol, each.order.side.value) for each in state.lineages.values()}
        self._inherited = dict(self._identity)
        self._begun = now

    def begin_anew(self) -> None:
        """Everything is true now: no lie told before excuses anything later, except of orders that are gone."""
        gone = {
            (each.account, each.order.order_id)
            for each in self._state.lineages.values()
            if each.order.raw_status == NOT_FOUND
        }
        for name, wires in self._wires.items():
            wires.engine.lied = {each for each in wires.engine.lied if (name, each) in gone}

    def after(self, event: ev.Event) -> None:
        """An event was folded: remember what it showed, and look at the link."""
        match event:
            case ev.OrderSeen():
                at = event.at if event.asked_at is None else event.asked_at
                self._shown(event.account, event.order, at)
            case ev.OpenOrdersListed():
                for order in event.orders:
                    self._shown(event.account, order, event.asked_at)
            case ev.LinkChanged():
                self.look(event.at)

    def _shown(self, account: str, order: Order, at: int) -> None:
        key = (account, order.order_id)
        true = self._wires[account].engine.orders.get(order.order_id)
        strange = true is not None and (true.symbol, true.side) != (order.symbol, order.side)
        count, newest = self._strange.get(key, (0, 0))
        if strange:
            self._strange[key] = (count + 1, max(at, newest))
        elif at > newest and not why_implausible(order):
            self._strange[key] = (0, at)
        self._shown_at[key] = max(at, self._shown_at.get(key, 0))
        lineage = self._state.lineages.get(self._state.by_id.get(key, ""))
        if lineage is not None:
            self._possible(lineage)
            if not self._is_wrong(lineage):
                self._wrong_since.pop(lineage.key, None)

    def _possible(self, lineage: Lineage) -> None:
        """Look that nothing impossible became a row, and that what a row is changed only to the truth."""
        order = lineage.order
        engine = self._wires[lineage.account].engine
        true = engine.orders[order.order_id]
        identity = (order.symbol, order.side.value)
        before = self._identity.setdefault(lineage.key, identity)
        self._identity[lineage.key] = identity
        right = identity == (true.symbol, true.side.value)
        agreed = self._strange.get((lineage.account, order.order_id), (0, 0))[0] >= AGREEING_READS
        first = (before == identity and order.order_id in engine.lied) or agreed
        if right:
            self._inherited.pop(lineage.key, None)
        first = first or self._inherited.get(lineage.key) == identity
        absurd = not order.quantity.is_finite() or (order.price is not None and order.price <= 0)
        if absurd or order.filled > order.quantity or not (right or first):
            text = f"Row {lineage.key} became {identity} {order.filled} of {order.quantity} at {order.price}."
            raise BrokenPromise("impossible values never enter", text)

    # -- as time goes by -----------------------------------------------------------------------------------------------

    def look(self, now: int) -> None:
        """Look at every open row now.

        Raises:
            BrokenPromise: if one is shown as live that is not followed, or that has long been another one.
        """
        for name, wires in self._wires.items():
            if self._state.accounts[name].link is not wires.link_state and self._state.accounts[name].link_at:
                text = f"The link of {name} is {wires.link_state}, and shown is {self._state.accounts[name].link}."
                raise BrokenPromise("what is not followed is not shown as live", text)
        for lineage in self._state.lineages.values():
            if lineage.order.is_open:
                self._live(lineage, now)
            else:
                self._wrong_since.pop(lineage.key, None)

    def _live(self, lineage: Lineage, now: int) -> None:
        wires, policy = self._wires[lineage.account], self._policies[lineage.account]
        stale = staleness(lineage, self._state.accounts[lineage.account], policy, now) is not None
        if stale or lineage.order.status is OrderStatus.UNRECOGNISED:
            self._wrong_since.pop(lineage.key, None)
            return
        if self._is_wrong(lineage):
            # A reading that was true when it was asked for begins the count anew, though the order changed since.
            shown = _figures(lineage.order)
            since, before = self._wrong_since.get(lineage.key, (now, shown))
            since = since if before == shown else now
            self._wrong_since[lineage.key] = (since, shown)
        else:
            self._wrong_since.pop(lineage.key, None)
            since = now
        if wires.link_state is not LinkState.UP:
            self._break(lineage, f"the link is {wires.link_state.value}")
        within = policy.reread_within
        shown_at = max(self._shown_at.get((lineage.account, each), 0) for each in lineage.ids)
        if within and now - max(shown_at, self._begun) > within:
            self._break(lineage, f"it was shown last {(now - shown_at) / SECOND:.1f} s ago")
        if within and now - since > within + _ON_THE_WAY and lineage.order.order_id not in wires.engine.lied:
            self._break(lineage, f"it has been another order for {(now - since) / SECOND:.1f} s")

    def _break(self, lineage: Lineage, why: str) -> None:
        raise BrokenPromise("what is not followed is not shown as live", f"Row {lineage.key} looks live, and {why}.")

    def _is_wrong(self, lineage: Lineage) -> bool:
        engine = self._wires[lineage.account].engine
        true = engine.orders[engine.chain_of(lineage.ids[-1]).last]
        return true is not lineage.order and _figures(true) != _figures(lineage.order)

    # -- once the venue tells the truth --------------------------------------------------------------------------------

    def wrong(self) -> str:
        """The first row that is not as the venue has it, in a sentence; "" if all are."""
        for name, wires in self._wires.items():
            true = {order.order_id: order for order in wires.engine.open_orders()}
            for lineage in self._state.lineages.values():
                if lineage.account != name or not lineage.order.is_open:
                    continue
                order = lineage.order
                known = true.pop(order.order_id, None)
                if known is None:
                    return f"Row {lineage.key} shows {order.order_id} {order.raw_status or order.status}, a ghost."
                if _figures(known) != _figures(order):
                    return f"Row {lineage.key} shows {_figures(order)}, and the venue holds {_figures(known)}."
                if lineage.doubt is not None:
                    return f"Row {lineage.key} is in doubt: {lineage.doubt.text}."
                if lineage.stale:
                    return f"Row {lineage.key} is stale."
            if true:
                return f"{name} holds {', '.join(true)}, and no row shows it."
            if self._state.accounts[name].unreadable:
                return f"{name} still has orders that nobody can read."
        return ""


def _figures(order: Order) -> tuple[object, ...]:
    exits = (order.take_profit or ZERO, order.stop_loss or ZERO)
    return (*_GIVEN(order), *exits)
