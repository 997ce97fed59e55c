"""Runs what the reducer asks for: each effect becomes a task or a timer, and what it leads to comes back as events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from app.desk.effects import Effect, LookUp, Refresh, SendAmendment, SendCancel, WakeAt
from app.desk.gathering import Gathering
from app.desk.journal.recorder import Recorder
from app.desk.journal.writer import JournalError
from app.desk.state import DeskState, Lineage
from app.desk.supervision import as_error, fault_text
from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.evidence import SECOND
from app.domain.ports import BatchConnector, Clock, Connector, Sink

log = logging.getLogger(__name__)

STOPPED = "Sending was stopped before it left."

#: Stages in which an amendment may still be taken back: none of its bytes has left.
_NOT_LEFT = (AmendmentStage.CHECKED, AmendmentStage.QUEUED)

#: Stages in which an amendment whose sending has ended would wait for ever.
_NOT_ANSWERED = (*_NOT_LEFT, AmendmentStage.WRITTEN)


class EffectsRunner:
    """Tasks and timers of one desk.

    Attributes:
        tasks: those that still run.
        timers: those that are still to go off.
        held: by amendment id, why what was asked to be sent was held back here: no venue had a part in it.
        despite: by amendment id, what of other tickets' journals the person was told of and goes on in spite of.
    """

    def __init__(
        self,
        state: DeskState,
        connectors: Mapping[str, Connector],
        recorder: Recorder | None,
        clock: Clock,
        dispatch: Sink,
    ) -> None:
        """Start nothing yet.

        Args:
            state: the desk's, to read the stage of an amendment.
            connectors: by account name.
            recorder: must have an intent on the disk before its amendment leaves; None where nothing is recorded.
            clock: the desk's.
            dispatch: takes the events.
        """
        self._state = state
        self._connectors = connectors
        self._recorder = recorder
        self._clock = clock
        self._dispatch = dispatch
        self.tasks: set[asyncio.Task[None]] = set()
        self.timers: set[asyncio.TimerHandle] = set()
        self.held: dict[str, str] = {}
        self.despite: dict[str, frozenset[str]] = {}
        self._sending: dict[asyncio.Task[None], SendAmendment] = {}
        self._asking: dict[asyncio.Task[None], SendCancel | LookUp | Refresh] = {}
        self._seen_at: dict[str, int] = {}
        self._again: dict[asyncio.Task[None], LookUp] = {}
        self._handed_over: set[str] = set()
        self._gatherings: dict[str, Gathering] = {}
        self._stopped = self._closing = False

    def run(self, effect: Effect) -> None:
        """Begin what an effect asks for; returns at once."""
        connector = self._connectors[effect.account]
        match effect:
            case SendAmendment():
                if self._recorder is not None:
                    # As of now: what is read of the order before it is our turn was not before the person's eyes.
                    self._seen_at[effect.command.amendment_id] = self._lineage(effect).seen_at
                task = self.spawn(self._amend(connector, effect), f"amend {effect.command.amendment_id}")
                self._sending[task] = effect
            case SendCancel():
                name = f"cancel {effect.order.order_id}"
                self._asking[self.spawn(connector.cancel(effect.order), name)] = effect
            case LookUp():
                self._look_up(connector, effect)
            case Refresh():
                self._asking[self.spawn(connector.refresh(), f"refresh {effect.account}")] = effect
            case WakeAt():
                self._wake(effect)

    def connector(self, account: str) -> Connector:
        """Return what speaks with an account's venue."""
        return self._connectors[account]

    def sending(self) -> set[str]:
        """Return the rows of which an amendment is being sent, or its answer waited for."""
        found = (self._state.amendments.get(each.command.amendment_id) for each in self._sending.values())
        return {each.lineage for each in found if each is not None}

    def gather(self, amendment_ids: Sequence[str]) -> Gathering:
        """Let these amendments, not asked for yet, leave in one request of their venue."""
        gathering = Gathering(amendment_ids)
        self._gatherings.update(dict.fromkeys(amendment_ids, gathering))
        return gathering

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run work beside everything else; an error in it is logged, and `close` cancels it."""
        task = asyncio.get_running_loop().create_task(as_error(work), name=name)
        self.tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def close(self) -> None:
        """Cancel timers and tasks that still run. A request already written stays written."""
        self._closing = True
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def stopped(self) -> bool:
        """Return True if sending is stopped: nothing new leaves, and what still waits for its turn is taken back."""
        return self._stopped

    @stopped.setter
    def stopped(self, on: bool) -> None:
        self._stopped = on
        for task, effect in list(self._sending.items()) if on else []:
            # What is not handed to its connector yet asks `stopped` itself; what is written cannot be taken back.
            amendment_id = effect.command.amendment_id
            if amendment_id in self._handed_over and self._state.amendments[amendment_id].stage in _NOT_LEFT:
                task.cancel()

    async def _amend(self, connector: Connector, effect: SendAmendment) -> None:
        """Send, once the intent is on the disk and no other ticket has its order in flight.

        A ticket that is killed in between must know of it afterwards, and every other ticket must know of it now.
        """
        if self._recorder is not None:
            try:
                await self._recorder.durable(self._recorder.written)
                why_not = await self._turn(self._recorder, effect)
            except JournalError as error:
                self._hold(effect, str(error))
                return
            except asyncio.CancelledError:
                self._unsent(effect, "The ticket was closed before it left.")
                raise
            if why_not:
                self._hold(effect, why_not)
                self._look_up(connector, LookUp(effect.account, self._lineage(effect).target))
                return
        gathering = self._gatherings.get(effect.command.amendment_id)
        if gathering is not None:
            try:
                await gathering.come(effect.command)
            except asyncio.CancelledError:
                self._unsent(effect, "The ticket was closed before it left.")
                raise
        if self._stopped:
            self._unsent(effect, STOPPED)
        elif gathering is None or (len(gathering.commands) == 1 and gathering.request is None):
            self._handed_over.add(effect.command.amendment_id)
            await connector.amend(effect.command)
        else:
            await self._together(connector, gathering)

    async def _together(self, connector: Connector, gathering: Gathering) -> None:
        """Have one request carry what has gathered, and wait for its end; whoever gives up ends it for all.

        Raises:
            TypeError: if the venue takes no such requests; nothing has left then.
        """
        if gathering.request is None:
            if not isinstance(connector, BatchConnector):
                raise TypeError("this venue takes one amendment a request")
            commands = gathering.commands
            self._handed_over.update(command.amendment_id for command in commands)
            gathering.request = self.spawn(connector.amend_batch(commands), f"amend {len(commands)} together")
        try:
            await asyncio.shield(gathering.request)
        except asyncio.CancelledError:
            # What the request knows of each is told before the amendments end.
            gathering.request.cancel()
            await asyncio.wait([gathering.request])
            raise

    async def _turn(self, recorder: Recorder, effect: SendAmendment) -> str:
        """Wait for the turn of an intent; one sentence if it does not come."""
        amendment_id = effect.command.amendment_id
        despite, seen_at = self.despite.get(amendment_id, frozenset()), self._seen_at[amendment_id]
        amendment, lineage = self._state.amendments[amendment_id], self._lineage(effect)
        return await recorder.turns.come(effect.account, lineage.ids, amendment, seen_at, despite)

    def _lineage(self, effect: SendAmendment) -> Lineage:
        return self._state.lineages[self._state.amendments[effect.command.amendment_id].lineage]

    def _hold(self, effect: SendAmendment, text: str) -> None:
        self.held[effect.command.amendment_id] = text
        self._unsent(effect, text)

    def _unsent(self, effect: SendAmendment, text: str) -> None:
        self._dispatch(ev.AmendmentUnsent(effect.account, self._clock.now(), effect.command.amendment_id, text))

    def _look_up(self, connector: Connector, effect: LookUp) -> None:
        order = effect.order
        name = f"look up {order.account}/{order.order_id}"
        running = next((task for task in self.tasks if task.get_name() == name), None)
        if running is not None:
            by_itself = asyncio.current_task() is running
            if effect.again and by_itself:
                self._again[running] = effect
            return  # one question at a time; its answer serves both
        self._asking[self.spawn(connector.look_up(order), name)] = effect

    def _wake(self, effect: WakeAt) -> None:
        loop = asyncio.get_running_loop()

        def due() -> None:
            self.timers.discard(handle)
            self._dispatch(ev.ProbeDue(effect.account, self._clock.now(), effect.amendment_id, effect.once))

        handle = loop.call_later(max(0.0, (effect.at - self._clock.now()) / SECOND), due)
        self.timers.add(handle)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("%s failed", task.get_name(), exc_info=error)
        question = self._asking.pop(task, None)
        again = self._again.pop(task, None)
        if again is not None and not self._closing:
            self.run(again)
        if question is not None and error is not None and not self._closing:
            self._unasked(question, f"an unforeseen fault broke it off ({fault_text(error)})")
        effect = self._sending.pop(task, None)
        if effect is None:
            return
        if (task.cancelled() or error is not None) and not self._closing:
            self._broken_off(effect, "sending was stopped." if task.cancelled() else "an error broke off the sending.")
        amendment_id = effect.command.amendment_id
        if (gathering := self._gatherings.pop(amendment_id, None)) is not None:
            gathering.leave_out(amendment_id)
        self._handed_over.discard(amendment_id)
        self.despite.pop(amendment_id, None)
        self._seen_at.pop(amendment_id, None)

    def _unasked(self, effect: SendCancel | LookUp | Refresh, why: str) -> None:
        """Report a question or a cancel that an error of our own ended; else its row would wait for ever."""
        account, now = effect.account, self._clock.now()
        match effect:
            case SendCancel(order=order):
                text = f"Order {order.order_id}: {why}; whether the cancel arrived is not known."
                self._dispatch(ev.CancelAnswered(account, now, order.order_id, False, text))
            case LookUp(order=order):
                self._dispatch(ev.LookUpFailed(account, now, order.order_id, f"looking it up gave no answer: {why}"))
            case Refresh():
                self._dispatch(ev.Noticed(account, now, f"{account}: the orders could not be listed: {why}."))

    def _broken_off(self, effect: SendAmendment, why: str) -> None:
        """Report what is known of an amendment whose sending did not run to its end; else it would wait for ever."""
        amendment_id = effect.command.amendment_id
        if self._state.amendments[amendment_id].stage not in _NOT_ANSWERED:
            return
        if amendment_id not in self._handed_over:
            self._unsent(effect, STOPPED)
            return
        # Its bytes may have left in the moment it was broken off. That is asked, not assumed.
        self._dispatch(ev.AmendmentUnanswered(effect.account, self._clock.now(), amendment_id, why))
