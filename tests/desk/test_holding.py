"""What holds an account back: the whole ticket, or the account alone, which cancels nothing either."""

from __future__ import annotations

import pytest

from app.desk.accounts import parted
from app.desk.desk import DeskError
from app.desk.holding import STOPPED, read_only_words
from app.domain.account import Account, Environment
from app.domain.limits import Limits
from app.venues import registry
from tests.helpers.paper_desk import D, PaperDesk, bitso_buy


def test_the_ticket_stands_before_the_account() -> None:
    assert read_only_words("a", whole=False, accounts={"b"}) == ""
    assert read_only_words("a", whole=True, accounts={"a"}).startswith("The ticket is read-only")
    assert read_only_words("a", whole=False, accounts={"a"}).startswith("The account a is read-only; release it")


def test_a_read_only_account_cancels_nothing_and_the_others_are_free() -> None:
    paper = PaperDesk("bitso", "qfex")
    key = bitso_buy(paper)
    paper.desk.read_only_accounts.add("bitso")
    with pytest.raises(DeskError, match="The account bitso is read-only"):
        paper.desk.cancel(key)
    assert paper.desk.holds_back("qfex") == ""
    paper.desk.stopped = True
    assert paper.desk.holds_back("bitso") == paper.desk.holds_back("qfex") == STOPPED


def test_each_part_of_a_login_has_the_limits_and_the_switch_of_its_account() -> None:
    own = Limits(hard_size=D(3))
    profile = registry.load({"alphapoint"})["alphapoint"].profile
    login = Account(
        "Ours", "alphapoint", Environment.LIVE, switches={"account_id": "9, 12"}, limits=own, read_only=True
    )
    assert [(each.name, each.limits, each.read_only) for each in parted(login, profile)] == [
        ("Ours-9", own, True),
        ("Ours-12", own, True),
    ]


def test_an_account_without_limits_of_its_own_has_those_of_all() -> None:
    general = Limits(hard_size=D(7))
    assert PaperDesk("bitso", "qfex", limits=general).desk.limits == {"bitso": general, "qfex": general}
    assert PaperDesk("bitso").desk.limits == {"bitso": Limits()}
