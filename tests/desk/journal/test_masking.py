"""A canary for a secret: wherever it sings, the masker takes it out, and takes nothing else."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from urllib.parse import quote

import pytest

from app.desk.journal.codec import dumps
from app.desk.journal.masking import MASK, Masker
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from tests.helpers.recorded_desk import account
from tests.helpers.toy_venue import T0, order

CANARY = 'kanari/"vogel"+äöü'


@pytest.mark.parametrize(
    "carried",
    [
        CANARY,
        json.dumps({"key": CANARY}),
        json.dumps({"key": CANARY}, ensure_ascii=False),
        json.dumps({"args": json.dumps({"key": CANARY})}),
        f"/login?key={quote(CANARY, safe='')}&x=1",
        CANARY.encode().hex(),
        base64.b64encode(CANARY.encode()).decode(),
        base64.b64encode(f"u:{CANARY}".encode()).decode(),
        base64.b64encode(f"us:{CANARY}".encode()).decode(),
        base64.urlsafe_b64encode(f"use:{CANARY}".encode()).decode(),
    ],
)
def test_a_secret_is_found_in_every_coat(carried: str) -> None:
    masker = Masker([CANARY])
    for text in (carried, f"before {carried} after", dumps(ev.WireSeen("toy", T0, "out", "http", "GET", carried))):
        assert masker.found_in(text)
        masked = masker.text(text)
        assert MASK in masked
        assert not masker.found_in(masked)
        assert "vogel" not in masked


def test_what_is_no_secret_stays() -> None:
    masker = Masker(["1234567", "key", "working"])
    seen = ev.OrderSeen("working", T0, order(status=OrderStatus.WORKING, reason="it is working"), Source.PUSH)
    masked = masker.value(seen)
    assert masked.account == "working", "the event must find its account"
    assert masked.order.status is OrderStatus.WORKING
    assert masked.order.reason == f"it is {MASK}"
    assert masked.order.price == Decimal(100)
    assert masker.text("user 1234567 has a key") == "user 1234567 has a key"


def test_every_credential_of_every_account_is_looked_for() -> None:
    masker = Masker.of([account(secret="first-canary"), account("b", secret="second-canary")])
    assert masker.text("first-canary second-canary") == f"{MASK} {MASK}"


LOGIN = "https://desk:hunter2päss@127.0.0.1:9/api"


@pytest.mark.parametrize(
    "carried",
    [
        LOGIN,
        "wss://hunter2p%C3%A4ss@127.0.0.1:9/api",
        "https://desk:hunter@2@127.0.0.1:9/api",
        json.dumps({"location": LOGIN}),
        json.dumps({"location": LOGIN}, ensure_ascii=False),
        json.dumps({"args": json.dumps({"location": LOGIN})}),
        json.dumps({"location": LOGIN}).replace("/", "\\/"),
    ],
)
def test_what_a_url_has_before_its_host_is_masked_though_nobody_configured_it(carried: str) -> None:
    masker = Masker([])
    for text in (carried, f"no answer from {carried}.", dumps(ev.WireSeen("toy", T0, "in", "http", "302", carried))):
        assert masker.found_in(text)
        masked = masker.text(text)
        assert "hunter" not in masked
        assert "127.0.0.1:9" in masked
        assert not masker.found_in(masked)
        assert masker.text(masked) == masked
    event = masker.value(ev.WireSeen("toy", T0, "in", "http", "302", carried))
    assert not masker.found_in(dumps(event))


@pytest.mark.parametrize(
    "text", ["https://toy.example/~a@b", "https://toy.example?to=a@b", '{"at":"https://toy.example","to":"a@b"}', "a@b"]
)
def test_an_address_without_a_login_stays(text: str) -> None:
    masker = Masker([])
    assert not masker.found_in(text)
    assert masker.text(text) == text
