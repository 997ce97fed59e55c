"""The shared machinery of the practice venues: one exchange, one market, one set of faults, four protocols on top.

A practice venue is one folder `app/practice/<name>/` whose `server` module offers `build(world: World) -> VenueServer`.
No venue is named here. Nothing here or in a practice venue may import `app.venues`: client and server must not share a
parser or a signer.

The rooms, in the order a venue author meets them:

`server.VenueServer`: base class of a venue. Subclass it, hand it a policy, switches and instruments, declare listeners:

    class Server(VenueServer):
        def __init__(self, world: World) -> None:
            super().__init__(world, name="...", title="... practice", policy=MyPolicy(), switches=SWITCHES)
            self.add_instrument(Instrument(symbol, base, quote, tick, step, mid, attributes={...}), MarketSpec(...))
            self.seed(StartingBook(balances={...}, orders=(StartingOrder(...), ...)))
            self.exchange.subscribe(self.on_event)                  # pushes; sessions take plain calls
            self.rest = self.listen("rest", http=MyHttp(self))      # HttpHandler: identify(request), handle(request)
            self.ws = self.listen("ws", sockets={"/path": MySocket(self)})   # "*" takes any path; one port may do both
        def addresses(self) -> dict[str, str]: return {"rest": self.rest.url, "ws": self.ws.ws_url + "/path"}
        def credentials(self) -> dict[str, str]: ...

    It provides `clock`, `random`, `exchange`, `market`, `switches`, `faults`, `gate`, and for drills `foreign_amend`,
    `foreign_cancel`, `truth` (override where the venue amends in its own way, for example with a new id).

`orders`: Side, Kind, Force, Status, Instrument, NewOrder, Change, SimOrder (`uid` never changes, `order_id` may),
    Revision, Execution; the events OrderChanged, Traded, BalanceChanged, BookChanged, PriceChanged, SessionChanged; the
    accounts TRADER (the user), CROWD (everybody else, unlimited), HOUSE, FEES.

`exchange.Exchange`: every call does all of it or raises `errors.Refused` (with a `reason`) and changes nothing; events
    are delivered after the call, in order.
        place(NewOrder) -> SimOrder         amend(order, Change) -> SimOrder     reduce(order, remaining)  keeps place
        cancel(order, reason="user")        expire(order, reason)                trigger(order)            wakes a stop
        admit(order), reject(order, why)    for orders placed with queued=True   annotate(order, cause, **attributes)
        deal(order, quantity) -> Execution  relock(order)                        set_price(symbol, source, price)
        set_session(symbol, is_open)        is_trading(symbol)                   price(symbol, source)
        order(id), find(id), by_uid(uid)    by_client_id(owner, client_id)       open_orders(owner, symbol=None)
        orders_of(owner)                    executions_of(owner, uid=None)       trades(symbol)
        book(symbol), ledger, instrument(s) subscribe(listener) -> unsubscribe   ids.uuid() .digits(n) .text(n) .count()

`policy.Policy`: what a venue overrides: `lock_for(exchange, order)`, `settle(exchange, trade)`, `order_id`, `trade_id`,
    `on_trigger`, `self_trade`, `maker_rate`, `taker_rate`. `SpotPolicy` and `MarginPolicy` (positions) are ready-made.

`market.Market`: the crowd. `mid(symbol)`, `tick()`, `trade_through(symbol, side, price, quantity)`,
    `fill(order, quantity)`, `move(symbol, price)`, `trigger(order)`. Attribute `still` keeps it off an order.

`book.Book`, `ledger.Ledger`: exact parts; read them through the exchange (`best`, `depth`, `place(uid)`, `balance`).

`faults`: Switch/Switches (typed, documented), Operation (neutral names; use them), Point, Action, Fault, FaultPlan.
`gate.Gate`: `turn = await self.gate.before_apply(Operation.AMEND, order)` after the venue's own checks and before the
    change, `self.gate.before_reply(...)` before the answer, `self.gate.before_push(...)` before a push. Its `Turn`
    says what only the venue can do: refuse, rate_limited, silent, late_ms, new_id, alter, fail_rows, omit_rows,
    unknown_status, venue. Faults of the bytes, the market and other people are carried out for the venue.
`http`: Request (raw_path, body, headers in lower case, read_json(), params, turn), Reply, json_reply, Identity.
`socket`: Session (reply, push, close, abort, attributes), SocketHandler and BaseSocketHandler, Message.
`wire`: parse_json (Decimal, exact ints), write_json(value, decimals="number" | "string"), plain.
`limits`: TokenBucket, FixedWindow (with lock-out), SlidingWindow.
`clock`: Clock, RealClock, VirtualClock; postpone with `clock.call_later`, never with asyncio directly.
`seeds`: StartingBook, StartingOrder.
`world.PracticeWorld`: finds the venues, starts them and the control endpoint (`control`, `GET /` lists it), runs the
    market, writes the configuration. `app.practice.run` runs it as a process.
"""
