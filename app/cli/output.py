"""Output of the verbs: answers on standard output, sentences on standard error; both pushed out at once.

Pushed out at once, because what still lies in a buffer when the interpreter ends can change the exit code, and the
exit code of `amend` is what became of an order.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def answer(text: str) -> bool:
    """Print an answer.

    A reader that has stopped reading (`| head`) changes nothing of what a verb did, and is no error.

    Returns:
        Whether it is written or nobody wants it; False if it could not be written, which has been said then.
    """
    try:
        _write(sys.stdout, text)
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        tell(f"The answer could not be written ({error.strerror or error}).")
        return False
    return True


def tell(sentence: str) -> None:
    """Say one sentence to the person; without a standard error there is nobody to tell."""
    try:
        _write(sys.stderr, f"redline: {sentence}")
    except OSError:
        _silence(sys.stderr)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return  # closed before we started
    if isinstance(stream, io.TextIOWrapper):
        # A terminal without Unicode shows “→” as its escape; failing there would hide an outcome.
        stream.reconfigure(errors="backslashreplace")
    print(text, file=stream, flush=True)


def _silence(stream: TextIO | None) -> None:
    """Let what is left in the buffer of a dead stream go nowhere when the interpreter ends."""
    if stream is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
