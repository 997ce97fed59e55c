"""A venue on loopback that repeats whatever it is told, as a test server or a proxy in front of one may."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import html
import json
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

#: Coats in which an answer repeats a request.
COATS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "url": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "html": html.escape,
    "escaped": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
}


def answer_to(asked: str, coat: str) -> str:
    """An error as one of many venues may write it, with the request in every field of words."""
    said = COATS[coat](asked)
    row = {"code": "40001", "message": said, "reason": said}
    words = dict.fromkeys(("msg", "message", "errormsg", "detail", "n"), said)
    rest = {"success": False, "code": "40001", "event": "error", "error": row, "err": row, "m": 5, "i": 2, "data": None}
    return json.dumps(words | rest | {"o": json.dumps(row)})


@contextlib.asynccontextmanager
async def echoing(status: int, coat: str, *, sockets: str = "answers") -> AsyncIterator[tuple[int, int]]:
    """Serve by HTTP and by socket; gives the two ports.

    Args:
        status: of every answer by HTTP.
        coat: of every answer.
        sockets: "answers" each message with what was said so far, "closes" with it as the reason of the close,
            "refuses" the handshake with it.
    """
    writers: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next(
                    (int(each[15:]) for each in head.lower().split("\r\n") if each[:15] == "content-length:"), 0
                )
                asked = head + (await reader.readexactly(length)).decode("latin-1")
                body = answer_to(asked, coat).encode()
                writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()

    def greet(connection: ServerConnection, request: Request) -> Response | None:
        if sockets != "refuses":
            return None
        return connection.respond(403, answer_to(_head(request), coat))

    async def repeat(connection: ServerConnection) -> None:
        said = _head(connection.request)
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                said += str(message)
                if sockets == "closes":
                    await connection.close(4001, COATS[coat](str(message))[:120])
                    return
                await connection.send(answer_to(said, coat))

    by_http = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 20)
    async with serve(repeat, "127.0.0.1", 0, process_request=greet, max_size=None) as by_socket:
        try:
            yield by_http.sockets[0].getsockname()[1], by_socket.sockets[0].getsockname()[1]
        finally:
            by_http.close()
            for writer in writers:
                writer.transport.abort()
            await by_http.wait_closed()


def _head(request: Request | None) -> str:
    return "" if request is None else f"{request.path} {dict(request.headers.raw_items())}"
