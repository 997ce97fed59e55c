"""Playing a drill: its steps in sequence, then everything that must be true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.desk.desk import DeskError, Prepared
from app.domain.amendment import Amendment
from app.domain.form import InputError, read_value, resolve_field
from app.domain.plan import Draft
from app.domain.ports import Clock, VenueLoader
from app.drills import language as data
from app.drills.checks.drafts import prepared
from app.drills.checks.registry import Weighed, come_true, weigh_all
from app.drills.language import Drill, Expect, expect
from app.drills.scene import DrillFault, Scene, staged

#: A drill that takes longer hangs, in seconds.
LONGEST = 150.0


@dataclass(frozen=True, slots=True)
class Played:
    """End of a drill.

    Attributes:
        number, venue, case: which drill it was.
        checks: everything that was expected, with what was seen instead.
        trouble: why it could not be played to the end; "" if it could.
        seconds: how long it took.
        amendment: the last amendment sent, None if none was sent.
    """

    number: int
    venue: str
    case: str
    checks: tuple[Weighed, ...]
    trouble: str
    seconds: float
    amendment: Amendment | None

    @property
    def held(self) -> bool:
        """Return True if everything expected was found."""
        return not self.trouble and all(each.held for each in self.checks)


async def play(number: int, venue: str, drill: Drill, load: VenueLoader, clock: Clock) -> Played:
    """Play one drill in a scene of its own; never raises on the drill's account."""
    began = time.monotonic()
    checks: list[Weighed] = []
    trouble, amendment = "", None
    try:
        async with asyncio.timeout(LONGEST), staged(drill, venue, load, clock) as scene:
            try:
                for step in drill.steps:
                    checks += await _do(scene, step)
                checks += await come_true(scene, [*drill.ends, *_always(drill)])
            finally:
                if scene.sent:
                    amendment = scene.amendment
    except (DrillFault, DeskError, InputError) as error:
        trouble = str(error)
    except TimeoutError:
        trouble = f"it was not over after {LONGEST:g} s"
    return Played(number, venue, drill.case, tuple(checks), trouble, time.monotonic() - began, amendment)


def _always(drill: Drill) -> list[Expect]:
    """Expectations every drill must end with."""
    always = [expect("struck"), expect("sent_once"), expect("followed"), expect("told"), expect("proven")]
    return [expect("at_rest"), expect("booked"), expect("balances"), *always] if drill.at_rest else always


async def _do(scene: Scene, step: data.DrillStep) -> list[Weighed]:
    """Do one step; what it found of what it expected, failures of waiting ending the drill."""
    match step:
        case data.Send():
            _type(scene, step.changes, step.route)
            _send(scene, prepared(scene), reaches=step.reaches)
        case data.SendAlso():
            await _send_also(scene, step)
        case data.Type():
            _type(scene, step.changes, step.route)
            scene.typed = prepared(scene)
        case data.SendTyped():
            _send_typed(scene, step.blocked)
        case data.Cancel():
            scene.desk.cancel(scene.row.key)
        case data.Tell():
            await scene.look()
            await scene.tell(step.path, step.body)
        case data.Until():
            return _needed(await come_true(scene, step.expected))
        case data.Now():
            return await weigh_all(scene, step.expected)
        case data.CheckNow():
            scene.desk.check_now(scene.row.key)
        case data.Pass():
            await asyncio.sleep(step.seconds)
        case data.Restart():
            await scene.restart()
    return []


def _type(scene: Scene, changes: Any, route: str) -> None:
    form = scene.desk.form(scene.row.key)
    values = []
    for name, text in changes.items():
        field = resolve_field(form, name)
        values.append((field.name, read_value(field, text)))
    scene.changes, scene.route = tuple(values), route or None


def _send(scene: Scene, ready: Prepared, *, reaches: bool = True) -> None:
    scene.sent.append(scene.desk.send(ready, confirmed=True))
    scene.reaching += reaches


async def _send_also(scene: Scene, step: data.SendAlso) -> None:
    await scene.look()
    row = scene.desk.find(scene.pick(step.order))
    form = scene.desk.form(row.key)
    fields = {name: resolve_field(form, name) for name in step.changes}
    values = tuple((fields[name].name, read_value(fields[name], text)) for name, text in step.changes.items())
    ready = scene.desk.prepare(row.key, Draft(row.order, values))
    scene.sent.append(scene.desk.send(ready, confirmed=True))


def _send_typed(scene: Scene, blocked: str) -> None:
    if scene.typed is None:
        raise DrillFault("there is no open draft to send")
    if not blocked:
        _send(scene, scene.typed)
        return
    try:
        _send(scene, scene.typed)
    except DeskError as error:
        if blocked.lower() in str(error).lower():
            return
        raise DrillFault(f"the desk declined for another reason: {error}") from error
    raise DrillFault(f"the desk sent a draft that it had to decline ({blocked})")


def _needed(checks: Sequence[Weighed]) -> list[Weighed]:
    for each in checks:
        if not each.held:
            wanted = ", ".join(f"{name}={value}" for name, value in each.expected.arguments.items())
            raise DrillFault(f"never came: {each.expected.check} {wanted}; {each.seen}")
    return list(checks)
