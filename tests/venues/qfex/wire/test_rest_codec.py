"""REST requests and replies to and from exact bytes."""

from __future__ import annotations

import pytest

from app.domain.account import Secret
from app.venues.common.failures import Malformed
from app.venues.qfex.wire import rest_codec as rest
from app.venues.qfex.wire.signing import Keys


def test_the_requests() -> None:
    assert rest.refdata().target == "/refdata"
    history = rest.historic_orders("AAPL-USD", 0, Keys(Secret("p"), Secret("s")), "n", 5)
    assert history.target == "/user/historic-orders?symbol=AAPL-USD&limit=1000&offset=0"
    assert dict(history.headers)["x-qfex-timestamp"] == "5"


def test_what_a_failed_rest_reply_says() -> None:
    assert rest.problem_text(b'{"title":"Unauthorized","detail":"unknown key"}') == "unknown key"
    assert rest.problem_text(b'{"title":"Unauthorized"}') == "Unauthorized"
    assert rest.problem_text(b"<html>  bad\n gateway</html>") == "<html> bad gateway</html>"
    with pytest.raises(Malformed):
        rest.rows_of(b'{"type":"refdata"}', "the instruments")
    assert rest.rows_of(b'{"data":[{"order_id":"x"}]}', "the history") == ({"order_id": "x"},)


@pytest.mark.parametrize(
    "body", [b'{"data":null}', b'{"data":null,"count":0}', b'{"data":null,"count":null}', b'{"count":0}']
)
def test_null_is_an_empty_list(body: bytes) -> None:
    assert rest.rows_of(body, "the history") == ()


@pytest.mark.parametrize(
    "body", [b'{"data":null,"count":3}', b'{"data":null,"count":"3"}', b'{"data":{}}', b"{}", b"null", b'{"data":""}']
)
def test_what_contradicts_itself_or_is_no_list_is_not_empty(body: bytes) -> None:
    with pytest.raises(Malformed):
        rest.rows_of(body, "the history")
