"""Venue rules as facts with a source: what a locked field quotes when it says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """Certainty of a venue fact."""

    DOCUMENTED = "documented"
    CLIENT_CODE = "seen in public client code"
    INFERRED = "inferred"
    UNKNOWN = "not documented"


@dataclass(frozen=True, slots=True)
class Rule:
    """One fact about a venue, in our own words.

    Attributes:
        code: stable name such as "bitso.stop.untriggered-only".
        statement: the rule in one or two sentences.
        document: title of the page or thread it comes from.
        url: its public address, "" if none.
        read_on: ISO date on which it was read.
        confidence: how well it is known.
        conflict: a known contradiction between sources, stated; "" if none.
        way_round: what a person can do instead, "" if nothing.
    """

    code: str
    statement: str
    document: str
    url: str
    read_on: str
    confidence: Confidence
    conflict: str = ""
    way_round: str = ""


@dataclass(frozen=True, slots=True)
class RuleWriter:
    """Writes the rules of one venue: its name begins their codes, and all were read on one ISO date."""

    venue: str
    read_on: str

    def __call__(
        self,
        code: str,
        statement: str,
        source: tuple[str, str],
        confidence: Confidence = Confidence.DOCUMENTED,
        conflict: str = "",
        way_round: str = "",
    ) -> Rule:
        """One rule; `code` is its name within the venue, `source` the title and the address of a document."""
        title, url = source
        return Rule(f"{self.venue}.{code}", statement, title, url, self.read_on, confidence, conflict, way_round)
