"""What a connector keeps to itself: the configured secrets, and the proofs made from them or given for them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.masking import MASK
from app.venues.transport.secrecy import Secrecy
from tests.helpers.toy_venue import T0, order

KEY, PASSPHRASE = "kanari-key-0001", "kanari-phrase-0002"
SIGNATURE = base64.b64encode(bytes(range(200, 232))).decode()
HEX = bytes(range(32)).hex()
NONCE = "1764500000000123456"
TOKEN = "0f7c2e4a-kanari-session"


def secrecy() -> Secrecy:
    return Secrecy([KEY, "configured-secret", PASSPHRASE])


def listed(reason: str) -> ev.OpenOrdersListed:
    return ev.OpenOrdersListed("toy", T0, T0, (order(reason=reason),))


@pytest.mark.parametrize(
    "event",
    [
        ev.Noticed("toy", T0, f"the venue said {KEY}"),
        ev.AmendmentRefused("toy", T0, "a1", KEY, f"no: {PASSPHRASE}"),
        ev.CancelAnswered("toy", T0, "1", False, KEY),
        ev.LookUpFailed("toy", T0, "1", KEY),
        ev.OrderUnreadable("toy", T0, "1", "why", f"{{'key': '{KEY}'}}", Source.PUSH),
        ev.WireSeen("toy", T0, "out", "http", f"GET /?key={KEY}", PASSPHRASE),
    ],
)
def test_what_a_person_reads_is_always_looked_through(event: ev.Event) -> None:
    made = secrecy().event(event)
    assert KEY not in repr(made)
    assert PASSPHRASE not in repr(made)
    assert MASK in repr(made)


def test_a_long_list_is_looked_through_once_the_venue_has_said_a_secret() -> None:
    keeping = secrecy()
    clean = listed("nothing of note")
    keeping.enters('{"orders":[]}')
    assert keeping.event(clean) is clean
    keeping.enters(json.dumps({"reason": "".join(f"\\u{ord(each):04x}" for each in KEY)}).replace("\\\\", "\\"))
    assert keeping.met
    assert KEY not in repr(keeping.event(listed(KEY)))
    assert keeping.event(clean) is clean


def test_proofs_that_leave_in_headers_are_kept() -> None:
    keeping = secrecy()
    keeping.leaves(
        (
            ("ACCESS-SIGN", SIGNATURE),
            ("Authorization", f"Bitso {KEY}:{NONCE}:{HEX}"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("ACCESS-TIMESTAMP", "1764500000000"),
        )
    )
    text = f"{SIGNATURE} {NONCE} {HEX} application/json 1764500000000"
    assert keeping.text(text) == f"{MASK} {MASK} {MASK} application/json 1764500000000"
    keeping.enters(f"you sent {HEX.upper().lower()}")
    assert keeping.met


@pytest.mark.parametrize(
    "frame",
    [
        {"op": "login", "args": [{"apiKey": KEY, "passphrase": PASSPHRASE, "timestamp": "1", "sign": SIGNATURE}]},
        {"type": "auth", "params": {"hmac": {"public_key": KEY, "nonce": "ab" * 16, "signature": SIGNATURE}}},
        {"m": 0, "n": "AuthenticateUser", "o": json.dumps({"APIKey": KEY, "Signature": SIGNATURE, "Nonce": NONCE})},
    ],
)
def test_proofs_that_leave_in_a_frame_are_kept(frame: dict[str, object]) -> None:
    keeping = secrecy()
    keeping.leaves(text=json.dumps(frame))
    told = keeping.event(ev.Noticed("toy", T0, f"refused: {SIGNATURE} of {KEY}"))
    assert told == ev.Noticed("toy", T0, f"refused: {MASK} of {MASK}")


def test_a_token_that_a_login_gives_is_kept_and_says_nothing_of_the_venue() -> None:
    keeping = secrecy()
    for _ in range(2):
        keeping.enters(json.dumps({"m": 1, "o": json.dumps({"Authenticated": True, "SessionToken": TOKEN})}))
    assert not keeping.met
    seen = ev.WireSeen("toy", T0, "in", "websocket", "AuthenticateUser", f'{{"SessionToken":"{TOKEN}"}}')
    assert keeping.event(seen) == replace(seen, body=f'{{"SessionToken":"{MASK}"}}')
    keeping.enters(f"session {TOKEN} has ended")
    assert keeping.met


def test_a_venue_cannot_make_ordinary_words_secret_nor_fill_the_memory() -> None:
    keeping = secrecy()
    keeping.enters(json.dumps([{"token": "market"}, {"token": "cancelled"}, {"token": "limit"}]))
    assert keeping.text("market cancelled limit") == "market cancelled limit"
    for number in range(1000):
        keeping.enters(json.dumps({"token": f"token-number-{number}-of-many"}))
    assert keeping.text("token-number-3-of-many") == "token-number-3-of-many", "only the latest are remembered"
    assert keeping.text("token-number-999-of-many") == MASK


def test_what_enters_is_masked_before_anybody_cuts_it_and_stays_json() -> None:
    keeping = secrecy()
    keeping.leaves((("ACCESS-SIGN", SIGNATURE), ("X-Nonce", NONCE)))
    echo = json.dumps({"msg": f"{KEY} {SIGNATURE}", "nonce": int(NONCE), "token": TOKEN})
    read = keeping.enters(echo)
    assert json.loads(read) == {"msg": f"{MASK} {MASK}", "nonce": int(NONCE), "token": TOKEN}
    assert keeping.body_enters(echo.encode()) == read.encode()
    assert keeping.body_enters(b'{"msg":"\xff"}') == b'{"msg":"\xff"}'


def test_words_of_the_trade_stay_readable_though_they_are_secrets() -> None:
    keeping = Secrecy(["market", "BTCUSDT", "20261130"])
    row = '{"passphrase":"market","type":"market","symbol":"BTCUSDT","orderId":"20261130"}'
    assert keeping.enters(row) == row
    assert keeping.met
