"""The desk's own limits at the verbs: a soft one asks for `--confirm`, a hard one is bad input even so."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.conftest import Practice

ORDER = "qlbga6b600n3xta7"

LIMITS = """
[limits]
soft_growth = "1.05"
hard_growth = "1.2"
repeat_within = "600"
hard_notional = "90000000"
"""


def configured(practice: Practice, more: str = "", bitso: str = "") -> Path:
    """The practice venues' configuration with limits."""
    path = practice.config
    text = path.read_text()
    name = 'name = "Bitso practice"\n'
    assert name in text
    path.write_text(text.replace(name, name + bitso) + LIMITS + more)
    return path


def sent(practice: Practice) -> int:
    return len(practice.tell("bitso/requests?operation=amend"))


def test_a_soft_limit_asks_for_confirm_and_a_hard_one_cannot_be_confirmed(practice: Practice) -> None:
    configured(practice)
    hard = practice.run("amend", ORDER, "quantity=1.25", "--confirm")
    assert (hard.code, "this account refuses more than 1.2 times" in hard.err) == (2, True), hard.err
    soft = practice.run("amend", ORDER, "quantity=1.1")
    assert (soft.code, sent(practice)) == (2, 0)
    assert soft.err.endswith("is 1.1 times the order's size now. Add --confirm to send it.\n")
    first = practice.run("amend", ORDER, "price=119000", "--json")
    assert (first.code, first.json["stage"]) == (0, "confirmed"), first.err
    assert first.json["environment"] == first.json["order"]["environment"] == "practice"
    plain = practice.run("amend", ORDER, "price=119500")
    assert (plain.code, plain.out.startswith("PRACTICE  Bitso practice  btc_usd buy  ")) == (0, True)
    again = practice.run("amend", ORDER, "price=119000")
    assert again.code == 2
    assert practice.run("preview", ORDER, "price=119400").out.startswith("PRACTICE  Bitso practice  ")
    assert "The same change of this order was asked for " in again.err, "another run remembers it"
    assert f"({first.json['amendment']}, which was confirmed)." in again.err
    assert again.err.rstrip().endswith("Add --confirm to send it.")

    assert sent(practice) == 2
    confirmed = practice.run("amend", ORDER, "price=119000", "--confirm")
    assert (confirmed.code, sent(practice)) == (0, 3)


def test_a_read_only_account_sends_nothing_and_says_how_to_end_it(practice: Practice) -> None:
    configured(practice, bitso="read_only = true\n")
    done = practice.run("amend", ORDER, "price=119000", "--confirm")
    assert (done.code, sent(practice)) == (4, 0)
    assert (
        "The account “Bitso practice” is read-only; release it in the menu of its card, or write read_only = false"
        in done.err
    )
