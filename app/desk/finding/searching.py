"""Searching an index: which orders a question means, the likeliest first, and the moment each was found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from app.desk.finding.index import MINUTE, Index
from app.desk.finding.query import Query, Spans, Term
from app.desk.finding.words import IDS, Kind

#: Orders that one word may lead to before only the latest of them are looked at.
_MOST = 20_000

#: Numbers in one question to the index.
_AT_ONCE = 500

_KINDS = ", ".join(f"'{each.value}'" for each in IDS)
_COLUMNS = "num, account, symbol, market, side, state, price, rest, is_over, first_seq, first_at, last_seq, last_at"


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the journal: its number, and its time in nanoseconds since 1970 UTC."""

    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class Match:
    """Reason why an order was found: the kind of word, the word, and where it was told first."""

    kind: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """An order that was found.

    Attributes:
        account: configured name.
        ids: every order id it has had, oldest first.
        symbol, market, side, state, price, left: as last told, "" where nobody told.
        is_over: whether it works no more, as far as the record tells.
        first, last: where the record names it first, and where it told something new of it last.
        matches: why it was found.
        rank: how well it fits; a lower one fits better.
    """

    account: str
    ids: tuple[str, ...]
    symbol: str
    market: str
    side: str
    state: str
    price: str
    left: str
    is_over: bool
    first: Place
    last: Place
    matches: tuple[Match, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Orders that were found, the likeliest first; `more` tells whether there are others."""

    found: tuple[Found, ...]
    more: bool = False


#: How well an order fits a word: its own id, the end of one, the beginning, a part, or something else.
EXACT, _END, _BEGINNING, _PART, _OTHER = range(5)

#: An order's number, how well it fits, and why.
_Hits = dict[int, tuple[int, Match]]


def search(index: Index, query: Query, most: int, account: str | None = None, since: int = 0) -> Answer:
    """Search for the orders that a question means.

    Args:
        index: brought up to date.
        query: what is looked for.
        most: how many are told.
        account: only orders of this one; None for any.
        since: only orders that something new was told of since, nanoseconds since 1970 UTC.
    """
    return _Search(index, query, account, since).answer(most)


class _Search:
    def __init__(self, index: Index, query: Query, account: str | None, since: int) -> None:
        self._index, self._query = index, query
        self._account, self._since = account, since

    def _passes(self, row: _Row) -> bool:
        return self._account in (None, row[1]) and row[12] >= self._since

    @cached_property
    def _symbols(self) -> list[str]:
        # One step from each symbol to the next: all of them without a look at all orders.
        found: list[str] = [""]
        while rows := self._index.ask("SELECT symbol FROM known WHERE symbol > ? ORDER BY symbol LIMIT 1", found[-1]):
            found.append(rows[0][0])
        return found[1:]

    @cached_property
    def _accounts(self) -> list[str]:
        return [each for (each,) in self._index.ask("SELECT DISTINCT account FROM known")]

    def answer(self, most: int) -> Answer:
        if self._query.pasted:
            return self._told(self._pasted(), most)
        spans, hits = self._query.times, [_Wanted(term, *self._by_word(term)) for term in self._query.terms]
        times = self._by_time(spans) if spans is not None else {}
        narrow = [set(each.hits) for each in hits if not each.is_open]
        if spans is not None:
            narrow.append(set(times))
        rows = self._rows_of(set.intersection(*narrow)) if narrow else self._open_rows(hits, most)
        found: _Ranked = []
        for row in rows:
            fits = [fit for each in hits if (fit := each.fit(row)) is not None]
            if len(fits) < len(hits) or not self._passes(row):
                continue
            why = [fit[1] for fit in fits if fit[1] is not None]
            if spans is not None:
                why.append(Match("time", spans.text, times[row[0]]))
            found.append((min((fit[0] for fit in fits), default=_OTHER), row, tuple(why)))
        return self._told(found, most)

    # -- by words ------------------------------------------------------------------------------------------------------

    def _by_word(self, term: Term) -> tuple[_Hits, frozenset[str], frozenset[str]]:
        """The orders an id or a price leads to, and the symbols and accounts that a word may mean."""
        low, hits = term.text.lower(), _Hits()
        if term.number:
            for num, seq, at in self._index.ask(
                f"SELECT num, seq, at FROM word WHERE text=? AND kind=? ORDER BY seq DESC LIMIT {_MOST}",
                term.number,
                Kind.PRICE,
            ):
                hits[num] = (_OTHER, Match(Kind.PRICE, term.number, Place(seq, at)))
        for text, kind, num, seq, at in self._ids_with(term.text):
            rank = _rank(low, text.lower())
            if num not in hits or rank < hits[num][0]:
                hits[num] = (rank, Match(kind, text, Place(seq, at)))
        symbols = frozenset(each for each in self._symbols if low in each.lower()) if low else frozenset()
        accounts = frozenset(each for each in self._accounts if low in each.lower())
        if "/" in term.text:
            # An order as it is named in a line: account/id.
            last = term.text.rpartition("/")[2]
            for text, kind, num, seq, at in self._ids_with(last) if last else []:
                hits.setdefault(num, (_rank(last.lower(), text.lower()), Match(kind, text, Place(seq, at))))
        return hits, symbols, accounts

    def _ids_with(self, text: str) -> list[tuple[str, str, int, int, int]]:
        """The ids that are a text or have it in them: text, kind, order, row and time of each."""
        columns = "word.text, word.kind, word.num, word.seq, word.at"
        exact = self._index.ask(f"SELECT {columns} FROM word WHERE text=? AND kind IN ({_KINDS}) LIMIT {_MOST}", text)
        if self._index.has_parts and len(text) >= 3:
            quoted = '"' + text.replace('"', '""') + '"'
            return exact + self._index.ask(
                f"SELECT {columns} FROM part JOIN word ON word.id = part.rowid WHERE part MATCH ? "
                f"ORDER BY part.rowid DESC LIMIT {_MOST}",
                quoted,
            )
        return exact + self._index.ask(
            f"SELECT {columns} FROM word WHERE kind IN ({_KINDS}) AND instr(lower(text), lower(?)) > 0 "
            f"ORDER BY id DESC LIMIT {_MOST}",
            text,
        )

    def _pasted(self) -> _Ranked:
        hits = _Hits()
        tokens = list(self._query.pasted)
        for begun in range(0, len(tokens), _AT_ONCE):
            part = tokens[begun : begun + _AT_ONCE]
            places = ",".join("?" * len(part))
            for text, kind, num, seq, at in self._index.ask(
                f"SELECT text, kind, num, seq, at FROM word WHERE text IN ({places}) AND kind IN ({_KINDS})", *part
            ):
                hits.setdefault(num, (EXACT, Match(kind, text, Place(seq, at))))
        return [(hits[row[0]][0], row, (hits[row[0]][1],)) for row in self._rows_of(hits) if self._passes(row)]

    # -- by time -------------------------------------------------------------------------------------------------------

    def _by_time(self, spans: Spans) -> dict[int, Place]:
        """The orders of which the record told something new in one of the minutes that are meant."""
        ends = self._index.ask("SELECT min(first_at), max(last_at) FROM known")
        first, last = ends[0]
        found: dict[int, Place] = {}
        if first is None or last is None:
            return found
        for begin, end in spans.within(first, last):
            for num, seq, at in self._index.ask(
                f"SELECT num, seq, at FROM touched WHERE minute BETWEEN ? AND ? ORDER BY minute LIMIT {_MOST}",
                begin // MINUTE,
                (end - 1) // MINUTE,
            ):
                found.setdefault(num, Place(seq, at))
            if len(found) >= _MOST:
                break
        return found

    # -- orders --------------------------------------------------------------------------------------------------------

    def _rows_of(self, numbers: Iterable[int]) -> Iterator[_Row]:
        wanted = list(numbers)
        for begun in range(0, len(wanted), _AT_ONCE):
            part = ",".join(map(str, wanted[begun : begun + _AT_ONCE]))
            yield from self._index.ask(f"SELECT {_COLUMNS} FROM known WHERE num IN ({part})")

    def _open_rows(self, hits: list[_Wanted], most: int) -> Iterator[_Row]:
        """The latest orders, where no word narrows them by itself: as many as fit, and no more are looked at."""
        named = next((each for each in hits if each.symbols and not each.hits), None)
        left, where, values = most + 1, "1", list[str]()
        if named is not None:
            where, values = f"symbol IN ({','.join('?' * len(named.symbols))})", sorted(named.symbols)
        offset = 0
        while left > 0:
            rows = self._index.ask(
                f"SELECT {_COLUMNS} FROM known WHERE {where} ORDER BY last_at DESC LIMIT {_MOST} OFFSET {offset}",
                *values,
            )
            for row in rows:
                if self._passes(row) and all(each.fit(row) is not None for each in hits):
                    yield row
                    left -= 1
                    if left <= 0:
                        return
            if len(rows) < _MOST:
                return
            offset += _MOST

    def _told(self, ranked: _Ranked, most: int) -> Answer:
        ranked.sort(key=lambda each: (each[0], -each[1][12], each[1][0]))
        chosen = ranked[:most]
        ids: dict[int, list[str]] = {}
        if chosen:
            numbers = ",".join(str(each[1][0]) for each in chosen)
            for num, text in self._index.ask(
                f"SELECT num, text FROM word WHERE num IN ({numbers}) AND kind=? ORDER BY seq, id", Kind.ORDER
            ):
                ids.setdefault(num, []).append(text)
        found = tuple(
            Found(
                row[1],
                tuple(ids.get(row[0], ())),
                *row[2:8],
                bool(row[8]),
                Place(row[9], row[10]),
                Place(row[11], row[12]),
                matches,
                rank,
            )
            for rank, row, matches in chosen
        )
        return Answer(found, len(ranked) > most)


#: An order as the index has it, by `_COLUMNS`.
_Row = tuple[int, str, str, str, str, str, str, str, int, int, int, int, int]

#: Orders with how well they fit, and why.
_Ranked = list[tuple[int, _Row, tuple[Match, ...]]]


class _Wanted:
    """One word of a question, and what it may mean here."""

    def __init__(self, term: Term, hits: _Hits, symbols: frozenset[str], accounts: frozenset[str]) -> None:
        self.term, self.hits, self.symbols, self.accounts = term, hits, symbols, accounts

    @property
    def is_open(self) -> bool:
        """Return True if it may mean a column, so that its ids are not all it leads to."""
        return bool(self.symbols or self.accounts or self.term.side or self.term.states)

    def fit(self, row: _Row) -> tuple[int, Match | None] | None:
        """Return how well an order fits it, and why where that has a place; None for not at all."""
        if row[0] in self.hits:
            return self.hits[row[0]]
        fits = (
            row[2] in self.symbols
            or row[1] in self.accounts
            or (self.term.side != "" and row[4] == self.term.side)
            or row[5] in self.term.states
        )
        return (_OTHER, None) if fits else None


def _rank(wanted: str, text: str) -> int:
    if wanted == text:
        return EXACT
    if text.endswith(wanted):
        return _END
    return _BEGINNING if text.startswith(wanted) else _PART
