"""The named checks of drills: where they are kept, and how a list of expectations is weighed.

A check is a function of the scene and its own arguments; it returns "" if it holds and otherwise one clause that says
what was seen instead. Those of amendments, rows and drafts are in the modules beside it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from app.drills.language import Expect
from app.drills.scene import PATIENCE, DrillFault, Scene

#: Looks again so often while something is not true yet, in seconds.
_AGAIN = 0.1

_ROOMS = ("amendments", "rows", "drafts", "venue", "watch")


@dataclass(frozen=True, slots=True)
class Check:
    """A named check: the function, and the parts of the exchange's truth it looks at."""

    name: str
    function: Callable[..., str]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One expectation and what was found: `seen` is "" if it held."""

    expected: Expect
    seen: str

    @property
    def held(self) -> bool:
        return not self.seen


_CHECKS: dict[str, Check] = {}


def check(*needs: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register a function under its own name."""

    def register(function: Callable[..., str]) -> Callable[..., str]:
        _CHECKS[function.__name__] = Check(function.__name__, function, needs)
        return function

    return register


def all_checks() -> dict[str, Check]:
    """Every check by name."""
    for room in _ROOMS:
        import_module(f"app.drills.checks.{room}")
    return _CHECKS


def fits(expected: Expect) -> str:
    """Sentence on why an expectation cannot be weighed (no such check, or other arguments); "" if it can."""
    found = all_checks().get(expected.check)
    if found is None:
        return f"there is no check “{expected.check}”"
    try:
        inspect.signature(found.function).bind(None, **expected.arguments)
    except TypeError as error:
        return f"check “{expected.check}”: {error}"
    return ""


def weigh(scene: Scene, expected: Expect) -> Weighed:
    """Look once, at what is known of the exchange already.

    Raises:
        DrillFault: for a check there is not, or arguments it does not take.
    """
    wrong = fits(expected)
    if wrong:
        raise DrillFault(wrong)
    arguments: dict[str, Any] = {name: scene.filled_in(value) for name, value in expected.arguments.items()}
    return Weighed(expected, all_checks()[expected.check].function(scene, **arguments))


async def weigh_all(scene: Scene, expectations: Sequence[Expect]) -> list[Weighed]:
    """Look once at all of it, with the exchange's truth of this moment."""
    await scene.look(_needs(expectations))
    return [weigh(scene, each) for each in expectations]


async def come_true(scene: Scene, expectations: Sequence[Expect], seconds: float = PATIENCE) -> list[Weighed]:
    """Wait until all of it is true, or the time is over; what was found last.

    The exchange is asked only once the desk's side is as expected.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    alone = [each for each in expectations if not _needs([each])]
    while True:
        if all(weigh(scene, each).held for each in alone):
            found = await weigh_all(scene, expectations)
            if all(each.held for each in found):
                return found
        if loop.time() >= end:
            return await weigh_all(scene, expectations)
        await asyncio.sleep(_AGAIN)


def _needs(expectations: Sequence[Expect]) -> set[str]:
    known = all_checks()
    return {part for each in expectations if each.check in known for part in known[each.check].needs}
