"""How each server is asked for the same answer of the same model."""

import json
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

TOKEN = b"mot"
"""In every token of the scripted model (`mot0 `, `mot1 `, …) and in nothing else either server says."""

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
        self._asked = [0] * len(keys)

    def request(self, reader: int) -> bytes:
        thread = f"thread-{self._asked[reader] % self._threads}"
        self._asked[reader] += 1
        body = {"message": QUESTION, "session_id": thread}
        return _post(self._path, body, {"Authorization": f"Bearer {self._keys[reader]}"})

    def stop(self, reader: int) -> bytes:
        """Ends what the reader's last question started."""
        thread = f"thread-{(self._asked[reader] - 1) % self._threads}"
        return _post(f"/v1/lea/threads/{thread}/stop", {}, {"Authorization": f"Bearer {self._keys[reader]}"})


class BareDoor:
    """The relay; its path says what it does with the model's answer."""

    def __init__(self, url: str, *, path: str = "/stream") -> None:
        self.host, self.port = _address(url)
        body = {"model": "scripted", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
        self._request = _post(path, body, {})

    def request(self, reader: int) -> bytes:
        del reader
        return self._request


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _post(path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
    data = json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Accept-Language: fr"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(data)}", "", ""]).encode() + data
