"""Every shape in which a login is answered."""

from __future__ import annotations

import pytest

from app.venues.qfex.wire import codec
from app.venues.qfex.wire.login import AuthReply, says_yes


@pytest.mark.parametrize(
    "text, accepted",
    [
        ('{"type":"auth","result":"success"}', True),
        ('{"type":"auth","result":"failed"}', False),
        ('{"authenticated":true}', True),
        ('{"authenticated":false}', False),
        ('{"authenticated":{"success":true}}', True),
        ('{"authenticated":{"success":false,"error":"bad key"}}', False),
        ('{"type":"authenticated"}', True),
        ('{"authenticated_response":{}}', True),
        ('{"authenticated_response":true}', True),
        ('{"authenticated_response":"success"}', True),
        ('{"authenticated_response":{"user_id":"u-1"}}', True),
        ('{"authenticated_response":{"authenticated":true}}', True),
        ('{"authenticated_response":{"status":"OK"}}', True),
        ('{"type":"authenticated_response"}', True),
        ('{"type":"authenticated_response","success":true}', True),
        ('{"authenticated_response":false}', False),
        ('{"authenticated_response":null}', False),
        ('{"authenticated_response":"denied"}', False),
        ('{"authenticated_response":{"authenticated":false,"error":"bad key"}}', False),
        ('{"authenticated_response":{"success":"true"}}', False),
        ('{"authenticated_response":{"error":"bad key"}}', False),
        ('{"authenticated_response":{"status":"failed"}}', False),
        ('{"type":"authenticated_response","success":false}', False),
    ],
)
def test_every_known_answer_to_a_login(text: str, accepted: bool) -> None:
    message = codec.decode(text)
    assert isinstance(message, AuthReply)
    assert message.accepted is accepted


@pytest.mark.parametrize(
    "value, yes, text",
    [
        (True, True, ""),
        (None, False, ""),
        (1, False, ""),
        ("OK", True, "OK"),
        ({"result": "denied"}, False, "denied"),
        ({"error_code": "PermissionDenied"}, False, "PermissionDenied"),
        ({"success": True, "error": None}, True, ""),
        ({"success": True, "authenticated": False}, False, ""),
    ],
)
def test_what_says_yes(value: object, yes: bool, text: str) -> None:
    assert says_yes(value) == (yes, text)
