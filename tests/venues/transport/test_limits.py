"""Too many requests are recognised by status and headers, whatever the body is."""

from __future__ import annotations

import pytest

from app.venues.transport.limits import LONGEST, wait_asked
from app.venues.transport.messages import Response

NOW = 1_700_000_000_000_000_000


@pytest.mark.parametrize(
    "status, after, wanted",
    [
        (429, None, 7.0),
        (420, None, 7.0),
        (418, None, 7.0),
        (429, "30", 30.0),
        (429, " 30 ", 30.0),
        (429, "0", 1.0),
        (429, "²", 7.0),
        (429, "9" * 5000, 7.0),
        (429, "999999", LONGEST),
        (429, "-5", 7.0),
        (429, "Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        (429, "Tue, 14 Nov 2023 22:00:00 GMT", 1.0),
        (429, "Tue, 14 Nov 99999 22:00:00 GMT", 7.0),
        (503, "20", 20.0),
        (503, None, 0.0),
        (200, "20", 0.0),
        (403, None, 0.0),
    ],
)
@pytest.mark.parametrize("body", [b"<html>slow down</html>", b"", b"Too Many Requests", b'{"code":"429"}', b"\xff"])
def test_the_wait_is_what_is_asked_for(status: int, after: str | None, wanted: float, body: bytes) -> None:
    headers = {} if after is None else {"retry-after": after}
    assert wait_asked(Response(status, body, headers, NOW, NOW), 7.0) == wanted
