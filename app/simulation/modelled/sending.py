"""The way of an amendment and of a cancel to a modelled venue and back, with everything that may befall them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.domain import events as ev
from app.domain.amendment import Command, Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.simulation.modelled.behaviour import EFFECT_WITHIN, MILLISECOND, AnswerKind
from app.simulation.modelled.engine import EngineOutcome, Twist
from app.simulation.modelled.faults import FaultKind
from app.simulation.modelled.stage import Cause, Waiting
from app.simulation.modelled.strangers import Strangers
from app.simulation.modelled.wires import Wires

_BY_RULE = "the amendment failed"


class SimulatedSender:
    """Carries the amendments and cancels of one account, each exactly once.

    Args:
        settle: how long after a write the venue is believed to have settled it, for effects that are later.

    Attributes:
        misfits: requests that broke a standing rule of the venue, with what was wrong: none may ever have left.
    """

    def __init__(self, wires: Wires, settle: int) -> None:
        self._wires = wires
        self._engine = wires.engine
        self._behaviour = wires.behaviour
        self._stage = wires.stage
        self._settle = settle
        self._strangers = Strangers(wires)
        self.misfits: list[str] = []

    # -- leaving -------------------------------------------------------------------------------------------------------

    def amend(self, command: Command, cause: Cause) -> None:
        """Send an amendment: perhaps after a wait, perhaps not at all, never twice."""
        wires, dice = self._wires, cause.dice
        if wires.link_state is not LinkState.UP:
            self._unsent(command, "The connection is down.")
            return
        if self._has(FaultKind.DISCONNECT_BEFORE, cause):
            wires.drop(dice.randint(1, 8) * SECOND)
            self._unsent(command, "The connection broke before it left.")
            return
        if not self._has(FaultKind.QUEUED, cause):
            self._leave(command, cause)
            return
        wait, life = dice.randint(50, 3000) * MILLISECOND, wires.life
        now = self._stage.now
        self._stage.tell(ev.AmendmentQueued(wires.account, now, command.amendment_id, now + wait))
        self._stage.later(wait, lambda: self._leave(command, cause) if wires.life == life else None)

    def _leave(self, command: Command, cause: Cause) -> None:
        wires, dice, behaviour = self._wires, cause.dice, self._behaviour
        if wires.link_state is not LinkState.UP:
            self._unsent(command, "The connection is down.")
            return
        true = self._engine.orders.get(command.order.order_id)
        if (
            true is not None
            and _terms(true) != _terms(command.order)
            and not wires.is_half_open
            and dice.random() < 0.5
        ):
            # The last look before sending, where the connector takes one.
            if true.is_open:
                wires.show(true, Source.LOOKUP, self._stage.now)
            self._unsent(command, "The order changed just before sending.")
            return
        now, life = self._stage.now, wires.life
        waiting = Waiting(command, cause)
        wires.leaves(waiting)
        if behaviour.ways[command.route].two_legs:
            wires.pairs.began(command, now)
        self._stage.tell(ev.AmendmentWritten(wires.account, now, command.amendment_id, 100))

        def patience_over() -> None:
            if wires.life == life:
                wires.unanswered(waiting, "The venue did not answer in time.")

        self._stage.later(behaviour.patience, patience_over)
        trip = dice.randint(1, 40) * MILLISECOND
        if self._has(FaultKind.SLOW_REQUEST, cause):
            # The venue reads it when the ticket has long stopped waiting for an answer.
            trip = dice.randint(behaviour.patience // 3, behaviour.patience + self._settle // 2)
        self._mishaps(command.order, cause, 2 * trip + behaviour.bump)
        self._strangers.plan(waiting, 2 * trip + behaviour.bump)
        was_half_open = wires.is_half_open
        if self._has(FaultKind.DISCONNECT_AFTER, cause):
            down = dice.randint(1, 15) * SECOND
            if not behaviour.socket_replies:
                self._stage.later(MILLISECOND, lambda: wires.unanswered(waiting, "The connection broke."))
            self._stage.later(
                dice.randint(0, 60) * MILLISECOND, lambda: wires.drop(down) if wires.life == life else None
            )
        if self._has(FaultKind.DROP_REQUEST, cause) or was_half_open:
            return
        self._engine.under_way.add(command.amendment_id)
        self._stage.later(trip, lambda: self._arrive(waiting, life))

    def _mishaps(self, order: Order, cause: Cause, within: int) -> None:
        """Plan what happens to the order while the request travels."""
        dice, engine, order_id = cause.dice, self._engine, order.order_id

        def soon(work: Callable[[], None]) -> None:
            self._stage.later(dice.randint(0, max(within, 1)), work)

        def fill(share: int) -> None:
            true = engine.orders[engine.chain_of(order_id).last]
            lot = self._wires.model.instrument.lot or true.remaining
            part = true.remaining if share == 100 else (true.remaining * share / 100) // lot * lot
            self.fill(true.order_id, part, cause)

        if self._has(FaultKind.FULL_FILL, cause):
            soon(lambda: fill(100))
        elif self._has(FaultKind.FILL_IN_FLIGHT, cause):
            share = dice.randint(5, 80)
            soon(lambda: fill(share))
        if self._has(FaultKind.CANCEL_IN_FLIGHT, cause):
            soon(lambda: self.end(engine.chain_of(order_id).last, cause))
        if self._has(FaultKind.CHANGED_ELSEWHERE, cause):
            step, share = dice.randint(1, 9), dice.randint(50, 150)
            soon(lambda: self.alter(engine.chain_of(order_id).last, step, share, cause))
        if self._has(FaultKind.UNKNOWN_STATUS, cause):
            soon(lambda: self.mumble(engine.chain_of(order_id).last, cause))

    # -- at the venue --------------------------------------------------------------------------------------------------

    def _arrive(self, waiting: Waiting, life: int) -> None:
        if not self._accepted(waiting, life):
            self._engine.under_way.discard(waiting.command.amendment_id)

    def _accepted(self, waiting: Waiting, life: int) -> bool:
        """The request is at the venue; whether the engine will carry it out in the usual time."""
        command, cause, engine, behaviour = waiting.command, waiting.cause, self._engine, self._behaviour
        dice = cause.dice
        engine.arrived[command.amendment_id] = engine.arrived.get(command.amendment_id, 0) + 1
        misfit = engine.standing_fault(command)
        if misfit:
            self.misfits.append(f"{command.amendment_id}: {misfit}")
        if self._has(FaultKind.RATE_LIMITED, cause):
            if behaviour.limit_is_refusal:
                self._refuse(waiting, life, "too many requests")
            else:
                self._reply(waiting, life, lambda: self._wires.unanswered(waiting, "Too many requests."))
            return False
        unclear = self._has(FaultKind.SERVER_ERROR, cause) or self._has(FaultKind.UNKNOWN_CODE, cause)
        if unclear:
            self._reply(waiting, life, lambda: self._wires.unanswered(waiting, "The venue answered with an error."))
            if dice.random() < 0.5:
                return False
        if behaviour.answer is AnswerKind.RESULT:
            self._stage.later(behaviour.bump, lambda: self._result(waiting, life, tell=not unclear))
            return True
        obstacle = engine.obstacle(command)
        if obstacle:
            if not unclear:
                self._refuse(waiting, life, obstacle)
            return False
        fresh = command.order.client_id and not engine.filled(command.order.order_id)
        if behaviour.ways[command.route].may_rename and fresh and self._has(FaultKind.NEW_ID, cause):
            # The reply itself names the new id, so the change comes first.
            outcome = engine.amend(self._stage.now, command, Twist.NEW_ID)
            if not unclear:
                self._take(waiting, life, outcome.new_id)
            return False
        if not unclear:
            self._take(waiting, life, "")
        late = self._has(FaultKind.LATE_EFFECT, cause)
        delay = self._settle + dice.randint(0, 20) * SECOND if late else dice.randint(0, EFFECT_WITHIN)
        self._stage.later(delay, lambda: self._effect(waiting, life))
        return not late

    def _effect(self, waiting: Waiting, life: int) -> None:
        """The engine does what was accepted, or not."""
        command, cause, engine, behaviour = waiting.command, waiting.cause, self._engine, self._behaviour
        engine.under_way.discard(command.amendment_id)
        if behaviour.fails_silently and self._has(FaultKind.SILENT_FAILURE, cause):
            self._by_rule(command, cause)
            return
        two_legs = behaviour.ways[command.route].two_legs
        twist = Twist.NONE
        if two_legs and self._has(FaultKind.HALF_REPLACED, cause):
            twist = Twist.HALF_REPLACED
        elif two_legs and self._has(FaultKind.BOTH_LEFT, cause):
            twist = Twist.BOTH_LEFT
        elif self._has(FaultKind.OTHER_TERMS, cause):
            twist = Twist.OTHER_TERMS
        outcome = engine.amend(self._stage.now, command, twist)
        rows = list(outcome.changed)
        if two_legs and (self._has(FaultKind.NEW_FIRST, cause) or cause.dice.random() < 0.5):
            rows.reverse()
        for order, _ in rows:
            self._wires.push(order, cause)
        if outcome.refused:
            if not rows:
                self._by_rule(command, cause)
            if behaviour.refuses_late:
                self._wires.deliver(cause, lambda: self._refused_late(command, outcome, life))

    def _refused_late(self, command: Command, outcome: EngineOutcome, life: int) -> None:
        if self._wires.life != life:
            return
        wires = self._wires
        held = wires.pairs.dropped(command)
        event = ev.AmendmentRefused(wires.account, self._stage.now, command.amendment_id, "late", outcome.refused)
        self._stage.tell(event)
        if held is not None:
            wires.show(held, Source.PUSH, None)

    def _by_rule(self, command: Command, cause: Cause) -> None:
        """Cancel the order of a failing amendment where that was asked for."""
        if not self._behaviour.cancels_by_rule or not self._wires.model.read(command).cancels_on_failure:
            return
        ended = self._engine.cancel(self._stage.now, command.order.order_id, _BY_RULE)
        if ended is not None:
            self._wires.push(ended, cause)

    def _result(self, waiting: Waiting, life: int, *, tell: bool) -> None:
        """The engine acts, and its answer is what it did."""
        command, cause, wires = waiting.command, waiting.cause, self._wires
        self._engine.under_way.discard(command.amendment_id)
        # A new id with other terms can be tied to the old one only by who sees both at once.
        odd = wires.live and self._has(FaultKind.OTHER_TERMS, cause)
        twist = Twist.OTHER_TERMS if odd else Twist.NONE
        outcome = self._engine.amend(self._stage.now, command, twist)
        if outcome.refused:
            if tell:
                self._refuse(waiting, life, outcome.refused, gone=outcome.gone)
            return
        row, replaced = outcome.changed[-1]
        if twist is Twist.OTHER_TERMS:
            # Not what was asked for, so the reply is not known for ours; a list read at once shows what replaced what.
            wires.show(row, Source.LOOKUP, self._stage.now, replaced)
            return
        if not tell:
            return

        def report() -> None:
            waiting.open = False
            now = self._stage.now
            self._stage.tell(
                ev.AmendmentAcknowledged(wires.account, now, command.amendment_id, row.order_id, "changed")
            )
            wires.show(row, Source.PUSH, None, replaced)

        self._reply(waiting, life, report)

    # -- coming back ---------------------------------------------------------------------------------------------------

    def _take(self, waiting: Waiting, life: int, new_id: str) -> None:
        command, wires = waiting.command, self._wires

        def report() -> None:
            waiting.open = False
            now = self._stage.now
            self._stage.tell(ev.AmendmentAcknowledged(wires.account, now, command.amendment_id, new_id, "accepted"))
            if new_id:
                wires.renamed[new_id] = command.order.order_id
            if not self._behaviour.pushes:
                wires.reads.list_orders()

        self._reply(waiting, life, report)

    def _refuse(self, waiting: Waiting, life: int, reason: str, *, gone: bool | None = None) -> None:
        command, wires = waiting.command, self._wires
        true = self._engine.orders.get(command.order.order_id)
        is_gone = (true is None or not true.is_open) if gone is None else gone
        if not is_gone:
            self._by_rule(command, waiting.cause)

        def report() -> None:
            beside = wires.silent.get(command.order.order_id, set()) - {command.amendment_id}
            if self._behaviour.doubts_refusals and (beside or not waiting.open):
                wires.unanswered(waiting, "It was refused, or another request of this order was.")
                return
            waiting.open = False
            wires.pairs.dropped(command)
            event = ev.AmendmentRefused(wires.account, self._stage.now, command.amendment_id, "no", reason)
            self._stage.tell(event)

        self._reply(waiting, life, report)

    def _reply(self, waiting: Waiting, life: int, report: Callable[[], None]) -> None:
        """Bring an answer back, perhaps: lost, late, or twice."""
        wires, cause, behaviour = self._wires, waiting.cause, self._behaviour
        if self._has(FaultKind.DROP_REPLY, cause):
            return
        session = wires.session
        trip = cause.dice.randint(1, 40) * MILLISECOND
        if self._has(FaultKind.DELAY_REPLY, cause):
            trip = behaviour.patience + cause.dice.randint(1, 3000) * MILLISECOND

        def arrive() -> None:
            if wires.life != life:
                return
            if wires.is_lost(session):
                return
            if waiting.open or behaviour.late_answers:
                report()

        self._stage.later(trip, arrive)
        if self._has(FaultKind.DUPLICATE_REPLY, cause):

            def again() -> None:
                if wires.life == life and wires.session == session and not waiting.open:
                    report()

            self._stage.later(trip + cause.dice.randint(1, 500) * MILLISECOND, again)

    def _unsent(self, command: Command, text: str) -> None:
        self._stage.tell(ev.AmendmentUnsent(self._wires.account, self._stage.now, command.amendment_id, text))

    def _has(self, fault: FaultKind, cause: Cause) -> bool:
        if fault not in cause.faults:
            return False
        self._stage.struck(fault, self._wires.account, cause.amendment_id)
        return True

    # -- what others do ------------------------------------------------------------------------------------------------

    def cancel(self, order: Order, cause: Cause) -> None:
        """Carry a cancel of ours; its answer is a receipt."""
        wires, life, session = self._wires, self._wires.life, self._wires.session

        def answer(taken: bool, text: str = "") -> None:
            if wires.life == life:
                lost = wires.is_lost(session)
                taken, text = (False, "The cancel was not answered.") if lost else (taken, text)
                self._stage.tell(ev.CancelAnswered(wires.account, self._stage.now, order.order_id, taken, text))

        def arrive() -> None:
            ended = self._engine.cancel(self._stage.now, order.order_id, "cancelled by its owner")
            if ended is not None:
                wires.push(ended, cause)
            text = "" if ended is not None else "There is no such open order."
            self._stage.later(cause.dice.randint(1, 40) * MILLISECOND, lambda: answer(ended is not None, text))

        if not wires.live:
            self._stage.later(MILLISECOND, lambda: answer(False, "The connection is down."))
            return
        self._stage.later(cause.dice.randint(1, 40) * MILLISECOND, arrive)

    def fill(self, order_id: str, quantity: Decimal, cause: Cause) -> None:
        """The market fills a part of an order."""
        fill = self._engine.fill(self._stage.now, order_id, quantity)
        if fill is None:
            return
        row = self._engine.orders[order_id]
        row_first = cause.dice.random() < 0.5
        if row_first:
            self._wires.push(row, cause)
        self._wires.push_fill(fill, cause)
        if not row_first:
            self._wires.push(row, cause)

    def end(self, order_id: str, cause: Cause) -> None:
        """Somebody else cancels an order."""
        ended = self._engine.cancel(self._stage.now, order_id, "cancelled elsewhere")
        if ended is not None:
            self._wires.push(ended, cause)

    def alter(self, order_id: str, steps: int, share: int, cause: Cause) -> None:
        """Somebody else changes an order: the price by some strides, the size to a share of a hundred."""
        model, order = self._wires.model, self._engine.orders[order_id]
        lot = model.instrument.lot or order.quantity
        sign = -1 if cause.dice.random() < 0.5 else 1
        price = (order.price or model.mid) + sign * steps * model.stride
        if self._behaviour.only_reduces:
            price, share = order.price or model.mid, min(share, 95)
        quantity = max(order.quantity * share / 100 // lot * lot, model.instrument.min_quantity or lot)
        if price <= 0:
            return
        self._strangers.altered(order_id, price, quantity, cause, cause.dice)

    def mumble(self, order_id: str, cause: Cause) -> None:
        """The venue tells an open order's state in a word nobody knows."""
        order = self._engine.orders[order_id]
        if order.is_open:
            self._wires.push(replace(order, status=OrderStatus.UNRECOGNISED, raw_status="Moonlighting"), cause)


def _terms(order: Order) -> tuple[object, ...]:
    """Terms that must not have moved between looking and sending."""
    return (order.is_open, order.price, order.quantity, order.filled, order.stop)
