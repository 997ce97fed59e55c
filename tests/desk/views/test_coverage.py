"""An account that has not answered is not one whose list is incomplete, and the other way round."""

from __future__ import annotations

import pytest

from app.desk.state import AccountState, Doubt
from app.desk.views.coverage import ids_named, incomplete_words, is_incomplete
from app.domain.amendment import Source
from tests.helpers.toy_venue import T0

DOUBT = Doubt(T0, Source.LISTING, "its price is below zero (-5)")


@pytest.mark.parametrize(
    "answered, complete, unreadable, words",
    [
        (0, True, (), ""),
        (0, False, (), ""),
        (T0, True, (), ""),
        (T0, False, (), "incomplete: orders may rest at the venue that are not shown, look there"),
        (T0, True, ("a",), "incomplete: 1 order unreadable (a)"),
        (T0, True, ("a", "b"), "incomplete: 2 orders unreadable (a, b)"),
        (0, True, ("a", ""), "incomplete: 2 orders unreadable (a, no readable id)"),
        (
            T0,
            False,
            ("a",),
            "incomplete: 1 order unreadable (a); orders may rest at the venue that are not shown, look there",
        ),
    ],
)
def test_what_an_account_lacks(answered: int, complete: bool, unreadable: tuple[str, ...], words: str) -> None:
    account = AccountState("toy", "toy", answered_at=answered, list_complete=complete)
    account.unreadable = dict.fromkeys(unreadable, DOUBT)
    assert incomplete_words(account) == words
    assert is_incomplete(account) is bool(words)


def test_of_many_ids_the_first_are_named() -> None:
    assert ids_named([str(number) for number in range(9)]) == "0, 1, 2, 3, 4, 4 more"


def test_an_id_that_cannot_be_read_is_named_in_short() -> None:
    assert ids_named(["x" * 1_000_000, ""]) == f"{'x' * 79}…, no readable id"
