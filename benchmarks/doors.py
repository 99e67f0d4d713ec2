"""How each server is asked for the same answer of the same model."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

TOKEN = b"mot"
"""In every token of the scripted model (`motaa `, `motab `, …) and in nothing else either server says."""

THREADS = 20
"""Conversations of a reader in turn, where answers are short."""

QUESTION = "Bonjour, donne-moi la liste des dossiers que je dois encore traiter cette semaine."


class Door(Protocol):
    """One server as its readers see it."""

    host: str
    port: int

    def request(self, reader: int) -> bytes:
        """The next request of this reader, as bytes."""
        ...


class LeaDoor:
    """Readers with a key each, in `threads` conversations in turn so that none grows without end."""

    def __init__(self, url: str, keys: Sequence[str], *, path: str = "/v1/lea/chat/stream", threads: int = 2) -> None:
        self.host, self.port = _address(url)
        self._keys = keys
        self._path = path
        self._threads = threads
        self._asked: Counter[int] = Counter()

    def request(self, reader: int) -> bytes:
        thread = self._thread(reader)
        self._asked[reader] += 1
        return _post(self._path, {"message": QUESTION, "session_id": thread}, self._signed(reader))

    def stop(self, reader: int) -> bytes:
        """Ends what the reader's last question started."""
        self._asked[reader] -= 1
        thread = self._thread(reader)
        self._asked[reader] += 1
        return _post(f"/v1/lea/threads/{thread}/stop", {}, self._signed(reader))

    def _thread(self, reader: int) -> str:
        """Readers who share a key have conversations of their own."""
        return f"thread-{reader // len(self._keys)}-{self._asked[reader] % self._threads}"

    def _signed(self, reader: int) -> dict[str, str]:
        return signed(self._keys[reader % len(self._keys)])


class CompletionsDoor:
    """Any server that speaks `/v1/chat/completions`; of Léa's, readers have conversations of their own."""

    def __init__(self, url: str, *, model: str, stream: bool, keys: Sequence[str] = ()) -> None:
        self.host, self.port = _address(url)
        self._keys = keys
        self._threads = model == "lea"
        self._body = {"model": model, "messages": [{"role": "user", "content": QUESTION}], "stream": stream}
        self._asked: Counter[int] = Counter()

    def request(self, reader: int) -> bytes:
        headers = signed(self._keys[reader % len(self._keys)]) if self._keys else {}
        if self._threads:
            headers["X-Lea-Thread"] = f"thread-{self._asked[reader] % THREADS}"
            self._asked[reader] += 1
        return _post("/v1/chat/completions", self._body, headers)


class PathDoor:
    """The same request again and again; without a body it is a GET."""

    def __init__(self, url: str, path: str, keys: Sequence[str] = (), body: Mapping[str, object] | None = None) -> None:
        self.host, self.port = _address(url)
        headers = [signed(key) for key in keys] or [{}]
        self._requests = [_get(path, one) if body is None else _post(path, body, one) for one in headers]

    def request(self, reader: int) -> bytes:
        return self._requests[reader % len(self._requests)]


class BareDoor:
    """The relay; its path says what it does with the model's answer."""

    def __init__(self, url: str, *, path: str = "/stream") -> None:
        self.host, self.port = _address(url)
        body = {"model": "scripted", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
        self._request = _post(path, body, {})

    def request(self, reader: int) -> bytes:
        del reader
        return self._request

    def raw(self, path: str, data: str) -> bytes:
        """A request with this body."""
        return _request(path, data.encode(), {})


def signed(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _get(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _post(path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
    return _request(path, json.dumps(body).encode(), headers)


def _request(path: str, data: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Accept-Language: fr"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(data)}", "", ""]).encode() + data
