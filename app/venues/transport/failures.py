"""Two ways a request can fail, told apart by the one question that decides what a person is told."""

from __future__ import annotations


class NotSent(Exception):
    """Nothing of the request reached the socket, for certain; the message is one sentence for the person."""


class Unanswered(Exception):
    """The request may have left and no whole answer came; the message is one sentence for the person."""
