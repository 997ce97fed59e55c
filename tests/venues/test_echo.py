"""Whatever a venue repeats of our requests, nothing a connector tells has a secret in it: every venue, every coat."""

from __future__ import annotations

import asyncio
import base64
import logging
from dataclasses import replace
from urllib.parse import quote

import pytest

from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.events import Event
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues import registry
from tests.helpers.echoing import COATS, echoing
from tests.helpers.logfail import AnnouncedLogs

pytestmark = pytest.mark.sockets

VENUES = sorted(registry.PACKAGES)

#: Every canary begins so: what has this in it has leaked.
SONG = "kanari"


def coats_of(text: str) -> set[str]:
    """The text in every coat that `echoing` puts on."""
    at = (
        base64.b64encode(b"\0" * lead + text.encode()).decode()[-(-lead * 8 // 6) : (lead + len(text)) * 8 // 6]
        for lead in range(3)
    )
    return {text, quote(text), text.encode().hex(), "".join(f"\\u{ord(each):04x}" for each in text), *at}


def account_at(venue: str, by_http: int, by_socket: int) -> Account:
    profile = registry.load({venue})[venue].profile
    names = [name for name, _ in profile.needs_addresses]
    addresses = {
        name: f"ws://127.0.0.1:{by_socket}/{name}" if "ws" in name else f"http://127.0.0.1:{by_http}/api"
        for name in names
    }
    credentials = {
        name: Secret("31415926" if name == "user_id" else f"{SONG}-{name}-7f3a9c")
        for name, _ in profile.needs_credentials
    }
    return Account("desk", venue, Environment.PRACTICE, addresses, credentials)


async def told_by(venue: str, account: Account, enough: int) -> list[Event]:
    """Run a connector until it has told so many things of trouble, and ask it for all it can be asked."""
    told: list[Event] = []
    troubled = asyncio.Event()

    def take(event: Event) -> None:
        told.append(event)
        is_down = isinstance(event, ev.LinkChanged) and event.state in (LinkState.DOWN, LinkState.REFUSED)
        if is_down or sum(isinstance(each, ev.WireSeen) for each in told) > enough:
            troubled.set()

    connector = registry.load({venue})[venue].connect(account, take, SystemClock())
    running = asyncio.create_task(connector.run())
    try:
        await troubled.wait()
        await connector.refresh()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return told


@pytest.mark.parametrize("coat", COATS)
@pytest.mark.parametrize("venue", VENUES)
async def test_a_repeated_request_gives_no_secret_away(
    venue: str, coat: str, caplog: pytest.LogCaptureFixture, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.allow(".*")
    async with echoing(400, coat) as ports:
        told = await told_by(venue, account_at(venue, *ports), 12)
    text = repr(told)
    assert "40001" in text or "•••" in text, "the answer was told"
    for sung in coats_of(SONG) | coats_of("7f3a9c"):
        assert sung not in text
        assert sung not in caplog.text


@pytest.mark.parametrize("sockets", ["closes", "refuses"])
@pytest.mark.parametrize("venue", VENUES)
async def test_a_repeated_login_gives_no_secret_away(venue: str, sockets: str, announced_logs: AnnouncedLogs) -> None:
    announced_logs.allow(".*")
    async with echoing(401, "plain", sockets=sockets) as ports:
        told = await told_by(venue, account_at(venue, *ports), 12)
    assert SONG not in repr(told)


@pytest.mark.parametrize("venue", VENUES)
def test_no_object_shows_a_secret(venue: str, caplog: pytest.LogCaptureFixture) -> None:
    account = account_at(venue, 1, 2)
    connector = registry.load({venue})[venue].connect(account, lambda event: None, SystemClock())
    shown = [repr(account), *(repr(value) for value in deep(connector))]
    assert not [text for text in shown if SONG in text and not text.startswith("'")], "a text itself is its own repr"
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("redline").debug("%s %r", account, replace(account))
    assert SONG not in caplog.text


def deep(value: object, levels: int = 4) -> list[object]:
    """The value and what hangs on it: objects of this program and their attributes."""
    if not type(value).__module__.startswith("app."):
        return []
    names = [
        *getattr(value, "__dict__", {}),
        *(name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())),
    ]
    inner = [getattr(value, name, None) for name in names] if levels else []
    return [value, *(each for one in inner for each in deep(one, levels - 1))]
