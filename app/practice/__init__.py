"""Practice venues on loopback: one simulated exchange, one market, one set of faults, a protocol of each venue on top.

Rooms: `exchange/` (orders, book, money and market, without a protocol), `server/` (listeners, faults, limits and the
control endpoint, below any venue's protocol), `venues/<name>/` (one protocol each). A venue's `server` module
offers `build(world: VenueWorld) -> VenueServer`. The modules bear the same names at every venue that has the role:
`server auth day policy errors rows amend place push`. No venue is named outside its folder. Nothing here may import
`app.venues`: client and server must not share a parser or a signer.

Modules in the order a venue author meets them:

`server.server.VenueServer`: base class of a venue. It gets a policy, switches, instruments and declared listeners:

    class Server(VenueServer):
        def __init__(self, world: VenueWorld) -> None:
            super().__init__(world, name="...", title="... practice", policy=MyPolicy(), switches=SWITCHES)
            self.add_instrument(SimInstrument(symbol, base, quote, tick, step, mid, attributes={}), MarketSpec(...))
            self.seed(StartingBook(balances={...}, orders=(starting("SYMBOL", "buy 1 100", 5), ...)))
            self.exchange.subscribe(self.on_event)                  # pushes; sessions take plain calls
            self.rest = self.listen("rest", http=MyHttp(self))      # HttpHandler: identify(request), handle(request)
            self.ws = self.listen("ws", sockets={"/path": MySocket(self)})   # "*" takes any path; one port may do both
        def addresses(self) -> dict[str, str]: return {"rest": self.rest.url, "ws": self.ws.ws_url + "/path"}
        def credentials(self) -> dict[str, str]: ...

    It provides `clock`, `random`, `exchange`, `market`, `switches`, `faults`, `gate`, and for drills `foreign_amend`,
    `foreign_cancel`, `truth` (override where the venue amends in its own way, for example with a new id).

`exchange.orders`: Side, SimKind, Force, Status, SimInstrument, NewOrder, SimChange, SimOrder (`uid` never changes,
    `order_id` may), Revision, Execution; the events OrderChanged, OrdersTraded, BalanceChanged, BookChanged,
    PriceChanged, SessionChanged; the accounts TRADER (the user), CROWD (everybody else, unlimited), HOUSE, FEES.

`exchange.exchange.Exchange`: every call does all of it or raises `errors.Refused` (with a `reason`) and changes
    nothing; events are delivered after the call, in order.
        place(NewOrder) -> SimOrder         amend(order, SimChange) -> SimOrder  reduce(order, remaining)  keeps place
        cancel(order, reason="user")        expire(order, reason)                trigger(order)            wakes a stop
        admit(order)                        for an order placed with queued=True
        deal(order, quantity) -> Execution                                       set_price(symbol, source, price)
        set_session(symbol, is_open)        is_trading(symbol)                   price(symbol, source)
        order(id), find(id), by_uid(uid)    by_client_id(owner, client_id)       open_orders(owner, symbol=None)
        orders_of(owner), order_of(owner, id)     executions_of(owner, uid=None), fills_of(owner)   trades(symbol)
        book(symbol), ledger, instrument(s) subscribe(listener) -> unsubscribe   ids.uuid() .digits(n) .text(n) .count()

`exchange.policy.Policy`: hooks a venue overrides: `lock_for(exchange, order)`, `settle(exchange, trade)`, `order_id`,
    `trade_id`, `on_trigger`, `self_trade`, `maker_rate`, `taker_rate`. `SpotPolicy` and `MarginPolicy` (positions) are
    ready-made.

`exchange.market.SimMarket`: the crowd. `mid(symbol)`, `tick()`, `trade_through(symbol, side, price, quantity)`,
    `fill(order, quantity)`, `move(symbol, price)`, `trigger(order)`. Attribute `still` keeps it off an order.

`exchange.book.Book`, `exchange.ledger.Ledger`: exact parts; read them through the exchange (`best`, `depth`,
    `place(uid)`, `balance`).

`exchange.clock`: PracticeClock, RealClock; postpone with `clock.call_later`, never with asyncio directly.
`server.faults`: Switch and Switches (typed, documented), Operation (neutral names; use them), Point, Action,
    PlannedFault, FaultPlan.
`server.gate.Gate`: `planned = await self.gate.before_apply(Operation.AMEND, order)` after the venue's own checks and
    before the change, `before_reply(...)` before the answer, `before_push(...)` before a push. Its `FaultOrders` hold
    all that only the venue can do: refuse, rate_limited, silent, late_ms, new_id, alter, fail_rows, omit_rows,
    unknown_status, venue. Faults of the bytes, the market and other people are carried out for the venue.
`server.messages`: HttpRequest (raw_path, body, headers in lower case, read_json(), params, planned), HttpReply,
    json_reply, Identity.
`server.socket`: SocketSession (reply, push, close, abort, attributes), ServerSocketHandler and BaseSocketHandler,
    SocketMessage.
`server.wire`: parse_json (Decimal, exact ints), write_json(value, decimals="number" | "string"), plain.
`server.limits`: TokenBucket, FixedWindow (with lock-out), SlidingWindow.
`server.seeds`: StartingBook, StartingOrder, and `starting`, which describes an order in a line.
`world.PracticeWorld`: finds the venues, starts them and the control endpoint (`server.control`, `GET /` lists it),
    runs the market, writes the configuration. `app.practice.run` runs it as a process.
"""
