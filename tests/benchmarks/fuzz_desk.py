"""A desk that was on a practice venue and is now fed by hand: frames to what takes them, replies to what asks for them.

The network is taken away after the recording: sockets count as open, requests are answered from the recording, limits
of pace are off. Everything between the wire and the folded state is as ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import app.venues.transport.socket as sockets
from app.cli import shapes
from app.desk.desk import Desk
from app.desk.ids import Ids
from app.domain.account import Account, Environment, Secret
from app.domain.order import Order
from app.practice.run_inside import started
from app.runtime.clock import SystemClock
from app.venues import registry
from app.venues.transport.failures import Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter
from app.venues.transport.messages import Request, Response
from app.venues.transport.socket import Socket, SocketHandler
from tests.benchmarks.fuzz_mutants import Mutant, mutant
from tests.benchmarks.fuzz_window import FuzzedWindow
from tests.helpers.live_ticket import LiveTicket, is_ready

#: Amendments made while messages are recorded, and seconds the recording goes on after them.
AMENDED, LISTENED = 4, 1.5

#: Kinds of frames from which on a venue is one that speaks by socket.
SEVERAL = 4

_FIGURES = re.compile(r"[0-9]+")

#: Stands for the number of a question in its answer.
SEQUENCE = "987654321"

#: Questions on a socket without numbers, by the field that their answers have.
QUESTIONS = {"get_user_orders": "all_orders_response", "get_user_trades": "user_trades_response"}

#: Messages between two frames of the window, and between two looks at what the verbs show; a person looks half as
#: often.
FOLLOWED, LOOKED_AT = 100, 500

#: Turns of the loop that a question gets for its mutated answer.
TURNS = 40


@dataclass
class Recording:
    """What was said while a desk worked with a practice venue."""

    frames: list[tuple[SocketHandler, Socket, str]] = field(default_factory=list)
    replies: dict[str, Response] = field(default_factory=dict)
    alike: dict[str, Response] = field(default_factory=dict)


def path_of(request: Request) -> str:
    """A request without its query and without ids."""
    parts = request.target.partition("?")[0].split("/")
    return f"{request.method} " + "/".join(
        "*" if any(map(str.isdigit, part)) and len(part) > 3 else part for part in parts
    )


@contextmanager
def recorded(into: Recording) -> Iterator[None]:
    """Record every frame and reply."""
    send = HttpClient.send

    async def noted(self: HttpClient, request: Request, **options: Any) -> Response:
        reply = await send(self, request, **options)
        into.replies[request.target] = into.alike[path_of(request)] = reply
        return reply

    async def read(socket: Socket, handler: SocketHandler) -> None:
        while True:
            text = await socket.receive()
            into.frames.append((handler, socket, text))
            handler.frame(socket, text)

    before = sockets._read
    HttpClient.send, sockets._read = noted, read  # type: ignore[method-assign]
    try:
        yield
    finally:
        HttpClient.send, sockets._read = send, before  # type: ignore[method-assign]


class _Faults(logging.Handler):
    """Whatever the program logs as an error is an exception that would have left."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: Counter[str] = Counter()
        self.first: dict[str, str] = {}
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.note(error, record.getMessage())

    def note(self, error: BaseException | None, where: str) -> None:
        """Count one escape, and keep the message that brought it about."""
        trace = error.__traceback__ if error is not None else None
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        at = (
            f" at {trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace is not None else ""
        )
        name = f"{type(error).__name__}: {str(error)[:80]}{at} ({where[:60]})" if error is not None else where[:120]
        self.found[name] += 1
        self.first.setdefault(name, self.text[:400])


class FuzzedDesk:
    """One venue's desk after the recording."""

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self.recording = Recording()
        self.faults = _Faults()
        self.counts: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.insane: Counter[str] = Counter()
        self.answers: dict[str, str] = {}
        self._override: dict[str, str] = {}
        self._rows: set[str] = set()
        self._true: set[tuple[Any, ...]] = set()

    async def prepare(self) -> None:
        """Work with a practice venue for a while, then take it away."""
        async with started(self.venue, {}) as running_venue:
            table = running_venue.account
            credentials = {name: Secret(text) for name, text in table["credentials"].items()}
            account = Account("fuzz", self.venue, Environment.PRACTICE, dict(table["addresses"]), credentials)
            self.desk = Desk([account], registry.load({self.venue}), SystemClock(), Ids())
            ticket = LiveTicket(self.desk)
            forget = self.desk.subscribe(self._note_true)
            with recorded(self.recording):
                running = asyncio.create_task(self.desk.run())
                state = self.desk.state
                assert await self.desk.wait(lambda _: all(map(is_ready, state.accounts.values())), 30.0), state.accounts
                connector = self.desk._connectors["fuzz"]
                for _ in range(AMENDED):
                    if (amendment_id := ticket.send_one("fuzz")) is not None:
                        await self.desk.wait(lambda _, one=amendment_id: not state.amendments[one].is_open, 5.0)  # type: ignore[misc]
                for order in [lineage.order for lineage in list(state.lineages.values())[:3]]:
                    await connector.look_up(order)
                await connector.refresh()
                await asyncio.sleep(LISTENED)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
        forget()
        self.connector = connector
        self._find_answers()
        self._take_network_away()

    def _note_true(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        """Remember the terms that the venue did show: what is asked after a reply that fails may tell them again."""
        self._true.update(
            _terms(self.desk.state.lineages[key].order) for key in rows if key in self.desk.state.lineages
        )

    def _take_network_away(self) -> None:
        async def send(client: HttpClient, request: Request, **options: Any) -> Response:
            reply = self.recording.replies.get(request.target) or self.recording.alike.get(path_of(request))
            if reply is None:
                raise Unanswered(f"Nobody answers {request.head}.")
            text = self._override.get(request.target)
            body = reply.body if text is None else text.encode("utf-8", "surrogatepass")
            now = client._clock.now()
            if (on_written := options.get("on_written")) is not None:
                on_written()
            return replace(reply, body=client._secrecy.body_enters(body), sent_at=now, received_at=now)

        async def hand_over(socket: Socket, text: str) -> None:
            asked = json.loads(text) if text[:1] == "{" else {}
            name = str(asked.get("n") or asked.get("type"))
            if name in self.answers:
                answer = self._override.get(name, self.answers[name])
                answer = answer.replace(SEQUENCE, str(asked.get("i")))
                asyncio.get_running_loop().call_soon(self._answer, self._handler_of(socket), socket, answer)

        async def at_once(*arguments: Any, **options: Any) -> None: ...

        HttpClient.send = send  # type: ignore[method-assign]
        Socket.send = hand_over  # type: ignore[method-assign]
        Socket.is_open = property(lambda self: True)  # type: ignore[method-assign, assignment]
        Socket.drop = lambda self, text: None  # type: ignore[method-assign, assignment]
        Limiter.acquire = Limiter.wait = at_once  # type: ignore[method-assign, assignment]
        Limiter.delay = lambda self, keep=0, *, shared=False: 0.0  # type: ignore[method-assign, assignment]
        Limiter.reserve = lambda self, keep=0: 0.0  # type: ignore[method-assign, assignment]
        self.desk._run = lambda effect: None  # type: ignore[method-assign, assignment]
        self.desk.subscribe(lambda rows, accounts: self._rows.update(rows))

    def _find_answers(self) -> None:
        """Find, among the frames, those that answer a question by its name."""
        for _, _, text in self.recording.frames:
            frame = json.loads(text) if text[:1] == "{" else {}
            if frame.get("m") == 1:
                self.answers[frame["n"]] = json.dumps(frame | {"i": int(SEQUENCE)})
            for name, field_name in QUESTIONS.items():
                if field_name in frame:
                    self.answers[name] = text

    def _handler_of(self, socket: Socket) -> SocketHandler:
        return next(handler for handler, owned, _ in self.recording.frames if owned is socket)

    def _answer(self, handler: SocketHandler, socket: Socket, text: str) -> None:
        try:
            handler.frame(socket, socket._secrecy.enters(text))
        except Exception as error:  # noqa: BLE001 - counting them is what this is for
            self.faults.note(error, "an answer")

    # -- feeding -----------------------------------------------------------------------------------------------------

    async def fuzz(self, messages: int, seed: int, *, window: bool = False) -> None:
        """Feed so many mutants, with a window open or without."""
        dice = random.Random(seed)
        logger = logging.getLogger("redline")
        logger.addHandler(self.faults)
        logger.propagate = False
        seen = FuzzedWindow(self.desk) if window else None
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: self.faults.note(told.get("exception"), str(told.get("message"))))
        texts = list(dict.fromkeys(text for _, _, text in self.recording.frames))
        by_text = {text: (handler, socket) for handler, socket, text in self.recording.frames}
        kinds: dict[str, list[str]] = {}
        for text in texts:
            # Alike but for their figures: a kind that comes a hundred times a minute is not tried more often.
            kinds.setdefault(_FIGURES.sub("", text)[:60], []).append(text)
        bodies = {
            target: reply.body.decode() for target, reply in self.recording.replies.items() if reply.status == 200
        }
        bodies |= self.answers
        share = 0.15 if self.answers or len(kinds) > SEVERAL else 0.4
        for number in range(messages):
            if dice.random() < share and bodies:
                target = dice.choice(list(bodies))
                await self._reply(target, mutant(bodies[target], list(bodies.values()), self.venue, dice), dice)
            else:
                text = min((dice.choice(dice.choice(list(kinds.values()))) for _ in range(2)), key=len)
                await self._frame(*by_text[text], mutant(text, texts, self.venue, dice))
            self._see(number + 1, seen, dice)

    async def _frame(self, handler: SocketHandler, socket: Socket, made: Mutant) -> None:
        before = self._before(made)
        try:
            handler.frame(socket, socket._secrecy.enters(made.text))
        except Exception as error:  # noqa: BLE001 - counting them is what this is for
            self.faults.note(error, "a frame")
        await asyncio.sleep(0)
        self._after(made, before)

    async def _reply(self, target: str, made: Mutant, dice: random.Random) -> None:
        orders = [lineage.target for lineage in self.desk.state.lineages.values()]
        order = dice.choice(orders[:20]) if orders and dice.random() < 0.5 else None
        # What the recording itself says is no news any more when the mutant comes.
        await self._ask(order)
        before = self._before(made)
        self._override = {target: made.text}
        await self._ask(order)
        self._override = {}
        self._after(made, before, self._true)

    async def _ask(self, order: Order | None) -> None:
        work = self.connector.refresh() if order is None else self.connector.look_up(order)
        task = asyncio.ensure_future(work)
        for _ in range(TURNS):
            await asyncio.sleep(0)
            if task.done():
                break
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - counting them is what this is for
            self.faults.note(error, "a question")

    # -- what must hold ------------------------------------------------------------------------------------------------

    def _before(self, made: Mutant) -> Any:
        self.counts[made.kind] += 1
        self.faults.text = made.text
        self._rows.clear()
        if made.kind == "no JSON" and made.text:
            return {key: lineage.order for key, lineage in self.desk.state.lineages.items()}
        return self._of(made.order_id) if made.kind == "poisoned" else None

    def _of(self, order_id: str) -> dict[str, Order]:
        return {lineage.key: lineage.order for lineage in self.desk.state.find(order_id)}

    def _after(self, made: Mutant, before: Any, told_too: Collection[tuple[Any, ...]] = ()) -> None:
        if made.kind == "no JSON" and made.text:
            now: dict[str, Order] | None = {key: lineage.order for key, lineage in self.desk.state.lineages.items()}
        else:
            now = self._of(made.order_id) if made.kind == "poisoned" else None
        if before is not None and now is not None and not self._is_same(before, now, told_too):
            shown = [(_terms(order), _terms(now[key])) for key, order in before.items() if key in now]
            different = [pair for pair in shown if pair[0] != pair[1]] or sorted(now.keys() - before.keys())
            self.changed[f"{made.kind} {made.note}: {different}"] += 1
        for key in self._rows:
            if (lineage := self.desk.state.lineages.get(key)) is not None and (words := why_insane(lineage.order)):
                self.insane[f"{words}: {made.text[:300]}"] += 1

    def _is_same(self, before: dict[str, Order], now: dict[str, Order], told_too: Collection[tuple[Any, ...]]) -> bool:
        """The rows are as before; what else a message brings, such as a list without one of them, is none of this."""
        kept = (_terms(now[key]) in (_terms(order), *told_too) for key, order in before.items() if key in now)
        return all(kept) and len(now) <= len(before)

    def _see(self, number: int, window: FuzzedWindow | None, dice: random.Random) -> None:
        """Make of the state what the verbs make of it, and the window."""
        self.faults.text = "(the state after these messages)"
        if number % LOOKED_AT == 0:
            self._look()
        if window is not None and number % (2 * LOOKED_AT) == 0:
            window.look(dice)
        elif number % FOLLOWED == 0 and window is not None:
            window.follow()

    def _look(self) -> None:
        """Make of the state what the verbs and a panel make of it."""
        for account in self.desk.state.accounts.values():
            json.dumps(shapes.account(account, "practice"))
        for lineage in list(self.desk.state.lineages.values())[:30]:
            try:
                json.dumps(shapes.order(lineage, self.venue, None, None, "practice"))
                self.desk.form(lineage.key)
            except Exception as error:  # noqa: BLE001 - counting them is what this is for
                self.faults.note(error, "looking at a row")


def _terms(order: Order) -> tuple[Any, ...]:
    return (order.order_id, order.symbol, order.side, order.price, order.quantity, order.filled, order.is_open)


def why_insane(order: Order) -> str:
    """Why an order that is shown cannot be, "" if it can."""
    figures = {"price": order.price, "quantity": order.quantity, "filled": order.filled}
    for name, value in figures.items():
        if value is not None and (not isinstance(value, Decimal) or not value.is_finite() or value < 0):
            return f"{name} is {value!r}"
    if order.quantity is not None and order.quantity > 0 and order.filled > order.quantity:
        return f"filled {order.filled} of {order.quantity}"
    if not order.order_id or not isinstance(order.order_id, str) or not isinstance(order.symbol, str):
        return "it has no id or no market"
    try:
        repr(order).encode()
        order.order_id.encode()
        order.symbol.encode()
    except UnicodeEncodeError:
        return "its id or market is no text"
    return ""
