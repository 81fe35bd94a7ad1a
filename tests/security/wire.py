"""Requests as they go over the wire, also those that no library would send."""

from __future__ import annotations

import re
import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.serving import Site

#: What an answer must not hold: a trace, a path of this machine, a name of a class of Python.
TRACE = re.compile(rb"Traceback|File \"/|site-packages|\.py\", line|Error: |Exception\b")
_TIMEOUT = 60.0
_MOST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer: status 0 when the server hung up without one."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        """Value of a header."""
        found = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*(.*?)\r$", self.head)
        return found[1].decode("latin-1") if found else None


def ask(
    site: Site, method: str, target: str | bytes, headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Raw:  # fmt: skip
    """One request with a connection of its own; the target goes out as it is."""
    address = urlsplit(site.url)
    known = {"Host": address.netloc, **(headers or {}), "Connection": "close"}
    if body:
        known["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in known.items())
    path = target if isinstance(target, bytes) else target.encode("utf-8", "surrogatepass")
    request = method.encode() + b" " + path + b" HTTP/1.1\r\n" + lines.encode() + b"\r\n" + body
    received = b""
    with socket.create_connection((address.hostname, address.port), _TIMEOUT) as connection:
        try:
            connection.sendall(request)
            while len(received) < _MOST and (piece := connection.recv(65_536)):
                received += piece
        except ConnectionError:
            pass  # refused before it was all sent
    head, _, content = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3})", head)
    return Raw(int(status[1]) if status else 0, head + b"\r\n", content)


def resident_bytes(metrics_port: int) -> float:
    """Memory of the server's process, from its own measurements."""
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    found = re.search(r"^process_resident_memory_bytes (\S+)", text, re.MULTILINE)
    assert found, "the process does not measure its memory"
    return float(found[1])
