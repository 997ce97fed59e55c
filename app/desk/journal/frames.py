"""Bytes that SQLite keeps beside a segment: the frames of its log, and how many of them its index counts.

A start reads the log up to the first frame that does not hold, and takes what follows for never written. So one byte
that somebody else wrote into the log costs every record behind it, and a ticket that runs on would never notice.
https://www.sqlite.org/fileformat2.html, section 4, and https://www.sqlite.org/walformat.html, section 2.2.
"""

from __future__ import annotations

import os
import struct
from array import array
from sys import byteorder

#: First four bytes of a log, by the byte order of its sums.
MAGIC = {b"\x37\x7f\x06\x82": "little", b"\x37\x7f\x06\x83": "big"}

_HEAD, _FRAME_HEAD = 32, 24

#: How many bytes the index begins with; while they are empty, SQLite makes all of it anew from the log.
INDEX_HEAD = 136

#: Where the index counts the frames, as a number of this machine.
_COUNT_AT = 16


def frames_counted(index: int) -> int:
    """Return how many frames of its log an open index counts; 0 where it counts none."""
    return int.from_bytes(os.pread(index, 4, _COUNT_AT), byteorder)


def hold(log: int, frames: int) -> bool:
    """Return True if a start would read so many frames, at least, of an open log."""
    if frames == 0:
        return True
    head = os.pread(log, _HEAD, 0)
    order = MAGIC.get(head[:4])
    if len(head) < _HEAD or order is None:
        return False
    size, salts = int.from_bytes(head[8:12]), head[16:24]
    sums = _summed(head[:24], (0, 0), order)
    if sums != struct.unpack(">II", head[24:]):
        return False
    for number in range(frames):
        frame = os.pread(log, _FRAME_HEAD + size, _HEAD + number * (_FRAME_HEAD + size))
        sums = _summed(frame[:8] + frame[_FRAME_HEAD:], sums, order)
        if len(frame) < _FRAME_HEAD + size or frame[8:16] != salts or sums != struct.unpack(">II", frame[16:24]):
            return False
    return True


def _summed(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    words = array("I", data[: len(data) // 8 * 8])
    if order != byteorder:
        words.byteswap()
    first, second = sums
    for one, two in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
