"""The practice AlphaPoint put together: one account, three users, two gateways."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import TRADER, NewOrder, SimOrder
from app.practice.server.seeds import StartingBook
from app.practice.server.server import TourStep, VenueServer, VenueWorld
from app.practice.venues.alphapoint.amend import Modifier, revision_of
from app.practice.venues.alphapoint.auth import Gatekeeper, user_of
from app.practice.venues.alphapoint.calls import Functions
from app.practice.venues.alphapoint.day import (
    COLLEAGUE,
    DAY,
    INSTRUMENTS,
    MAIN,
    OMS_ID,
    PAST,
    PRODUCTS,
    SECOND_ID,
    SWITCHES,
    USERS,
)
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.effects import Effects
from app.practice.venues.alphapoint.gateway import Gateway, HttpFunctions, WebSocketGateway
from app.practice.venues.alphapoint.place import Placing
from app.practice.venues.alphapoint.policy import AlphaPointPolicy
from app.practice.venues.alphapoint.push import EventPush
from app.practice.venues.alphapoint.queries import Queries
from app.practice.venues.alphapoint.reference import Reference
from app.practice.venues.alphapoint.replace import Replacer
from app.practice.venues.alphapoint.rows import Writer
from app.practice.venues.alphapoint.tape import Tape


class AlphaPointServer(VenueServer):
    """A practice AlphaPoint.

    Faults of its own, as `venue` actions at `before_reply`: `error_text` (text, status) answers plain text in an error
    frame or HTTP body, `camel_case` writes the answer's keys in camelCase. Code 102 after the change was made, and 107,
    are `refuse` actions at `before_reply` with that code.
    """

    def __init__(self, world: VenueWorld) -> None:
        super().__init__(
            world, name="alphapoint", title="AlphaPoint practice", policy=AlphaPointPolicy(), switches=SWITCHES
        )
        tape = Tape(self.exchange)
        products = {symbol: product[0] for symbol, product in PRODUCTS.items()}
        self.writer = Writer(self.exchange, tape, self.switches, MAIN, OMS_ID, products)
        directory = Directory(self.exchange, OMS_ID, lambda: SECOND_ID * self.switches.flag("second_account"))
        self._feed = EventPush(self, self.writer, directory)
        self._effects = Effects(self.clock, self.switches)
        self._begin()
        tell = self._feed.tell
        self._placing = Placing(self, directory, self._effects, tell, OMS_ID)
        self._modifier = Modifier(self, directory, self._effects)
        self._replacer = Replacer(self, directory, self._effects, self._placing, tell, OMS_ID)
        queries = Queries(self.writer, directory)
        reference = Reference(self.writer, directory, self.clock)
        parts = (self._modifier, self._replacer, self._placing, queries, reference, self._feed)
        calls = Functions(self.gate, lambda order_id: self.exchange.order_of(TRADER, order_id), parts)
        source = random.Random(f"{world.seed}:{self.name}:tokens")
        gatekeeper = Gatekeeper(USERS, self.switches, self.clock, source)
        gateway = Gateway(calls, gatekeeper, self.switches, self.clock, self.gate, OMS_ID)
        self._ws = self.listen("ws", sockets={"*": WebSocketGateway(gateway, self._feed)})
        self._http = self.listen("http", http=HttpFunctions(gateway))

    def _begin(self) -> None:
        """List the instruments, live through the past, and rest today's orders."""
        for instrument, spec in INSTRUMENTS:
            self.add_instrument(instrument, spec)
        for currency, amount in DAY.balances.items():
            self.exchange.ledger.deposit(TRADER, currency, amount)
        for order in self.seed(StartingBook({}, PAST)):
            if order.is_open:
                order.attributes["replaced_by"] = "6534"
                self.exchange.cancel(order, "replaced")
        self.seed(replace(DAY, balances={}))

    async def stop(self) -> None:
        self._effects.forget()
        await super().stop()

    def addresses(self) -> dict[str, str]:
        return {"ws": f"{self._ws.ws_url}/WSGateway/", "http": f"{self._http.url}/AP/"}

    def credentials(self) -> dict[str, str]:
        return {"api_key": MAIN.api_key, "secret": MAIN.secret, "user_id": str(MAIN.user_id)}

    def login(self) -> dict[str, str]:
        return {"login": MAIN.name, "password": MAIN.password}

    def tour(self) -> list[TourStep]:
        title = "reduce a buy; it keeps its place in the queue"
        return [TourStep(title, "6507", {"quantity": "0.6"}, "confirmed")]

    # -- somebody else on the account ----------------------------------------------------------------------------------

    def foreign_amend(self, order: SimOrder, price: Decimal | None, quantity: Decimal | None) -> None:
        """The other user of the account reduces the order, or replaces it where the venue has no other way."""
        total = order.quantity if quantity is None else quantity
        if price in (None, order.price) and total < order.quantity:
            self._modifier.reduce(order, total - order.filled)
            return
        new = NewOrder(
            TRADER,
            order.symbol,
            order.side,
            order.placed_as,
            total - order.filled,
            order.price if price is None else price,
            stop=order.stop,
            force=order.force,
            post_only=order.post_only,
            order_id=self.exchange.policy.order_id(self.exchange),
            attributes={"user": COLLEAGUE, "replaces": (order.order_id, order.client_id)},
        )
        self._replacer.swap(order, new, COLLEAGUE)

    def truth(self, order: SimOrder) -> dict[str, Any]:
        """As for every venue, with both directions of a replacement, the revision, and who entered it."""
        replaces = order.attributes.get("replaces")
        return {
            **super().truth(order),
            "replaces": replaces[0] if replaces else None,
            "replaced_by": order.attributes.get("replaced_by"),
            "revision": revision_of(order),
            "entered_by": user_of(order, MAIN).user_id,
        }


def build(world: VenueWorld) -> AlphaPointServer:
    """A practice AlphaPoint in this world."""
    return AlphaPointServer(world)
