"""Run the practice venues: by hand, for the headless verbs, or as the child process of a window.

    redline practice --seed 7 --config-out practice.toml

The configuration appears at its path, whole, once every venue listens.
"""

from __future__ import annotations

import asyncio
import decimal
import os
import re
import signal
import stat
import threading
from collections.abc import Callable
from pathlib import Path

from app.practice.exchange.numbers import context
from app.practice.world import PracticeWorld

#: A configuration of practice venues is never larger, in bytes.
_MOST = 1_000_000


async def serve(
    seed: int,
    config_out: Path | None,
    *,
    quiet: bool = False,
    ready: Callable[[PracticeWorld], None] | None = None,
    with_parent: bool = False,
) -> None:
    """Run the venues until SIGINT, SIGTERM, a stop through the control endpoint, or the end of the parent.

    Args:
        config_out: where the configuration goes; None writes none.
        ready: called once everything listens and the configuration is written.
        with_parent: end when standard input ends, which a parent's death brings about.
    """
    decimal.setcontext(context())
    world = PracticeWorld(seed, quiet=quiet)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, world.request_stop)
    try:
        await world.start()
        if config_out is not None:
            world.write_config(config_out)
        if with_parent:
            _watch_parent(loop, world.request_stop)
        if ready is not None:
            ready(world)
        await world.stopped.wait()
    finally:
        await world.stop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _watch_parent(loop: asyncio.AbstractEventLoop, gone: Callable[[], None]) -> None:
    """Call `gone` on the loop once standard input ends.

    A daemon thread with `os.read`: an asyncio pipe reader takes no plain file, and a buffered reader's lock would trip
    the interpreter when it ends while the thread still waits.
    """

    def wait() -> None:
        while os.read(0, 4096):
            continue
        if not loop.is_closed():
            loop.call_soon_threadsafe(gone)

    threading.Thread(target=wait, name="parent watch", daemon=True).start()


def _against(path: Path) -> str:
    """One sentence on why a configuration cannot go there, "" if it can: only one of practice venues is replaced."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}; make it, or name another --config-out."
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return f"{path} is no regular file; name another --config-out."
        content = path.read_bytes() if status.st_size <= _MOST else b"no"
    except FileNotFoundError:
        is_free = Path(os.path.realpath(path)).parent.is_dir()
        return "" if is_free else f"{path} is a link that leads nowhere; name another --config-out."
    except OSError as error:
        return f"{path} cannot be read ({error.strerror}); name another --config-out."
    if content.strip() and not re.search(rb"^\[practice\]", content, re.MULTILINE):
        return f"{path} holds something else than a configuration of practice venues; name another --config-out."
    return ""


def run(seed: int, config_out: Path | None, *, quiet: bool, with_parent: bool, say: Callable[[str], None]) -> int:
    """Run the venues and say where they are; see `serve`.

    Args:
        say: takes a line for whoever started them.

    Returns:
        0 when ended as asked, 2 if the configuration cannot go where it shall.
    """

    def ready(world: PracticeWorld) -> None:
        where = f"; configuration {config_out}" if config_out is not None else ""
        say(f"practice venues: {', '.join(world.venues) or 'none'}; control {world.control_url}{where}")

    if config_out is not None and (why := _against(config_out)):
        say(f"redline: {why}")
        return 2
    asyncio.run(serve(seed, config_out, quiet=quiet, ready=ready, with_parent=with_parent))
    return 0
