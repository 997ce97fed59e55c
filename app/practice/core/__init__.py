"""The shared machinery of the practice venues: one exchange, one market, one set of faults, four protocols on top.

A practice venue is one folder `app/practice/<name>/` whose package (or its `server` module) offers
`build(world: World) -> VenueServer`. No venue is named here. Nothing here or in a practice venue may import
`app.venues`: client and server must not share a parser or a signer.

The rooms, in the order a venue author meets them:

`server.VenueServer` - base class of a venue. Subclass it, hand it a policy, switches and instruments, open listeners:

    class Server(VenueServer):
        def __init__(self, world: World) -> None:
            super().__init__(world, name="bitso", title="Bitso practice", policy=BitsoPolicy(), switches=SWITCHES)
            self.add_instrument(Instrument("btc_mxn", "btc", "mxn", tick=..., step=..., mid=...), MarketSpec(...))
            self.seed(STARTING_BOOK)                          # seeds.StartingBook: balances and orders
            self.http = self.listen_http("rest", self.handle, identify=self.identify)
            self.ws = self.listen_socket("ws", PublicSocket(self))
        def addresses(self) -> dict[str, str]: ...            # after start: {"rest": self.http.url, "ws": self.ws.url}
        def credentials(self) -> dict[str, str]: ...

    It provides: `clock`, `random`, `ids`, `exchange`, `market`, `switches`, `faults`, `gate`, and for the control endpoint
    `foreign_amend`, `foreign_cancel`, `truth` (override where the venue amends in its own way, e.g. with a new id).

`orders` - Side, Kind, Force, Status, Instrument, NewOrder, Change, SimOrder (uid never changes, order_id may), Revision,
    Execution, and the events OrderChanged, Traded, BalanceChanged, BookChanged, PriceChanged, SessionChanged. Accounts:
    TRADER (the user), CROWD (everybody else, unlimited), HOUSE, FEES.

`exchange.Exchange` - instruments, books, ledger, orders, listeners. Every call either does all of it or raises
    `errors.Refused` (with a `reason`) and changes nothing. Events are delivered after the call is complete, in order.
        place(NewOrder) -> SimOrder                 admit(order)                  (a queued PENDING order enters the book)
        amend(order, Change) -> SimOrder            reduce(order, remaining)      (keeps its place)
        cancel(order, reason="user")                expire(order, reason)         trigger(order)
        set_price(symbol, source, price)            set_session(symbol, is_open)
        annotate(order, cause, **attributes)        relock(order)                 new_id(order) -> str
        order(order_id) -> SimOrder                 former(order_id) -> SimOrder | None       by_uid(uid)
        by_client_id(owner, client_id)              open_orders(owner, symbol=None)   orders_of(owner)
        executions_of(owner, uid=None)              trades(symbol)                book(symbol)      ledger      subscribe(f)

`policy.Policy` - what a venue overrides: `lock_for(exchange, order)`, `settle(exchange, trade)`, `order_id`, `trade_id`,
    `on_trigger`, `self_trade`. `SpotPolicy` and `MarginPolicy` (positions, margin locks) are ready-made.

`market.Market` - the crowd and its walk. `tick(ms)`, `quiet`, `trade_through(symbol, side, price, quantity)`,
    `fill(order, quantity)`, `move(symbol, price)`, `trigger(order)`. An order with attribute `still=True` is never
    filled by the walk.

`book.Book`, `ledger.Ledger` - the exact parts underneath; read through `exchange.book(symbol)` and `exchange.ledger`.

`faults` - Switch/Switches (typed, documented), Operation (neutral names), Point, Action, Fault, FaultPlan.
`gate.Gate` - `turn = await gate.before_apply(Operation.AMEND, order)`, `gate.before_reply(...)`, `gate.before_push(...)`;
    the `Turn` says what the venue itself must do (refuse, silent, late_ms, new_id, alter, rows, unknown_status, venue).
`http` - `Request` (raw path with query, raw body, headers), `Reply`, `Identity`; the server applies the wire faults.
`socket` - `Session` (`reply`, `push`, `close`, `attributes`), `SocketHandler` (`opened`, `message`, `closed`, `identify`).
`wire` - `parse_json` (Decimal, exact ints), `write_json(value, decimals="number" | "string")`, `plain`.
`limits` - `TokenBucket`, `FixedWindow` (with lock-out), `SlidingWindow`.
`clock` - `Clock`, `RealClock`, `VirtualClock`; postpone with `call_later`, never with asyncio directly.
`ids` - seeded `Ids`: `uuid()`, `digits(n)`, `text(n)`, `count()`.
`seeds` - `StartingBook`, `StartingOrder`.
`world.PracticeWorld` - finds the venues, starts them and the control endpoint, runs the market, writes the configuration.
"""
