"""Matters that wait for a person: amendments without an outcome first, those that came out otherwise, then the rest.

Pure reading of the state. What lacks evidence goes away by itself as soon as the evidence it names is there; an outcome
that is not the one asked for stays until it was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile

from app.desk.fold.amendments import asked_text
from app.desk.fold.lineages import LATE_AMENDMENTS_CONSIDERED
from app.desk.fold.orders import NOT_FOUND
from app.desk.fold.reconcile import began_at
from app.desk.state import AccountState, DeskState, Doubt, Lineage
from app.desk.views.exposure import left_to_trade
from app.desk.views.rates import common_rates
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.market import LinkState
from app.domain.money import ZERO, exact
from app.domain.order import Order

#: Outcomes that nobody asked for.
NOT_AS_ASKED = frozenset(
    {AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED, AmendmentStage.DIFFERENT, AmendmentStage.OVERTAKEN}
)

#: Links over which nothing is proven. A link that is being made counts only if it had been there before.
_BROKEN = (LinkState.DOWN, LinkState.REFUSED, LinkState.STALE)


class Concern(StrEnum):
    """Reason for which something waits for a person."""

    UNRESOLVED = "unresolved"
    OUTCOME = "not as asked"
    ELSEWHERE = "changed elsewhere"
    TWO_ORDERS = "two working orders"
    NOT_FOUND = "not found"
    UNREADABLE = "unreadable"
    LINK = "link"
    LIST = "list incomplete"
    JOURNAL = "journal"


#: So many more looks than there are things to look at are remembered: those of what was forgotten since go then.
_MANY = 500


@dataclass(frozen=True, slots=True)
class Gap:
    """A journal that could not be read whole: the sentence about it, and the start before which things may be unknown.

    The time is in nanoseconds UTC.
    """

    text: str
    before: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    Attributes:
        key: the same as long as it is the same thing.
        account: whose it is, "" where it is nobody's; `lineage` the row, "" where more than one order is meant.
        since: when it began, nanoseconds UTC.
        what: one clause.
        missing: one sentence on the evidence that would settle it.
        stage: the amendment's stage, None where there is no amendment.
        probes: look-ups made for it.
        at_risk: the largest value the order could still trade, in `currency`; None where it is not known.
        raw: the venue's own text where it cannot be read, "" where there is none.
    """

    key: str
    concern: Concern
    account: str
    lineage: str
    since: int
    what: str
    missing: str
    stage: AmendmentStage | None = None
    probes: int = 0
    at_risk: Decimal | None = None
    currency: str = ""
    raw: str = ""


class Attention:
    """Everything of a desk that waits.

    Rows are looked at when they change, not all of them each time somebody asks: there may be 100,000.
    """

    def __init__(
        self, state: DeskState, both_legs: Mapping[str, frozenset[str]], gap: Callable[[], Gap | None] = lambda: None
    ) -> None:
        """Look at all rows once.

        Args:
            state: the desk's.
            both_legs: by account, the routes that replace an order by another one.
            gap: what the journal lacks now, None if nothing is known of that.
        """
        self._state, self._both_legs, self._gap = state, both_legs, gap
        self._rows: set[str] = set()
        self._doubted: dict[str, str] = {}
        self._open: set[str] = set()
        self._seen: dict[str, int] = {}
        self._outcomes: dict[str, str] = {}
        # What had an outcome before is not news: the sheet of what happened meanwhile tells it.
        self._looked = {each.amendment_id: each.stage for each in state.amendments.values() if not each.is_open}
        self._strangers: set[str] = set()
        self._looked_strangers = {key: lineage.elsewhere_at for key, lineage in state.lineages.items()}
        self.touch(state.lineages)

    def start_over(self) -> None:
        """Look at all rows again, and remember none that was there: the state is that of another moment."""
        for known in (self._rows, self._doubted, self._open, self._seen, self._outcomes, self._strangers):
            known.clear()
        self.touch(self._state.lineages)

    def touch(self, rows: Iterable[str]) -> None:
        """These rows changed."""
        state, lineages = self._state, self._state.lineages
        for key in rows:
            lineage = lineages.get(key)
            if lineage is None:
                for known in (self._rows, self._open, self._strangers):
                    known.discard(key)
                self._doubted.pop(key, None)
                continue
            is_open = lineage.order.is_open
            _put(self._open, key, is_in=is_open)
            _put(self._rows, key, is_in=is_open and row_concern(state, lineage, self._both_legs) is not None)
            if is_open and lineage.doubt is not None:
                self._doubted[key] = lineage.account
            else:
                self._doubted.pop(key, None)
            is_strange = is_open and lineage.elsewhere_at > self._looked_strangers.get(key, 0)
            _put(self._strangers, key, is_in=is_strange)
            for amendment_id in lineage.amendments[-LATE_AMENDMENTS_CONSIDERED:] if lineage.amendments else ():
                self._note(state.amendments[amendment_id])
            if lineage.seen_at > self._seen.get(lineage.account, 0):
                self._seen[lineage.account] = lineage.seen_at

    def _note(self, amendment: Amendment) -> None:
        if amendment.stage not in NOT_AS_ASKED:
            self._outcomes.pop(amendment.amendment_id, None)
        elif self._looked.get(amendment.amendment_id) is not amendment.stage:
            # Also one that was looked at, where a late effect gave it another outcome.
            self._outcomes[amendment.amendment_id] = amendment.lineage

    def look_at(self, key: str) -> None:
        """A person has looked at what came out otherwise, or was changed elsewhere; `key` is the item's."""
        if self._outcomes.pop(key, None) is not None:
            self._looked[key] = self._state.amendments[key].stage
            if len(self._looked) > _MANY + len(self._state.amendments):
                self._looked = {each: stage for each, stage in self._looked.items() if each in self._state.amendments}
        lineage = key.removeprefix(_ELSEWHERE)
        if lineage != key and lineage in self._strangers:
            self._strangers.discard(lineage)
            lineages = self._state.lineages
            self._looked_strangers[lineage] = lineages[lineage].elsewhere_at
            if len(self._looked_strangers) > _MANY + len(lineages):
                self._looked_strangers = {key: at for key, at in self._looked_strangers.items() if key in lineages}

    def asks_for_a_look(self, lineage: str) -> bool:
        """Return True if a row came out otherwise or was changed elsewhere, and nobody has looked at that."""
        return lineage in self._strangers or lineage in self._outcomes.values()

    def unlooked(self) -> set[str]:
        """Return the rows that came out otherwise or were changed elsewhere, and that nobody has looked at."""
        return self._strangers.union(self._outcomes.values())

    @property
    def open_orders(self) -> int:
        """The number of orders that their venues have not ended, of the rows looked at."""
        return len(self._open)

    def seen_at(self, account: str) -> int:
        """Return when an order of an account was last shown by its venue, 0 before the first."""
        return max(self._seen.get(account, 0), self._state.accounts[account].shown_at)

    def unreadable(self, account: str) -> int:
        """Return how many of an account's orders cannot be read now: those in doubt, and those without a row."""
        doubted = sum(1 for each in self._doubted.values() if each == account)
        return doubted + len(self._state.accounts[account].unreadable)

    def count(self) -> int:
        """Return how many things wait."""
        accounts = sum(
            len(_account_concerns(account)) + len(account.unreadable) for account in self._state.accounts.values()
        )
        outcomes = len(self._outcomes) + len(self._strangers) + (self._gap() is not None)
        return len(self._state.unsettled()) + len(self._rows) + accounts + outcomes

    def items(self) -> list[Item]:
        """All that waits, in the order a person should look at it.

        Amendments come first: the largest money at risk before smaller, the longest wait before shorter ones. What
        cannot be compared, because no quotes connect its currency with the others or it has no price, cannot be called
        small and comes before the rest.
        """
        state = self._state
        unresolved = [_unresolved(state, each, self._both_legs) for each in state.unsettled()]
        found = [_row(state, state.lineages[key], self._both_legs) for key in self._rows]
        rows = [item for item in found if item is not None]
        accounts = [item for account in state.accounts.values() for item in _account(state, account)]
        outcomes = [_outcome(state.amendments[key]) for key in self._outcomes if key in state.amendments]
        several = len({each.currency for each in unresolved}) > 1
        rates = common_rates(state.accounts.values()) if several else {}

        def weight(item: Item) -> tuple[bool, Decimal, int, str]:
            worth = _worth(item, rates) if several else item.at_risk
            return (worth is not None, -(worth or ZERO), item.since, item.key)

        unresolved.sort(key=weight)
        rows.sort(key=lambda each: (_ROWS.index(each.concern), each.since, each.key))
        accounts.sort(key=lambda each: (each.since, each.key))
        gap = self._gap()
        journal = [] if gap is None else [Item("journal", Concern.JOURNAL, "", "", gap.before, _UNSURE, gap.text)]
        outcomes += [_elsewhere(state.lineages[key]) for key in self._strangers]
        outcomes.sort(key=lambda each: (each.since, each.key))
        return [*unresolved, *outcomes, *rows, *accounts, *journal]


def _put(known: set[str], key: str, *, is_in: bool) -> None:
    if is_in:
        known.add(key)
    else:
        known.discard(key)


def row_concern(state: DeskState, lineage: Lineage, both_legs: Mapping[str, frozenset[str]]) -> Concern | None:
    """Return what is wrong with a row, apart from an amendment without an outcome; None if nothing is.

    As long as there is such an amendment, all that can be wrong beside it is that the order cannot be read.
    """
    if not lineage.order.is_open:
        return None
    if not lineage.amendments or state.open_amendment(lineage) is None:
        if lineage.vanished_at is not None or lineage.order.raw_status == NOT_FOUND:
            return Concern.NOT_FOUND
        last = state.last_amendment(lineage)
        if last is not None and other_leg(lineage, last, both_legs.get(lineage.account, frozenset())) is not None:
            return Concern.TWO_ORDERS
    return Concern.UNREADABLE if lineage.doubt is not None else None


def other_leg(lineage: Lineage, amendment: Amendment, both_legs: Iterable[str]) -> Order | None:
    """The replaced order, if its replacement was seen and its own end was not: both may be working then."""
    old = amendment.command.order
    if amendment.command.route not in both_legs or lineage.order.order_id == old.order_id:
        return None
    leg = lineage.legs.get(old.order_id, old)
    return leg if leg.is_open else None


def at_risk(
    amendment: Amendment, now: Order, other: Order | None = None, before: Iterable[Amendment] = ()
) -> Decimal | None:
    """The largest value the order could still trade, in its quote currency: under the old terms or under those asked.

    What is filled already is out of the amendment's reach and counts nowhere.

    Args:
        amendment: of that order.
        now: the order as last proven.
        other: a second order that may be working beside it; both count then.
        before: amendments of the order that may still take effect before it.
    """
    with exact():
        asked = [_asked_notional(each, now) for each in (*before, amendment)]
        every = (_notional(amendment.command.order), _notional(now), *asked)
        known = [each for each in every if each is not None]
        if not known:
            return None
        beside = _notional(other) if other is not None else None
        return max(known) + (beside or ZERO)


def _asked_notional(amendment: Amendment, now: Order) -> Decimal | None:
    """Value the order could trade under the terms asked; None where no price is known."""
    target = amendment.command.target
    if target.value is not None and target.quantity is None and target.remaining is None:
        return max(ZERO, target.value - (now.filled_value or ZERO))
    price = target.price or target.stop or now.price or now.stop
    return price * left_to_trade(amendment, now) if price is not None else None


def _notional(order: Order) -> Decimal | None:
    price = order.price or order.stop
    return price * order.remaining if price is not None else order.value


def _unresolved(state: DeskState, amendment: Amendment, both_legs: Mapping[str, frozenset[str]]) -> Item:
    lineage = state.lineages[amendment.lineage]
    account = state.accounts[lineage.account]
    instrument = account.instruments.get((lineage.order.symbol, lineage.order.market))
    other = other_leg(lineage, amendment, both_legs.get(account.name, frozenset()))
    before = takewhile(lambda each: each.amendment_id != amendment.amendment_id, state.open_amendments(lineage))
    missing = f"Missing: {amendment.missing or 'the outcome, as the venue has it'}."
    if other is not None:
        missing = f"Orders {other.order_id} and {lineage.order.order_id} may both be working. {missing}"
    return Item(
        key=amendment.amendment_id,
        concern=Concern.UNRESOLVED,
        account=account.name,
        lineage=lineage.key,
        since=began_at(amendment),
        what=asked_text(amendment),
        missing=missing,
        stage=amendment.stage,
        probes=amendment.probes,
        at_risk=at_risk(amendment, lineage.order, other, before),
        currency=instrument.quote if instrument is not None else "",
    )


def _outcome(amendment: Amendment) -> Item:
    """Return an amendment that came out otherwise: asked and got side by side, as far as that is known."""
    return Item(
        key=amendment.amendment_id,
        concern=Concern.OUTCOME,
        account=amendment.command.order.account,
        lineage=amendment.lineage,
        since=amendment.latest.at,
        what=asked_text(amendment),
        missing=amendment.outcome,
        stage=amendment.stage,
    )


def _elsewhere(lineage: Lineage) -> Item:
    """Return a change of an order that this ticket did not ask for."""
    missing = "Somebody else changed it, or the venue did; what is typed and not sent starts from it now."
    key, since = f"{_ELSEWHERE}{lineage.key}", lineage.elsewhere_at
    return Item(key, Concern.ELSEWHERE, lineage.account, lineage.key, since, lineage.elsewhere, missing)


def _row(state: DeskState, lineage: Lineage, both_legs: Mapping[str, frozenset[str]]) -> Item | None:
    concern = row_concern(state, lineage, both_legs)
    if concern is Concern.TWO_ORDERS:
        last = state.last_amendment(lineage)
        assert last is not None
        old = last.command.order.order_id
        what = f"orders {old} and {lineage.order.order_id} may both be working"
        since = last.latest.at if last.rungs else lineage.seen_at
        missing = f"Missing: the end of the old order {old}."
        return Item(f"two {lineage.key}", concern, lineage.account, lineage.key, since, what, missing)
    if concern is Concern.NOT_FOUND:
        found = lineage.order.raw_status != NOT_FOUND
        what = "no longer in the venue's list" if found else "the venue finds no such order"
        missing = "Missing: how the order ended, or the order itself; neither a fill nor a cancel is proven."
        since = lineage.vanished_at or lineage.seen_at
        return Item(f"gone {lineage.key}", concern, lineage.account, lineage.key, since, what, missing)
    if concern is Concern.UNREADABLE and lineage.doubt is not None:
        return _unreadable(f"doubt {lineage.key}", lineage.account, lineage.key, "not readable", lineage.doubt)
    return None


def _unreadable(key: str, account: str, lineage: str, what: str, doubt: Doubt) -> Item:
    missing = "Missing: a reading that can be true; look at it at the venue."
    what = f"{what}: {doubt.text}"
    return Item(key, Concern.UNREADABLE, account, lineage, doubt.at, what, missing, raw=doubt.raw)


def _account_concerns(account: AccountState) -> list[Concern]:
    making = account.link in (LinkState.CONNECTING, LinkState.SYNCING)
    again = making and (account.answered_at > 0 or account.failed)
    link = account.link_at and (account.link in _BROKEN or again)
    return [*([Concern.LINK] if link else []), *([] if account.list_complete else [Concern.LIST])]


def _account(state: DeskState, account: AccountState) -> list[Item]:
    found: list[Item] = []
    concerns = _account_concerns(account)
    if Concern.LINK in concerns:
        what = account.link_text.rstrip(".") or _LINK_WORDS[account.link]
        missing = "Missing: its orders as the venue has them now; what is shown is older."
        if not account.answered_at:
            missing = f"Missing: its first list of orders; {_shown_unlisted(state, account)}."
        found.append(Item(f"link {account.name}", Concern.LINK, account.name, "", account.down_since, what, missing))
    if Concern.LIST in concerns:
        what = "the venue's list of orders is incomplete"
        missing = "Missing: a complete list; orders may rest at the venue that are not shown: look there."
        since = account.listed_at or account.link_at
        found.append(Item(f"list {account.name}", Concern.LIST, account.name, "", since, what, missing))
    for order_id, doubt in account.unreadable.items():
        which = f"order {order_id} is not readable" if order_id else "an order without a readable id"
        found.append(_unreadable(f"unreadable {account.name}/{order_id}", account.name, "", which, doubt))
    return found


def _shown_unlisted(state: DeskState, account: AccountState) -> str:
    """Return what is shown of an account whose venue has not listed its orders in this session."""
    rows = [each for each in state.lineages.values() if each.account == account.name and each.order.is_open]
    if not rows:
        return "none of them is shown"
    if any(row.stale for row in rows):
        return "those shown are as they were when they were last seen"
    return "only those it has told of since are shown"


#: Front of the key of such an item.
_ELSEWHERE = "elsewhere "

#: What is wrong with rows, the most pressing first.
_ROWS = (Concern.TWO_ORDERS, Concern.UNREADABLE, Concern.NOT_FOUND)

_UNSURE = "what happened before this start may not be known"

_LINK_WORDS = {
    LinkState.DOWN: "not connected",
    LinkState.CONNECTING: "connecting again",
    LinkState.SYNCING: "listing its orders again",
    LinkState.STALE: "no news from the venue",
    LinkState.REFUSED: "login refused",
}


def _worth(item: Item, rates: Mapping[str, Decimal]) -> Decimal | None:
    """The money at risk in a common measure, None where it cannot be compared."""
    rate = rates.get(item.currency.upper())
    if item.at_risk is None or rate is None:
        return None
    with exact():
        return item.at_risk * rate
