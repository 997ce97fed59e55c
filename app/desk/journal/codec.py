"""Values to exact JSON and back, generically from their type hints: what the journal writes and the fold reads.

* A dataclass is an object with its fields by name. A field the text lacks takes its default, so a record written before
  the field existed still reads; a field the class does not know is an error, because a newer or renamed shape needs a
  migration and must not be dropped in silence. Fields that were removed on purpose stand in `RETIRED`.
* A `Decimal` is a text with its own digits, sign and exponent, so that reading gives the very same value ("1.50" stays
  "1.50"). Where a field may also hold a plain text, the decimal is marked: `{"decimal": "1.50"}`.
* An enum is its value; a tuple, list or deque an array; a mapping an array of [key, value] pairs in its own order; a
  frozen set a sorted array.
* A field whose metadata says `UNKEPT` is not written and comes back as its default: market data and the copy of the
  wire that the window keeps are no part of what the journal must give back.
"""

from __future__ import annotations

import json
import types
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from app.domain import events as ev

T = TypeVar("T")

#: Turns a value into something JSON has, or back; None where the value passes as it is.
Converter = Callable[[Any], Any] | None

#: A dataclass's field names, a getter of all of them, and the fields that need a step.
_Writer = tuple[tuple[str, ...], Callable[[Any], Any], tuple[tuple[str, Callable[[Any], Any]], ...]]

#: Fields that older records have and nothing reads any more, by class: they are left out when a record is read.
RETIRED: Mapping[str, frozenset[str]] = {
    "AmendmentRefused": frozenset({"order_gone", "order_cancelled"}),
    "EvidencePolicy": frozenset({"push_confirms"}),
    "OrderSeen": frozenset({"changed", "sequence"}),
    "Profile": frozenset({"amend_calls"}),
}

#: Every event class by the name its records carry.
EVENTS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(ev.Event)}

_MARK = "decimal"


class CodecError(ValueError):
    """A text that is not the value it should be; the message names the class and what is wrong."""


def dumps(value: object) -> str:
    """The value as one line of JSON.

    Raises:
        TypeError: for a value of a type no record holds, such as bytes.
    """
    return _text(value)


def loads(kind: type[T], text: str) -> T:
    """The value of that class in a text.

    Raises:
        CodecError: if the text is not JSON or does not describe such a value.
    """
    try:
        plain = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
        return cast(T, _reader(cast(Any, kind))(plain))
    except CodecError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError) as error:
        raise CodecError(f"This is no {kind.__name__}: {error}") from error


def _no_float(text: str) -> Any:
    raise CodecError(f"{text} is a binary fraction; the journal writes none.")


# -- writing ---------------------------------------------------------------------------------------------------------


def _default(value: object) -> object:
    """Return what `json` can write, called for each value it meets that is not text, number, flag, list or mapping."""
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        names, getter, steps = _writer(type(value))
        found = dict(zip(names, getter(value), strict=True))
        for name, step in steps:
            found[name] = step(found[name])
        return found
    if isinstance(value, deque):
        return list(value)
    raise TypeError(f"No record holds a {type(value).__name__}.")


# ASCII only: a venue's text may hold half of a surrogate pair, which UTF-8 cannot carry and an escape can.
_JSON = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_default)


def _text(value: Any) -> str:
    """Return what `_JSON` writes of a value, sooner: most of it are the fields of dataclasses, one after the other."""
    kind = type(value)
    known = _KNOWN.get(kind)
    if known is not None:
        return known(value)
    if kind is tuple or kind is list:
        return f"[{','.join(map(_text, value))}]"
    if is_dataclass(kind):
        known = _KNOWN[kind] = _fields_writer(kind)
        return known(value)
    if issubclass(kind, StrEnum):
        known = _KNOWN[kind] = {each: _quoted(each.value) for each in kind}.__getitem__
        return known(value)
    return _JSON.encode(value)


_quoted = json.encoder.encode_basestring_ascii

#: How values of a type are written; classes come as they are met.
_KNOWN: dict[type[Any], Callable[[Any], str]] = {
    str: _quoted,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
    Decimal: '"{}"'.format,
}


def _fields_writer(kind: type[Any]) -> Callable[[Any], str]:
    names, getter, steps = _writer(cast(Any, kind))
    heads = tuple(f"{',' if place else '{'}{_quoted(name)}:" for place, name in enumerate(names))
    by_name = dict(steps)
    ways = tuple(by_name.get(name) for name in names)
    found = _KNOWN.get

    def write(value: Any) -> str:
        parts: list[str] = []
        for head, way, item in zip(heads, ways, getter(value), strict=True):
            parts.append(head)
            if way is not None:
                item = way(item)
            known = found(type(item))
            parts.append(_text(item) if known is None else known(item))
        parts.append("}")
        return "".join(parts)

    return write if names else lambda value: "{}"


@cache
def _writer(kind: type[Any]) -> _Writer:
    """Return how a dataclass is written."""
    names = tuple(each.name for each in fields(kind) if each.metadata.get("kept", True))
    hints = get_type_hints(kind)
    steps = tuple((name, step) for name in names if (step := _encoder(hints[name])) is not None)
    if len(names) == 1:
        one = attrgetter(names[0])
        return names, lambda value: (one(value),), steps
    return names, attrgetter(*names), steps


def _encoder(hint: Any) -> Converter:
    """The step for a type that `json` and `_default` would not write readably, None where they do."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        members = [each for each in arguments if each is not type(None)]
        return _mark if len(members) > 1 else _optional(_encoder(members[0]))
    if origin is dict:
        return _pairs(*(_encoder(each) for each in arguments))
    if origin is frozenset:
        return lambda value: sorted(value)
    if origin is tuple and Ellipsis not in arguments:
        steps = [_encoder(each) for each in arguments]
        if any(steps):
            return lambda value: [item if step is None else step(item) for item, step in zip(value, steps, strict=True)]
        return None
    if origin in (tuple, list, deque):
        return _each(list, _encoder(arguments[0]))
    return None


def _optional(inner: Converter) -> Converter:
    return None if inner is None else lambda value: None if value is None else inner(value)


def _each(container: Callable[[Any], Any], inner: Converter) -> Converter:
    return None if inner is None else lambda value: container(map(inner, value))


def _pairs(key: Converter, item: Converter) -> Callable[[Any], Any]:
    def step(mapping: Any) -> Any:
        return [
            [name if key is None else key(name), value if item is None else item(value)]
            for name, value in mapping.items()
        ]

    return step


def _mark(value: Any) -> Any:
    return {_MARK: str(value)} if isinstance(value, Decimal) else value


# -- reading ---------------------------------------------------------------------------------------------------------


@cache
def _decoder(hint: Any) -> Converter:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union_decoder([each for each in arguments if each is not type(None)])
    if hint is Decimal:
        return _decimal
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        return _reader(hint)
    if origin is dict:
        return _dict_decoder(*(_decoder(each) for each in arguments))
    if origin is tuple and Ellipsis not in arguments:
        steps = [_decoder(each) for each in arguments]
        return lambda value: tuple(
            item if step is None else step(item) for item, step in zip(value, steps, strict=True)
        )
    if origin in (tuple, list, deque, frozenset):
        return _each(origin, _decoder(arguments[0])) or origin
    if hint in (str, int, bool):
        return None
    raise TypeError(f"No record holds a {hint}.")


def _union_decoder(members: list[Any]) -> Converter:
    if len(members) == 1:
        return _optional(_decoder(members[0]))
    if not set(members) <= {Decimal, str, int, bool}:
        raise TypeError(f"A record cannot tell {members} apart.")
    return lambda value: _decimal(value[_MARK]) if isinstance(value, dict) else value


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise CodecError(f"A decimal is written as a text, not as {value!r}.")
    return Decimal(value)


def _dict_decoder(key: Converter, item: Converter) -> Callable[[Any], Any]:
    def step(pairs: Any) -> Any:
        return {name if key is None else key(name): value if item is None else item(value) for name, value in pairs}

    return step


@cache
def _reader(kind: type[Any]) -> Callable[[Any], Any]:
    """Return how a dataclass is read; made on first use, so that classes may name each other."""
    reader: list[Callable[[Any], Any]] = []

    def read(value: Any) -> Any:
        if not reader:
            reader.append(_make_reader(kind))
        return reader[0](value)

    return read


def _make_reader(kind: type[Any]) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    known = {each.name for each in fields(kind)}
    retired = RETIRED.get(kind.__name__, frozenset())
    steps = {name: step for name in known if (step := _decoder(hints[name])) is not None}
    # A bounded deque keeps its bound: it is filled into the one the class itself makes.
    bounded = {
        each.name: each.default_factory
        for each in fields(kind)
        if get_origin(hints[each.name]) is deque and each.default_factory is not MISSING
    }

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise CodecError(f"A {kind.__name__} is written as an object.")
        if not value.keys() <= known:
            value = {name: item for name, item in value.items() if name not in retired}
            if unknown := value.keys() - known:
                raise CodecError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}.")
        for name, step in steps.items():
            if name in value:
                value[name] = step(value[name])
        for name, factory in bounded.items():
            if name in value:
                kept = factory()
                kept.extend(value[name])
                value[name] = kept
        return kind(**value)

    return read
