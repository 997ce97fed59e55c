"""Coming up: the login, and everything read anew after it, because events may have been missed meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.domain.amendment import Source
from app.venues.alphapoint.link.gateways import Gateways
from app.venues.alphapoint.link.listener import Listener
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.wire.answers import failure_of
from app.venues.alphapoint.wire.codec import GatewaySession, account_payload, fold
from app.venues.alphapoint.wire.login import (
    Keys,
    accounts_payload,
    is_login,
    login_payload,
    read_accounts,
    read_login,
)
from app.venues.alphapoint.wire.markets import account_facts, number_of
from app.venues.alphapoint.wire.vocabulary import ACCOUNT_SWITCH, TITLE
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.socket import LoginRefused

#: How many executions are read after a connection came up, for those that happened while it was down.
_TRADES = 100


class Sync:
    """Brings one account's picture up to date; every reading raises ReadFailed or Malformed where it failed."""

    def __init__(
        self,
        socket: GatewaySocket,
        gateways: Gateways,
        listener: Listener,
        reporter: Reporter,
        keys: Keys,
        nonce: Callable[[], str],
    ) -> None:
        """Start with nothing read.

        Args:
            socket: towards the venue.
            gateways: for the questions.
            listener: shown what was read.
            reporter: tells what could not be read.
            keys: the API key.
            nonce: gives a fresh nonce, always rising.
        """
        self._socket = socket
        self._gateways = gateways
        self._listener = listener
        self._reporter = reporter
        self._keys = keys
        self._nonce = nonce
        self._quoted: set[str] = set()
        self._listing = asyncio.Lock()
        self._listed_at = -1
        self._lacks_markets = False
        self._lacks_balances = False
        self._knows_accounts = False

    async def login(self) -> GatewaySession:
        """Log in on a new connection.

        Raises:
            LoginRefused: the venue does not accept the key. ReadFailed, Malformed: it cannot be told.
        """
        self._quoted.clear()
        frame = await self._socket.call("AuthenticateUser", login_payload(self._keys, self._nonce()))
        failure = failure_of(frame)
        refusal = failure.text if failure is not None else ""
        if failure is not None and failure.pause:
            self._gateways.slow_down(failure.pause)
        if is_login(frame.payload):
            login = read_login(frame.payload, self._keys.account_id)
            if login.session is not None:
                self._socket.welcome(login.session)
                return login.session
            refusal = login.refusal
        elif failure is not None and not failure.proof.is_refusal:
            raise ReadFailed(failure.text)
        raise LoginRefused(
            f"{TITLE} refused the login of account {self._reporter.account} "
            f"({refusal.rstrip('.') or 'no reason given'}); correct api_key, secret and user_id."
        )

    async def everything(self, session: GatewaySession) -> None:
        """Read the markets, subscribe, and list orders and balances.

        Without the orders there is no picture at all; what else is missing is told, and asked for again later.

        Raises:
            ReadFailed, Malformed: the orders could not be listed.
        """
        if self._keys.account_id is not None:
            await self._own_account(session)
        await self._markets(session)
        await self._subscribe(session)
        await self.orders(session)
        self._listener.assume()
        await self._balances(session)

    async def _own_account(self, session: GatewaySession) -> None:
        """See that the login has the account that is configured.

        Raises:
            LoginRefused: it has others.
        """
        known = await self._accounts(session, routine=True)
        if known and session.account_id not in known:
            raise LoginRefused(
                f"{TITLE}: the login of account {self._reporter.account} has no account {session.account_id}; correct "
                f"the switch {ACCOUNT_SWITCH} (it has {', '.join(map(str, known))})."
            )

    async def other_accounts(self, session: GatewaySession) -> None:
        """Tell, once, of the login's other accounts, whose orders are not listed where none is configured."""
        if self._keys.account_id is not None or self._knows_accounts:
            return
        others = [str(each) for each in await self._accounts(session) if each != session.account_id]
        self._knows_accounts = True
        if others:
            every = ", ".join([str(session.account_id), *others])
            plural = "s" * (len(others) != 1)
            self._reporter.notice_once(
                f"{TITLE}: account {session.account_id} is listed here; the login has account{plural} "
                f'{", ".join(others)} too. Write {ACCOUNT_SWITCH} = "{every}" under the switches of '
                f"{self._reporter.account} to list each as an account of its own, or {ACCOUNT_SWITCH} = "
                f'"{session.account_id}" for this one alone.'
            )

    async def _accounts(self, session: GatewaySession, *, routine: bool = False) -> tuple[int, ...]:
        """Ask for the accounts of the login; none where the venue does not tell."""
        try:
            _, frame = await self._gateways.ask("GetUserAccounts", accounts_payload(session), routine=routine)
            return read_accounts(frame.payload) if failure_of(frame) is None else ()
        except (ReadFailed, Malformed):
            return ()

    async def lists(self, session: GatewaySession) -> None:
        """List open orders and balances.

        Raises:
            ReadFailed, Malformed: the orders could not be listed.
        """
        await self.orders(session)
        await self._balances(session)

    async def orders(self, session: GatewaySession) -> None:
        """List open orders; one list answers everybody who asked before it left.

        Raises:
            ReadFailed, Malformed: they could not be listed.
        """
        wanted_at = self._reporter.now()
        async with self._listing:
            if self._listed_at >= wanted_at:
                return
            asked_at, rows = await self._gateways.rows("GetOpenOrders", account_payload(session), routine=True)
            if len(rows) == 1 and (not isinstance(rows[0], dict) or "orderid" not in fold(rows[0])):
                raise ReadFailed(f"{TITLE} was asked for the open orders and answered with something else.")
            self._listed_at = asked_at
            self._listener.listing(rows, asked_at)

    def lacks(self) -> bool:
        """Return True if something could not be read that is worth asking for again."""
        return self._lacks_markets or self._lacks_balances or bool(self._listener.undescribed_markets())

    async def complete(self, session: GatewaySession) -> None:
        """Ask again for what could not be read."""
        if self._lacks_markets or self._listener.undescribed_markets():
            await self._markets(session)
            self._listener.assume()
        if self._lacks_balances:
            await self._balances(session)

    async def missed_trades(self, session: GatewaySession) -> None:
        """Read executions that happened while the socket was down; without them only the orders' totals would show."""
        payload = {**account_payload(session), "StartIndex": 0, "Count": _TRADES}
        try:
            _, rows = await self._gateways.rows("GetAccountTrades", payload)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: executions could not be read. {error}", serious=False)
            return
        self._listener.fills(tuple(reversed(rows)), Source.HISTORY)

    async def subscribe_quotes(self) -> None:
        """Subscribe to level 1 of every market with an order, where that is not done yet."""
        session = self._socket.session
        if session is None or not self._socket.is_synchronised:
            return
        for symbol in sorted(self._listener.traded() - self._quoted):
            instrument = self._listener.markets.instruments.get(symbol)
            if instrument is None:
                continue
            self._quoted.add(symbol)
            payload = {"OMSId": session.oms_id, "InstrumentId": number_of(instrument)}
            try:
                _, rows = await self._gateways.rows("SubscribeLevel1", payload)
                if rows:
                    self._listener.markets.quote(rows[0])
            except (ReadFailed, Malformed) as error:
                self._reporter.notice_once(f"{TITLE}: no quotes of {symbol}. {error}", serious=False)

    async def _markets(self, session: GatewaySession) -> None:
        facts: tuple[tuple[str, str], ...] = ()
        try:
            _, frame = await self._gateways.ask("GetAccountInfo", account_payload(session), routine=True)
            if failure_of(frame) is None:
                facts = account_facts(frame.payload)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: whether the account may trade could not be read. {error}", serious=False)
        try:
            _, rows = await self._gateways.rows("GetInstruments", {"OMSId": session.oms_id}, routine=True)
        except (ReadFailed, Malformed) as error:
            self._lacks_markets = True
            text = f"{TITLE}: the rules of its markets could not be read, and changes are sent unchecked. {error}"
            self._reporter.notice_once(text)
            return
        self._lacks_markets = False
        self._listener.markets.load(rows, facts)
        self._listener.assume()

    async def _balances(self, session: GatewaySession) -> None:
        try:
            _, rows = await self._gateways.rows("GetAccountPositions", account_payload(session), routine=True)
        except (ReadFailed, Malformed) as error:
            self._lacks_balances = True
            self._reporter.notice_once(f"{TITLE}: balances could not be read. {error}", serious=False)
            return
        self._lacks_balances = False
        self._listener.balances(rows, complete=True)

    async def _subscribe(self, session: GatewaySession) -> None:
        """Subscribe to account events, under the name of either generation."""
        text = ""
        for name in ("SubscribeAccountEvents", "SubscribeOrderStateEvents"):
            _, frame = await self._gateways.ask(name, account_payload(session), routine=True)
            failure = failure_of(frame)
            if failure is None:
                return
            text = failure.text.rstrip(".")
        self._reporter.notice(f"{TITLE} pushes no order events here ({text}); look-ups alone confirm changes.")
