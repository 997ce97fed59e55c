"""Reading of what a person looks for, from what they typed or pasted. Pure; the zone comes from whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from app.desk.finding.words import number_of
from app.domain.order import OrderStatus, Side

#: A text that is longer, or has such a character in it, was pasted: whatever id stands in it is looked for.
MOST_TYPED = 120
_PASTED = re.compile(r"[{}\[\]\"'\n\r=;,]|: ")

#: Parts of a pasted text that may be ids, and how many of them are looked at.
_TOKEN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.:+-]*[A-Za-z0-9])?")
MOST_TOKENS, _SHORTEST = 5_000, 3

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE)

_STATES: dict[str, frozenset[str]] = {each.value.replace("_", " "): frozenset({each.value}) for each in OrderStatus}
_STATES |= {
    "open": frozenset(each.value for each in OrderStatus if not each.is_terminal),
    "ended": frozenset(each.value for each in OrderStatus if each.is_terminal),
    "canceled": frozenset({OrderStatus.CANCELLED.value}),
    "partial": frozenset({OrderStatus.PARTIALLY_FILLED.value}),
    "partially": frozenset({OrderStatus.PARTIALLY_FILLED.value}),
}


class QueryError(ValueError):
    """Nothing that can be looked for; one sentence that says what to write."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Times that a person may mean, as (first, end) in nanoseconds since 1970 UTC, the end not included.

    Attributes:
        text: as it was written.
        day: midnight of the day that was named, None where none was: then each day's time is meant.
    """

    text: str
    day: date | None
    start: timedelta
    length: timedelta
    zone: tzinfo

    def within(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Return the spans that lie between two moments, the newest first."""
        days = [self.day] if self.day is not None else _days(first, last, self.zone)
        for day in reversed(days):
            begin = _instant(day, self.start, self.zone)
            end = begin + self.length // timedelta(microseconds=1) * 1_000
            if end > first and begin <= last:
                yield begin, end


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question, and what it may be.

    Attributes:
        text: as it was written. number: in its shortest form, "" for none.
        side, states: of orders, where the word means one; "" and empty otherwise.
    """

    text: str
    number: str = ""
    side: str = ""
    states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """A question: an order must fit each term and one of the times; of what was pasted, any id.

    Attributes:
        text: as it was asked.
        pasted: the parts of a pasted text that may be ids; then there are no terms and no times.
    """

    text: str
    terms: tuple[Term, ...] = ()
    times: Spans | None = None
    pasted: tuple[str, ...] = ()


def read(text: str, zone: tzinfo) -> Query:
    """Read what is looked for.

    Args:
        text: as typed or pasted.
        zone: of a time that is written without one.

    Raises:
        QueryError: if there is nothing in it, or a day or a time that does not exist.
    """
    asked = " ".join(text.split())
    if not asked:
        raise QueryError("Nothing is looked for; write a part of an id, a symbol, a price, a side or a time.")
    if len(text.strip()) > MOST_TYPED or _PASTED.search(text.strip()):
        tokens = dict.fromkeys(each[0] for each in _TOKEN.finditer(text) if len(each[0]) >= _SHORTEST)
        if not tokens:
            raise QueryError("No word of what was pasted can be an id; paste more of it.")
        return Query(asked, pasted=tuple(tokens)[:MOST_TOKENS])
    day, clock, terms, told = None, None, list[Term](), list[str]()
    for word in asked.split(" "):
        one_day, one_clock = _moment(word)
        if (one_day is None and one_clock is None) or (day and one_day) or (clock and one_clock):
            terms.append(_term(word))
            continue
        day, clock = one_day or day, one_clock or clock
        told.append(word)
    return Query(asked, tuple(terms), _spans(" ".join(told), day, clock, zone))


def _term(word: str) -> Term:
    low = word.lower()
    side = low if low in {each.value for each in Side} else ""
    return Term(word, number_of(word), side, _STATES.get(low, frozenset()))


def _moment(word: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The day and the time of day that a word is, where it is one, or both."""
    if (both := re.split(r"[Tt]", word, maxsplit=1)) and len(both) == 2:
        day, clock = _DAY.fullmatch(both[0]), _CLOCK.fullmatch(both[1])
        return (day, clock) if day and clock else (None, None)
    return _DAY.fullmatch(word), _CLOCK.fullmatch(word)


def _spans(text: str, day: re.Match[str] | None, clock: re.Match[str] | None, zone: tzinfo) -> Spans | None:
    if day is None and clock is None:
        return None
    on = None
    if day is not None:
        try:
            on = date(*map(int, day.groups()))
            _instant(on, timedelta(), zone)
        except (ValueError, OverflowError):
            raise QueryError(f"There is no day {day[0]}; write it as in 2026-11-21.") from None
    if clock is None:
        return Spans(text, on, timedelta(), timedelta(days=1), zone)
    hours, minutes, seconds, named = clock.groups()
    if int(hours) > 23 or int(minutes) > 59 or int(seconds or 0) > 59:
        raise QueryError(f"There is no {clock[0]} in a day; write it as in 10:31 or 10:31:05.")
    start = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return Spans(text, on, start, _SECOND if seconds else _MINUTE, _zone(named) if named else zone)


def _zone(named: str) -> tzinfo:
    if named.upper() == "Z":
        return UTC
    moment = datetime.strptime(named.replace(":", ""), "%z").tzinfo
    assert moment is not None
    return moment


def _instant(day: date, start: timedelta, zone: tzinfo) -> int:
    """A time of day on a day, in nanoseconds since 1970 UTC. Of an hour that comes twice it is the first one."""
    moment = datetime(day.year, day.month, day.day, tzinfo=zone) + start
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000


def _days(first: int, last: int, zone: tzinfo) -> list[date]:
    one = (_EPOCH + timedelta(microseconds=first // 1_000)).astimezone(zone).date()
    other = (_EPOCH + timedelta(microseconds=last // 1_000)).astimezone(zone).date()
    return [one + timedelta(days=number) for number in range((other - one).days + 1)]
