"""A canary for a secret: wherever it sings, the masker takes it out, and takes nothing else."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from urllib.parse import quote

import pytest

from app.desk.journal.codec import dumps
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.masking import MASK, Masker
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
        *(CANARY.encode().hex(between) for between in " :-"),
        CANARY.replace("/", "\\x2f").replace("+", "\\x2B"),
        "".join(f"\\x{ord(each):02x}" for each in CANARY),
        "".join(f"\\u{{{ord(each):x}}}" for each in CANARY),
        "".join(f"\\U{ord(each):08x}" for each in CANARY),
        "".join(f"%u{ord(each):04x}" for each in CANARY),
        "".join(f"&amp;#{ord(each)};" for each in CANARY),
        CANARY.replace("/", "&sol;").replace("+", "&plus;").replace("ä", "&auml;"),
        "\u200b".join(CANARY),
        *(between.join(CANARY) for between in "\u202e\u200e\u2061\u034f\ufe0f\U000e0041\0\n\x1b"),
        "\x1b[1m".join(CANARY),
        *(json.dumps(between.join(CANARY)) for between in "\u202e\u2061\u034f\U000e0041\0\n"),
        "".join(f"\\{ord(each):03o}" if ord(each) < 128 else each for each in CANARY),
        ", ".join(map(str, CANARY.encode())),
        ", ".join(map(hex, CANARY.encode())),
        CANARY.replace("vogel", "vo\u00adgel"),
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


#: One of every kind that is looked for anywhere.
TELLING = ["qfex_pub_Kanari0001", "Kanari/+key=42", "hunter2", 'kanari/"vogel"+äöü', "kanarienvogelgelb"]


@pytest.mark.parametrize("secret", TELLING)
def test_a_secret_is_found_with_any_of_its_letters_escaped(secret: str) -> None:
    masker = Masker([secret])
    every = {
        "json": "".join(f"\\u{ord(each):04x}" for each in secret),
        "json in json": "".join(f"\\\\u{ord(each):04X}" for each in secret),
        "some json": "".join(
            f"\\u{ord(each):04x}" if at % 3 else json.dumps(each)[1:-1] for at, each in enumerate(secret)
        ),
        "url": "".join(f"%{byte:02x}" for byte in secret.encode()),
        "url twice": quote(quote(secret, safe=""), safe=""),
        "html": "".join(f"&#{ord(each)};" for each in secret),
        "html in sixteens": "".join(f"&#x{ord(each):X};" for each in secret),
        "slashes": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "capitals": secret.upper() if secret.isascii() else secret,
        "hex": secret.encode().hex().upper(),
    }
    for name, carried in every.items():
        if name == "url" and not secret.isascii():
            continue
        for text in (carried, f"no answer to GET /?key={carried}&x=1 (refused)"):
            assert masker.found_in(text), name
            assert MASK in masker.text(text), name
            assert not masker.found_in(masker.text(text)), name
    assert masker.text("<b>&amp;\\u0041%41</b>") == "<b>&amp;\\u0041%41</b>", "what is no secret stays as it came"


@pytest.mark.parametrize(
    "secret, stays, goes",
    [
        ("market", '{"orderType":"market"}', '{"passphrase":"market"}'),
        ("BTCUSDT", "GET /orders?symbol=BTCUSDT", "ACCESS-PASSPHRASE: BTCUSDT"),
        ("1234567", '{"orderId":"1234567","qty":1234567}', r"{\"APIKey\":\"1234567\"}"),
        ("key", "check the key and the secret", "secret=key&x=1"),
        ("pw", "a pwd is a password", "{'password': 'pw'}"),
        ("working", '{"status":"Working","x":"networking"}', "it is working"),
        ("swordfish", "swordfishes", "wrong passphrase swordfish"),
    ],
)
def test_an_ordinary_word_is_masked_only_where_it_is_a_secret(secret: str, stays: str, goes: str) -> None:
    masker = Masker([secret])
    assert masker.text(stays) == stays
    assert not masker.found_in(stays)
    assert masker.found_in(goes)
    assert MASK in masker.text(goes)
    assert not masker.found_in(masker.text(goes))


def test_a_value_without_a_secret_is_the_same_value() -> None:
    seen = ev.OrderSeen("toy", T0, order(reason="nothing of note"), Source.PUSH)
    assert Masker(TELLING).value(seen) is seen


def test_an_empty_secret_is_none() -> None:
    assert Masker(["", "x"]).text("x and nothing") == "x and nothing"
