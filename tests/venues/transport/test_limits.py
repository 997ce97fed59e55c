"""Too many requests are recognised by status and headers, whatever the body is."""

from __future__ import annotations

import pytest

from app.venues.transport.limits import LONGEST, Complaints, wait_asked
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
        (429, "0", 7.0),
        (429, "0.0", 7.0),
        (429, "0.2", 1.0),
        (429, "20.5", 20.5),
        (429, "20, 30", 30.0),
        (429, "30,20", 30.0),
        (429, "20, soon", 20.0),
        (429, "soon", 7.0),
        (429, "1e3", 7.0),
        (429, "nan", 7.0),
        (503, "20.5", 20.5),
        (429, "²", 7.0),
        (429, "9" * 5000, 7.0),
        (429, "86400", LONGEST),
        (429, "86401", 7.0),
        (429, "-5", 7.0),
        (429, "Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        (429, "Tue, 14 Nov 2023 22:00:00 GMT", 7.0),
        (429, "Wed, 21 Oct 2015 07:28:00 GMT", 7.0),
        (429, "Wed, 21 Oct 2099 07:28:00 GMT", 7.0),
        (429, "Tuesday, 14-Nov-23 22:14:20 GMT", 60.0),
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


def test_a_date_is_told_by_the_clock_that_made_it() -> None:
    headers = {"retry-after": "Tue, 14 Nov 2023 20:00:30 GMT", "date": "Tue, 14 Nov 2023 20:00:00 GMT"}
    assert wait_asked(Response(429, b"", headers, NOW, NOW), 7.0) == 30.0
    headers["date"] = "yesterday"
    assert wait_asked(Response(429, b"", headers, NOW, NOW), 7.0) == 7.0, "by our clock it has passed"


def test_a_wait_that_was_kept_in_vain_makes_the_next_one_longer() -> None:
    now = [0.0]
    complaints = Complaints(lambda: now[0])
    waits = []
    for _ in range(8):
        waits.append(complaints.wait(1.0))
        assert complaints.wait(1.0) == 1.0, "it was under way already"
        now[0] += waits[-1] + 0.5
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert complaints.wait(300.0) == 300.0
    now[0] += 300.0 + 60.0
    assert complaints.wait(1.0) == 1.0, "it did not complain for long"


def test_a_longer_wait_that_came_meanwhile_is_kept_too() -> None:
    now = [0.0]
    complaints = Complaints(lambda: now[0])
    complaints.wait(1.0)
    complaints.wait(30.0)
    now[0] = 10.0
    assert complaints.wait(1.0) == 1.0
    now[0] = 30.5
    assert complaints.wait(1.0) == 2.0
