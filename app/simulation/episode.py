"""An episode: steps carried out in a world until enough amendments were sent and met a fault."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from random import Random

from app.desk.desk import DeskError, Prepared
from app.desk.state import Lineage
from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.form import FieldName
from app.domain.market import LinkState, Quote
from app.domain.order import Order, Side
from app.domain.plan import Draft
from app.domain.ports import Venue
from app.simulation.drafts import mistake, sensible
from app.simulation.modelled.behaviour import MILLISECOND, VenueModel
from app.simulation.modelled.faults import WILD_WEATHERS, FaultKind
from app.simulation.modelled.stage import Cause
from app.simulation.promises import BrokenPromise
from app.simulation.restart import folded_again, restart
from app.simulation.steps import EpisodeStep, StepKind
from app.simulation.world import World

#: Exceptions a mistake in the desk or in a rulebook raises.
_FAILURES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

#: Orders of an account at the beginning, and how many are kept.
_ORDERS = 4


@dataclass(slots=True)
class Tally:
    """Counts of an episode, or of many.

    Attributes:
        sent: amendments that left the desk.
        faulted: those that met at least one fault.
        mistakes: drafts that had to be refused, and were.
        events: events folded.
        faults: how often each took effect.
        outcomes: final stages.
    """

    sent: int = 0
    faulted: int = 0
    mistakes: int = 0
    restarts: int = 0
    events: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Result(Tally):
    """Result of an episode.

    Attributes:
        steps: what was done.
        broken: the promise that did not hold, None if all did.
        story: how it came to that.
    """

    steps: list[EpisodeStep] = field(default_factory=list)
    broken: tuple[str, str] | None = None
    story: list[str] = field(default_factory=list)


class Episode:
    """One world and the steps that happen in it.

    Args:
        seed: of everything that no step decides.
    """

    def __init__(self, venues: Mapping[str, Venue], models: Mapping[str, VenueModel], seed: str) -> None:
        self.world = World(venues, models, seed)
        self.models = models
        self.mids = {name: model.mid for name, model in models.items()}
        self.result = Result()

    def run(self, steps: Iterable[EpisodeStep], wanted: int, *, tell: bool = False) -> Result:
        """Carry steps out until so many amendments met a fault or the steps are over; then rest and look back.

        Args:
            wanted: how many faulted amendments; 0 for all steps there are.
            tell: whether to keep the story.
        """
        world, result = self.world, self.result
        if tell:
            world.story = result.story
        try:
            self._open()
            begun = world.now
            for step in steps:
                result.steps.append(step)
                world.clock.run_until(begun + step.at)
                self._do(step)
                if step.kind is StepKind.REST:
                    begun = world.now - step.at
                if wanted and len(world.hit) >= wanted:
                    break
            world.rest()
            folded_again(world)
        except BrokenPromise as error:
            result.broken = (error.promise, str(error))
            result.story.append(f"BROKEN: {error.promise}: {error}")
        except _FAILURES as error:
            result.broken = ("the desk does not fail", f"{type(error).__name__}: {error}")
            result.story += traceback.format_exception(error)
        result.sent, result.faulted, result.events = world.sent, len(world.hit), world.events
        result.faults.update({fault.value: count for fault, count in world.struck_by.items()})
        result.outcomes.update(each.stage.value for each in world.desk.state.amendments.values())
        return result

    def _open(self) -> None:
        world = self.world
        dice = Random("opening")
        for name in sorted(self.models):
            for _ in range(_ORDERS):
                self._place(name, dice)
        world.connect()
        for name in sorted(self.models):
            self._quote(name)
        world.clock.run_until(world.now + SECOND)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _do(self, step: EpisodeStep) -> None:
        dice = Random(step.seed)
        world, account = self.world, step.account
        wires, engine, sender = world.wires[account], world.engines[account], world.senders[account]
        if world.story is not None and step.kind not in (StepKind.AMEND, StepKind.AMEND_LATE, StepKind.QUOTE):
            faults = ", ".join(sorted(fault.value for fault in step.faults))
            world.story.append(f"{world.seconds}  {account:<11} [{step.number}] {step.kind.value} {faults}")
        self._wild_weather(step)
        cause = Cause(dice)
        open_ids = sorted(order.order_id for order in engine.open_orders())
        match step.kind:
            case StepKind.AMEND | StepKind.AMEND_LATE:
                self._amend(step, dice)
            case StepKind.MISUSE:
                self._misuse(step, dice)
            case StepKind.FILL if open_ids:
                order = engine.orders[dice.choice(open_ids)]
                lot = engine.model.instrument.lot or order.quantity
                part = (
                    order.remaining
                    if dice.random() < 0.25
                    else order.remaining * dice.randint(5, 80) / 100 // lot * lot
                )
                sender.fill(order.order_id, part, cause)
            case StepKind.ALTER if open_ids:
                sender.alter(dice.choice(open_ids), dice.randint(1, 9), dice.randint(50, 150), cause)
            case StepKind.END if open_ids:
                sender.end(dice.choice(open_ids), cause)
            case StepKind.PLACE:
                wires.push(self._place(account, dice), cause)
            case StepKind.CANCEL:
                rows = self._rows(account)
                if rows:
                    world.desk.cancel(dice.choice(rows).key)
            case StepKind.QUOTE:
                self.mids[account] += dice.randint(-3, 3) * self.models[account].stride
                self._quote(account)
            case StepKind.WEATHER:
                for fault in sorted(step.faults - set(WILD_WEATHERS)):
                    wires.account_faults[fault] = world.now + dice.randint(1, 30) * SECOND
            case StepKind.DOWN:
                world.struck(FaultKind.LINK_DOWN, account)
                wires.drop(dice.randint(0, 40) * SECOND)
            case StepKind.DEAF:
                world.struck(FaultKind.HALF_OPEN, account)
                wires.half_open(dice.randint(1, 20) * SECOND)
            case StepKind.SKEW:
                world.struck(FaultKind.CLOCK_SKEW, account)
                engine.skew = dice.randint(-90, 90) * SECOND
            case StepKind.CRASH:
                for name in self.models:
                    world.struck(FaultKind.CRASH, name)
                self.result.restarts += 1
                restart(world, dice)
                for name in sorted(self.models):
                    self._quote(name)
            case StepKind.REST:
                world.rest()
            case _:
                pass
        world.following.look(world.now)

    def _wild_weather(self, step: EpisodeStep) -> None:
        """Begin what lasts for a while and was drawn apart, with dice of its own."""
        world, wires, dice = self.world, self.world.wires[step.account], Random(f"wild {step.seed}")
        for fault in sorted(step.faults & set(WILD_WEATHERS)):
            duration = dice.randint(1, 30) * SECOND
            if fault is FaultKind.DEAD:
                world.struck(fault, step.account)
                wires.die(duration)
            else:
                wires.account_faults[fault] = world.now + duration

    def _rows(self, account: str) -> list[Lineage]:
        return [row for row in self.world.desk.state.lineages.values() if row.account == account and row.order.is_open]

    def _amend(self, step: EpisodeStep, dice: Random) -> None:
        desk, account, model = self.world.desk, step.account, self.models[step.account]
        rows = self._rows(account)
        engine = self.world.engines[account]
        if sum(1 for _ in engine.open_orders()) < _ORDERS:
            self.world.wires[account].push(self._place(account, dice), Cause(dice))
        dice.shuffle(rows)
        for row in rows[:3]:
            for _ in range(2):
                draft = sensible(desk.form(row.key), model, dice)
                if draft is None:
                    break
                prepared = desk.prepare(row.key, draft)
                if prepared.command is None:
                    continue
                if step.kind is StepKind.AMEND_LATE:
                    wait = dice.randint(20, 2500) * MILLISECOND
                    self.world.clock.later(wait, partial(self._send, prepared, step, dice))
                else:
                    self._send(prepared, step, dice)
                return

    def _send(self, prepared: Prepared, step: EpisodeStep, dice: Random) -> None:
        world = self.world
        command = prepared.command
        assert command is not None
        amendment_id = command.amendment_id
        if amendment_id in world.causes:
            return
        world.causes[amendment_id] = Cause(dice, step.faults, amendment_id)
        before = world.sent
        try:
            world.desk.send(prepared, confirmed=True)
        except DeskError:
            del world.causes[amendment_id]
            if world.sent != before:
                raise BrokenPromise(
                    "refused is not sent", f"{amendment_id} was refused by the desk and sent."
                ) from None
        else:
            if world.story is not None:
                faults = ", ".join(sorted(fault.value for fault in step.faults)) or "no fault"
                world.story.append(f"{world.seconds}  {step.account:<11} [{step.number}] {amendment_id}: {faults}")

    def _misuse(self, step: EpisodeStep, dice: Random) -> None:
        """Try what must be refused: an illegal value, a second amendment, an amendment of an ended order."""
        desk, account, model = self.world.desk, step.account, self.models[step.account]
        rows = [row for row in desk.state.lineages.values() if row.account == account]
        if not rows:
            return
        row = dice.choice(rows)
        form = desk.form(row.key)
        why, draft = mistake(form, model, dice)
        link = desk.state.accounts[account].link
        busy = [
            each
            for each in rows
            if desk.state.open_amendment(each) is not None or not each.order.is_open or each.cancelling
        ]
        if (busy and dice.random() < 0.5) or link is not LinkState.UP:
            row = dice.choice(busy) if busy else row
            why = "not now"
            price = (row.order.price or model.mid) + model.stride
            draft = Draft(row.order, ((FieldName.PRICE, price),), None)
        before = self.world.sent
        prepared = desk.prepare(row.key, draft)
        try:
            desk.send(prepared, confirmed=True)
        except DeskError:
            self.result.mistakes += 1
        if prepared.command is not None or self.world.sent != before:
            raise BrokenPromise("mistakes are refused", f"{why}: {draft.values} on {row.key} could be sent.")

    # -- the market ----------------------------------------------------------------------------------------------------

    def _place(self, account: str, dice: Random) -> Order:
        model = self.models[account]
        side = Side.BUY if dice.random() < 0.5 else Side.SELL
        away = dice.randint(3, 40) * model.stride
        price = model.mid - away if side is Side.BUY else model.mid + away
        lot = model.instrument.lot or Decimal(1)
        quantity = model.size * dice.randint(20, 200) / 100 // lot * lot
        client_id = f"mine-{dice.getrandbits(32):08x}" if dice.random() < 0.6 else ""
        return self.world.engines[account].place(self.world.now, side, price, quantity, client_id=client_id)

    def _quote(self, account: str) -> None:
        model, mid, now = self.models[account], self.mids[account], self.world.now
        instrument = model.instrument
        quote = Quote(instrument.symbol, instrument.market, mid - model.stride, mid + model.stride, mid, now)
        self.world.tell(ev.QuoteSeen(account, now, quote))
