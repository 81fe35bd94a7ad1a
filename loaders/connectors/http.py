"""Asking a public service: politely, patiently, and without giving the key away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

T = TypeVar("T")

#: Answers worth another attempt: too many requests, and failures of the server.
TRANSIENT = frozenset({429, 500, 502, 503, 504})

LONGEST_WAIT = 60.0  # seconds between two attempts, whatever the server asks for
LARGEST_ANSWER = 20_000_000  # bytes

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ServiceError(Exception):
    """The service gave no usable answer; the message never holds the key."""


class TransientError(ServiceError):
    """No usable answer now; another attempt may get one, after ``retry_after`` seconds."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class KeyRefusedError(ServiceError):
    """The service does not know the key, or the key may not use it."""


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the key to another address."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        raise ServiceError(f"the service redirects (HTTP {code}); its address has changed")


def checked_base(url: str) -> str:
    """``url`` without a trailing slash.

    Raises:
        ValueError: neither HTTPS nor plain HTTP on this machine, or more than an address.
    """
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.hostname and (parts.scheme == "https" or local)):
        raise ValueError(f"not an https address: {url}")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("an address without user, query and fragment is wanted")
    return url.rstrip("/")


@dataclass
class Client:
    """Requests one at a time, with a pause between them and attempts that back off.

    Attributes:
        timeout: seconds to wait for an answer.
        attempts: how often one request is made at most.
        pause: least seconds from one request to the next.
        backoff: seconds before the second attempt; doubled for each further one.
        sleep, clock: replaced by tests.
    """

    timeout: float = 20.0
    attempts: int = 4
    pause: float = 0.5
    backoff: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: float | None = None
    _opener: OpenerDirector = field(default_factory=lambda: build_opener(_NoRedirect))

    def get(self, url: str, query: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """What ``read`` makes of the answer to ``url?query``.

        ``read`` may raise `TransientError` for an error that the service wraps in a
        good answer; the request is then repeated like one that failed.

        Raises:
            ServiceError: no usable answer, after all attempts where they make sense.
        """
        wait = self.backoff
        for attempt in range(1, self.attempts + 1):
            try:
                return read(self._once(url, query))
            except TransientError as error:
                if attempt == self.attempts:
                    raise ServiceError(f"{error}, {attempt} times") from None
                self.sleep(min(max(wait, error.retry_after), LONGEST_WAIT))
                wait *= 2
        raise ServiceError("no attempt was allowed")

    def _once(self, url: str, query: Mapping[str, str]) -> bytes:
        if self._last is not None:
            self.sleep(max(0.0, self._last + self.pause - self.clock()))
        self._last = self.clock()
        # the scheme was checked by `checked_base`
        request = Request(f"{url}?{urlencode(query)}", headers={"User-Agent": "testbed-atlas"})  # noqa: S310
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                body: bytes = answer.read(LARGEST_ANSWER + 1)
                announced = answer.headers.get("Content-Length", "")
        except HTTPError as error:
            raise _refusal(error) from None
        except (URLError, OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise TransientError(f"no answer ({type(reason).__name__})") from None
        if len(body) > LARGEST_ANSWER:
            raise ServiceError(f"the answer is larger than {LARGEST_ANSWER} bytes")
        if announced.isdecimal() and len(body) < int(announced):
            raise TransientError("the answer was cut short")
        return body


def _refusal(error: HTTPError) -> ServiceError:
    if error.code in (401, 403):
        return KeyRefusedError(f"the key was refused (HTTP {error.code})")
    if error.code not in TRANSIENT:
        return ServiceError(f"the service answered HTTP {error.code}")
    seconds = error.headers.get("Retry-After", "")
    asked = float(seconds) if seconds.isdecimal() else 0.0
    return TransientError(f"the service answered HTTP {error.code}", asked)
