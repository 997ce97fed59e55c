"""Running episodes over a seed, on as many processes as asked for, and making what fails short."""

from __future__ import annotations

import importlib
import multiprocessing
import pkgutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from itertools import takewhile
from multiprocessing import resource_tracker
from multiprocessing.pool import IMapIterator

import app.simulation.venues
from app.domain.ports import Venue, VenueLoader
from app.simulation.episode import Episode, Result, Tally
from app.simulation.modelled.behaviour import VenueModel
from app.simulation.modelled.faults import FaultKind
from app.simulation.shrink import shrink
from app.simulation.steps import EpisodeStep, draw

#: Faulted amendments of one episode: few enough to be shortened when one fails.
EPISODE = 100

#: Number of broken episodes that are made short.
SHORTENED = 3


class ProcessEnded(Exception):
    """A process that played episodes was ended by somebody else, or for want of memory."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken promise: the episode, the promise, what happened, the few steps that suffice, and their story."""

    episode: int
    promise: str
    text: str
    steps: str = ""
    story: tuple[str, ...] = ()


@dataclass(slots=True)
class Totals(Tally):
    """Totals of all episodes."""

    episodes: int = 0
    failures: list[Failure] = field(default_factory=list)

    def add(self, number: int, result: Result) -> None:
        """Take an episode in."""
        self.episodes += 1
        for each in fields(Tally):
            setattr(self, each.name, getattr(self, each.name) + getattr(result, each.name))
        if result.broken is not None:
            self.failures.append(Failure(number, *result.broken))


def modelled_venues() -> tuple[str, ...]:
    """Return the names of the venues modelled in `app/simulation/venues`, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(app.simulation.venues.__path__)))


class Stages:
    """The venues and their models: what every episode needs, loaded once a process.

    Args:
        load: the registry.
        names: of venues; None for all that are modelled.
    """

    def __init__(self, load: VenueLoader, names: Iterable[str] | None = None) -> None:
        chosen = sorted(names) if names is not None else list(modelled_venues())
        self.models: Mapping[str, VenueModel] = {
            name: importlib.import_module(f"{app.simulation.venues.__name__}.{name}").MODEL for name in chosen
        }
        self.venues: Mapping[str, Venue] = load(set(chosen))

    def play(self, seed: int, number: int, wanted: int) -> Result:
        """Play an episode of a seed until so many amendments met a fault."""
        name = f"{seed}/{number}"
        return Episode(self.venues, self.models, name).run(draw(name, self.models), wanted)

    def play_steps(self, seed: int, number: int, steps: Sequence[EpisodeStep], *, tell: bool = False) -> Result:
        """Play some steps of an episode."""
        return Episode(self.venues, self.models, f"{seed}/{number}").run(steps, 0, tell=tell)

    def drawn(self, seed: int, number: int, count: int) -> list[EpisodeStep]:
        """The first steps of an episode, up to that number."""
        steps = draw(f"{seed}/{number}", self.models)
        return list(takewhile(lambda step: step.number < count, steps))

    def shortened(self, seed: int, failure: Failure, wanted: int) -> Failure:
        """The failure with the few steps that break the same promise, and their story."""
        steps = self.play(seed, failure.episode, wanted).steps

        def fails(some: Sequence[EpisodeStep]) -> bool:
            broken = self.play_steps(seed, failure.episode, some).broken
            return broken is not None and broken[0] == failure.promise

        if not fails(steps):
            return replace(failure, steps=spell(steps))
        few = shrink(steps, fails)
        told = self.play_steps(seed, failure.episode, few, tell=True)
        text = told.broken[1] if told.broken is not None else failure.text
        return replace(failure, text=text, steps=spell(few), story=tuple(told.story))


def spell(steps: Iterable[EpisodeStep]) -> str:
    """Steps as an argument of the command line: "3,9:drop-reply+queued"."""
    return ",".join(
        f"{step.number}:{'+'.join(sorted(fault.value for fault in step.faults))}" if step.faults else str(step.number)
        for step in steps
    )


def read_steps(text: str, drawn: Callable[[int], Sequence[EpisodeStep]]) -> list[EpisodeStep]:
    """The steps an argument names, with the faults it names and no others.

    Raises:
        ValueError: if it is not written as `spell` writes it.
    """
    wanted: dict[int, frozenset[FaultKind]] = {}
    for part in text.split(","):
        number, _, faults = part.partition(":")
        wanted[int(number)] = frozenset(FaultKind(each) for each in faults.split("+") if each)
    steps = drawn(max(wanted) + 1)
    return [replace(steps[number], faults=faults) for number, faults in sorted(wanted.items())]


def quotas(amendments: int) -> list[int]:
    """Number of faulted amendments for each episode."""
    whole, rest = divmod(amendments, EPISODE)
    return [EPISODE] * whole + ([rest] if rest else [])


_stages: Stages | None = None


def _begin(load: VenueLoader, names: Sequence[str] | None) -> None:
    global _stages
    _stages = Stages(load, names)


def _play(task: tuple[int, int, int]) -> tuple[int, Result]:
    assert _stages is not None
    seed, number, wanted = task
    result = _stages.play(seed, number, wanted)
    # Neither is looked at again, and both are large.
    result.steps, result.story = [], []
    return number, result


@contextmanager
def held_back() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while processes are started; what came meanwhile is heard at the end.

    A parent that ended between starting a process and telling it its work would leave one that tells of its own
    misfortune. What is started here never hears Ctrl-C, which reaches a whole group: it is its parent's to end it.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # starting it later would let the signals through again
    heard: list[int] = []
    handler = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if heard:
            signal.raise_signal(signal.SIGTERM)


def _followed(episodes: IMapIterator[tuple[int, Result]]) -> Iterator[tuple[int, Result]]:
    """Episodes as they end; a pool waits for ever for what an ended process played, and starts another in its place."""
    processes = {child.pid for child in multiprocessing.active_children()}
    while True:
        try:
            yield episodes.next(timeout=1)
        except StopIteration:
            return
        except multiprocessing.TimeoutError:
            if {child.pid for child in multiprocessing.active_children()} != processes:
                raise ProcessEnded from None


@contextmanager
def played(load: VenueLoader, seed: int, amendments: int, jobs: int) -> Iterator[Iterator[tuple[int, Result]]]:
    """Episodes as they end, in the order of their numbers.

    Args:
        load: the registry.
        seed: of all of them.
        amendments: how many shall meet a fault.
        jobs: processes.

    Raises:
        ProcessEnded: while they are awaited, if somebody else ended one of the processes.
    """
    tasks = [(seed, number, wanted) for number, wanted in enumerate(quotas(amendments))]
    if jobs == 1:
        _begin(load, None)
        yield map(_play, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ExitStack() as held:
        with held_back():
            pool = held.enter_context(context.Pool(jobs, _begin, (load, None)))
        yield _followed(pool.imap(_play, tasks))
