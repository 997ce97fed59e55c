"""Whatever the scripts share: the practice account's addresses and keys, a count of calls, and a door with TLS.

Runs in a client's own environment, so it imports the standard library alone.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

_SECONDS = 20


class Calls:
    """Counts what was called, and what came back as it should."""

    def __init__(self) -> None:
        self._count = 0

    def ok(self, name: str, good: object = True) -> None:
        """Note one call; end the script if it did not do what it should."""
        if not good:
            sys.exit(f"{name} came back as {good!r}")
        self._count += 1

    def end(self) -> None:
        """Say how many there were; the table reads it."""
        sys.stdout.write(f"{self._count} calls\n")


def configuration() -> dict[str, Any]:
    """The configuration that `redline practice` wrote, named by the first argument."""
    return tomllib.loads(Path(sys.argv[1]).read_text("utf-8"))


def account(venue: str) -> tuple[dict[str, str], dict[str, str]]:
    """Addresses and keys of a venue's account."""
    found = next(each for each in configuration()["account"] if each["venue"] == venue)
    return found["addresses"], found["credentials"]


async def soon(check: Callable[[], object], what: str) -> None:
    """Wait for something that is sure to happen."""
    for _ in range(_SECONDS * 50):
        if check():
            return
        await asyncio.sleep(0.02)
    sys.exit(f"it never happened: {what}")


def behind_tls(*addresses: str) -> list[str]:
    """Host and port of a door with TLS before each address, for a client that knows no other.

    The certificate is made now, and the libraries a client is made of are told to trust it.
    """
    folder = Path(tempfile.mkdtemp(prefix="redline-clients-"))
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    for name in ("REQUESTS_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"):
        os.environ[name] = str(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return [_door(urlsplit(address), context) for address in addresses]


def _door(target: SplitResult, context: ssl.SSLContext) -> str:
    ports: list[int] = []
    opened = threading.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    async def serve() -> None:
        server = await asyncio.start_server(carry, "localhost", 0, ssl=context)
        ports.append(server.sockets[0].getsockname()[1])
        opened.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    opened.wait(_SECONDS)
    return f"localhost:{ports[0]}"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
