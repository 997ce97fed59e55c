"""The log of a verb against practice venues: every frame, and no credential."""

from __future__ import annotations

import re

from tests.end_to_end.conftest import Practice


def test_a_verb_logs_every_frame_and_no_credential(practice: Practice) -> None:
    """The venues of the practice day take their keys in headers, urls and frames, as the real ones do."""
    text = practice.config.read_text()
    secrets = re.findall(r'^(?:\w*key|secret|passphrase) = "(.+)"$', text, re.MULTILINE)
    assert len(secrets) == 9
    done = practice.run("orders", "-vv")
    assert (done.code, "open orders on 4 accounts" in done.out) == (0, True)
    for logger in (
        "websockets.client: > TEXT",
        "httpx: HTTP Request",
        "app.venues.transport.direct: ",
        "app.runtime.opening: opening",
    ):
        assert logger in done.err
    assert '"op":"login"' in done.err
    assert "•••" in done.err
    assert [secret for secret in secrets if secret in done.err] == []
