"""The practice venues as a child: a configuration once they listen, a sentence if they end, and nothing left behind."""

from __future__ import annotations

import sys
import tomllib

import pytest

from app.runtime.practice_child import PracticeChild, PracticeStartError

pytestmark = pytest.mark.sockets


async def test_it_writes_a_configuration_and_ends_with_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDLINE_LOG", "debug")
    child = PracticeChild(7, quiet=True)
    child.start()
    config = await child.ready()
    assert len(tomllib.loads(config.read_text())["account"]) == 4
    assert "DEBUG" not in (config.parent / "practice.log").read_text(), "its output is read for the reason it ended"
    child.stop()
    child.stop()
    assert not config.parent.exists()


async def test_a_child_that_ends_gives_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    child = PracticeChild()
    command = [sys.executable, "-c", "print('one'); print('no port is free')"]
    monkeypatch.setattr(child, "_arguments", command)
    child.start()
    with pytest.raises(PracticeStartError, match=r"did not start \(no port is free\); run `redline practice`"):
        await child.ready()
    child.stop()
