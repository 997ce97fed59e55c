"""Coming up: the login, and everything read anew after it, because events may have been missed meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.amendment import Source
from app.venues.alphapoint.link.gateways import Gateways
from app.venues.alphapoint.link.listener import Listener
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.wire.answers import failure_of
from app.venues.alphapoint.wire.codec import GatewaySession, account_payload
from app.venues.alphapoint.wire.login import Keys, is_login, login_payload, read_login
from app.venues.alphapoint.wire.markets import account_facts
from app.venues.alphapoint.wire.vocabulary import TITLE
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

    async def login(self) -> GatewaySession:
        """Log in on a new connection.

        Raises:
            LoginRefused: the venue does not accept the key. ReadFailed, Malformed: it cannot be told.
        """
        self._quoted.clear()
        frame = await self._socket.call("AuthenticateUser", login_payload(self._keys, self._nonce()))
        failure = failure_of(frame)
        refusal = failure.text if failure is not None else ""
        if is_login(frame.payload):
            login = read_login(frame.payload)
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
        """Read the markets, subscribe, and list orders and balances."""
        await self._markets(session)
        await self._subscribe(session)
        await self.lists(session)

    async def lists(self, session: GatewaySession) -> None:
        """List open orders and balances."""
        asked_at, rows = await self._gateways.rows("GetOpenOrders", account_payload(session))
        self._listener.listing(rows, asked_at)
        _, rows = await self._gateways.rows("GetAccountPositions", account_payload(session))
        self._listener.balances(rows, complete=True)

    async def missed_trades(self, session: GatewaySession) -> None:
        """Read executions that happened while the socket was down; without them only the orders' totals would show."""
        payload = {**account_payload(session), "StartIndex": 0, "Count": _TRADES}
        try:
            _, rows = await self._gateways.rows("GetAccountTrades", payload)
            for row in reversed(rows):
                self._listener.fill(row, Source.HISTORY)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: executions could not be read. {error}", serious=False)

    async def subscribe_quotes(self) -> None:
        """Subscribe to level 1 of every market with an order, where that is not done yet."""
        session = self._socket.session
        if session is None or not self._socket.is_synchronised:
            return
        for symbol in sorted(self._listener.traded() - self._quoted):
            instrument = self._listener.instruments.get(symbol)
            if instrument is None:
                continue
            self._quoted.add(symbol)
            payload = {"OMSId": session.oms_id, "InstrumentId": int(instrument.attribute("instrument_id"))}
            try:
                _, rows = await self._gateways.rows("SubscribeLevel1", payload)
                if rows:
                    self._listener.quote(rows[0])
            except (ReadFailed, Malformed) as error:
                self._reporter.notice(f"{TITLE}: no quotes of {symbol}. {error}", serious=False)

    async def _markets(self, session: GatewaySession) -> None:
        facts: tuple[tuple[str, str], ...] = ()
        try:
            _, frame = await self._gateways.ask("GetAccountInfo", account_payload(session))
            if failure_of(frame) is None:
                facts = account_facts(frame.payload)
        except (ReadFailed, Malformed) as error:
            self._reporter.notice(f"{TITLE}: whether the account may trade could not be read. {error}", serious=False)
        _, rows = await self._gateways.rows("GetInstruments", {"OMSId": session.oms_id})
        self._listener.load(rows, facts)

    async def _subscribe(self, session: GatewaySession) -> None:
        """Subscribe to account events, under the name of either generation."""
        text = ""
        for name in ("SubscribeAccountEvents", "SubscribeOrderStateEvents"):
            _, frame = await self._gateways.ask(name, account_payload(session))
            failure = failure_of(frame)
            if failure is None:
                return
            text = failure.text.rstrip(".")
        self._reporter.notice(f"{TITLE} pushes no order events here ({text}); look-ups alone confirm changes.")
