"""The deterministic fold: an event goes in, DeskState changes in place, effects and touched rows come out.

No clock, no randomness, no I/O: times and ids come with the events, so folding a record again gives the same state.
The parts that follow orders live in `orders`, those that follow amendments in `amendments`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.desk.fold import amendments as amendments
from app.desk.fold import doubts as doubts
from app.desk.fold import forgetting as forgetting
from app.desk.fold import orders as orders
from app.desk.fold.context import FoldContext, FoldOutcome
from app.desk.state import AccountState, DeskState, Notice
from app.domain import events as ev
from app.domain.market import LinkState
from app.domain.ports import Rulebook


class Reducer:
    """Folds events into a state it alone writes."""

    def __init__(self, state: DeskState, rulebooks: Mapping[str, Rulebook]) -> None:
        """Own `state` from now on; `rulebooks` are by account name."""
        self.state = state
        self._rulebooks = rulebooks

    def apply(self, event: ev.Event) -> FoldOutcome:
        """Fold one event.

        Returns:
            The effects it asks for and what it touched. An event for an account that is not configured changes nothing.
        """
        out = FoldOutcome()
        if isinstance(event, ev.OpenOrdersListed):
            for _ in self.folding(event, out):
                pass
        else:
            self._fold(event, out)
        return out

    def folding(self, event: ev.OpenOrdersListed, out: FoldOutcome) -> Iterator[None]:
        """Fold a list into `out`, a long one a part a step; what the state holds between them is a part of it."""
        account = self.state.accounts.get(event.account)
        rules = self._rulebooks.get(event.account)
        if account is not None and rules is not None:
            yield from orders.listed(FoldContext(self.state, account, rules, event.at, out), event)

    def _fold(self, event: ev.Event, out: FoldOutcome) -> None:
        desk = self.state
        account = desk.accounts.get(event.account)
        rules = self._rulebooks.get(event.account)
        if account is None or rules is None:
            return
        if isinstance(event, ev.OrderSeen):
            # Nearly all that comes is this.
            orders.seen(FoldContext(desk, account, rules, event.at, out, event.source, event.asked_at), event)
            return
        context = FoldContext(desk, account, rules, event.at, out)
        match event:
            case ev.LinkChanged():
                orders.link_changed(context, event)
                self._outage(account, event)
            case ev.InstrumentsLoaded():
                account.instruments.update({each.key: each for each in event.instruments})
                out.accounts.add(account.name)
            case ev.BalancesSeen():
                self._balances(account, event, out)
            case ev.QuoteSeen():
                self._quote(account, event, out)
            case ev.Noticed():
                about = (event.about, event.over, event.until)
                desk.notices.append(Notice(event.account, event.at, event.text, event.serious, *about))
                if event.about is ev.Condition.READS:
                    account.reads_until = 0 if event.over else event.until or 0
                out.accounts.add(account.name)
            case ev.WireSeen():
                desk.wire.append(event)
                out.accounts.add(account.name)
            case ev.OrderUnreadable():
                doubts.unreadable(context, event)
            case ev.OrderMissing():
                orders.missing(context, event)
            case ev.LookUpFailed():
                orders.look_up_failed(context, event)
            case ev.FillSeen():
                orders.filled(context, event)
            case ev.OrdersForgotten():
                forgetting.forgotten(context, event)
            case ev.CancelRequested():
                orders.cancel_requested(context, event)
            case ev.CancelAnswered():
                orders.cancel_answered(context, event)
            case _:
                amendments.fold(context, event)

    @staticmethod
    def _outage(account: AccountState, event: ev.LinkChanged) -> None:
        """Follow how long a link is not up: from when it was up last, whatever is tried in between."""
        if event.state is LinkState.UP:
            account.down_since, account.failed = 0, False
            return
        account.down_since = account.down_since or event.at
        account.failed = account.failed or event.state in (LinkState.DOWN, LinkState.STALE, LinkState.REFUSED)

    @staticmethod
    def _balances(account: AccountState, event: ev.BalancesSeen, out: FoldOutcome) -> None:
        """Take balances in; answers may overtake one another, so a reading older than the known one changes nothing.

        A known one from after the event itself is no measure: our clock was set back since.
        """
        known = account.balances
        if event.complete:
            oldest = min((each.as_of for each in event.balances), default=event.at)
            named = {each.currency for each in event.balances}
            for currency in [name for name, each in known.items() if name not in named]:
                if not oldest < known[currency].as_of <= event.at:
                    del known[currency]
        for each in event.balances:
            before = known.get(each.currency)
            if before is None or not each.as_of < before.as_of <= event.at:
                known[each.currency] = each
        out.accounts.add(account.name)

    @staticmethod
    def _quote(account: AccountState, event: ev.QuoteSeen, out: FoldOutcome) -> None:
        known = account.quotes.get((event.quote.symbol, event.quote.market))
        if known is not None and known.as_of > event.quote.as_of:
            return
        account.quotes[(event.quote.symbol, event.quote.market)] = event.quote
        out.accounts.add(account.name)
