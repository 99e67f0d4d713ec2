"""A stand-in of WhatsApp's Cloud API: takes messages, keeps files, signs webhooks, and fails as it is told."""

import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from aiohttp import web

from tests.faulty_app import FaultyApp

PHONE, TOKEN, SECRET, VERIFY = "106540352242922", "EAAG-token", "app-secret", "a long word"
ACCOUNT: Final = "102290129340398"


@dataclass(slots=True)
class File:
    """A file at WhatsApp's; `url` replaces where it says it is, `size` what it says it weighs."""

    data: bytes
    media: str
    size: int | None = None
    url: str = ""


@dataclass(slots=True)
class Sent:
    """A message that was taken."""

    wamid: str
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What the person reads."""
        about = self.body["interactive"]["body"]["text"] if self.body["type"] == "interactive" else None
        return str(about or self.body["text"]["body"])

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """`(id, title)` of each."""
        replies = self.body["interactive"]["action"]["buttons"] if self.body["type"] == "interactive" else []
        return [(one["reply"]["id"], one["reply"]["title"]) for one in replies]


class GraphServer(FaultyApp):
    """`sent` are the messages taken, `refusals` the next answers instead: `(status, code)`, one a request."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.refusals: list[tuple[int, int]] = []
        self.files: dict[str, File] = {}
        self.fetched: list[str] = []
        self.profile = {"messaging_product": "whatsapp", "about": "Hey there! I am using WhatsApp."}
        self.profile_asked = 0
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["GraphServer"]:
        app = web.Application()
        app.router.add_post(f"/v23.0/{PHONE}/messages", self._messages)
        app.router.add_get(f"/v23.0/{PHONE}/whatsapp_business_profile", self._told_profile)
        app.router.add_post(f"/v23.0/{PHONE}/whatsapp_business_profile", self._changed_profile)
        app.router.add_get("/v23.0/{media}", self._find)
        app.router.add_get("/files/{media}", self._fetch)
        async with self.serving(app):
            yield self

    @property
    def settings(self) -> dict[str, object]:
        """The table `whatsapp` of a server that uses it."""
        return {
            "company": "Analytical Engines", "phone_number_id": PHONE, "access_token": TOKEN, "app_secret": SECRET,
            "verify_token": VERIFY, "api_url": f"{self.url}/v23.0", "pause": 0.05, "longest_pause": 2,
        }  # fmt: skip

    async def _messages(self, request: web.Request) -> web.Response:
        refused = self._checked(request)
        body = await request.json()
        if refused is None and self.refusals:
            refused = _error(*self.refusals.pop(0))
        if refused is not None:
            return refused
        assert body["messaging_product"] == "whatsapp"
        sent = Sent(f"wamid.out{next(self._numbers)}", body)
        if len(sent.text) > (1024 if sent.buttons else 4096) or not sent.text:
            return _error(400, 100)
        assert all(len(title) <= 20 and len(name) <= 256 for name, title in sent.buttons)
        self.sent.append(sent)
        contacts = [{"input": body["to"], "wa_id": body["to"]}]
        return web.json_response(
            {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": sent.wamid}]}
        )

    async def _told_profile(self, request: web.Request) -> web.Response:
        self.profile_asked += 1
        fields = {"messaging_product", *request.query["fields"].split(",")}
        told = {name: value for name, value in self.profile.items() if name in fields}
        return self._checked(request) or web.json_response({"data": [told]})

    async def _changed_profile(self, request: web.Request) -> web.Response:
        refused = self._checked(request)
        body = await request.json()
        if refused is None and self.refusals:
            refused = _error(*self.refusals.pop(0))
        if refused is not None:
            return refused
        assert body["messaging_product"] == "whatsapp"
        assert 0 < len(body.get("about", "x")) <= 139
        assert len(body.get("description", "")) <= 512
        self.profile.update(body)
        return web.json_response({"success": True})

    async def _find(self, request: web.Request) -> web.Response:
        name = request.match_info["media"]
        file = self.files.get(name)
        refused = self._checked(request)
        if refused is not None or file is None:
            return refused or _error(400, 100)
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "url": file.url or f"{self.url}/files/{name}",
                "mime_type": file.media,
                "sha256": sha256(file.data).hexdigest(),
                "file_size": len(file.data) if file.size is None else file.size,
                "id": name,
            }
        )

    async def _fetch(self, request: web.Request) -> web.Response:
        self.fetched.append(request.match_info["media"])
        file = self.files[request.match_info["media"]]
        return self._checked(request) or web.Response(body=file.data, content_type=file.media)

    def _checked(self, request: web.Request) -> web.Response | None:
        return None if request.headers.get("Authorization") == f"Bearer {TOKEN}" else _error(401, 190)


def _error(status: int, code: int) -> web.Response:
    return web.json_response(
        {"error": {"message": f"(#{code})", "type": "OAuthException", "code": code}}, status=status
    )


def signed(raw: bytes, secret: str = SECRET) -> str:
    """`X-Hub-Signature-256` of these bytes."""
    return "sha256=" + hmac.new(secret.encode(), raw, sha256).hexdigest()


def webhook(*, messages: object = (), statuses: object = (), phone: str = PHONE) -> bytes:
    """A webhook's bytes, escaped and spaced as Meta does."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": phone},
        "messages": list(messages),  # type: ignore[call-overload]
        "statuses": list(statuses),  # type: ignore[call-overload]
    }
    entry = {"id": ACCOUNT, "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).replace("/", "\\/").encode()


def message(wamid: str, number: str, kind: str = "text", *, age: float = 0, **about: Any) -> dict[str, Any]:
    """What a person wrote, `age` seconds ago; `about` is what the kind has."""
    return {
        "from": number, "id": f"wamid.{wamid}", "timestamp": str(int(time.time() - age)), "type": kind, kind: about,
    }  # fmt: skip


def text(wamid: str, number: str, words: str, *, age: float = 0) -> dict[str, Any]:
    return message(wamid, number, age=age, body=words)


def tap(wamid: str, number: str, button: tuple[str, str]) -> dict[str, Any]:
    reply = {"id": button[0], "title": button[1]}
    return message(wamid, number, "interactive", type="button_reply", button_reply=reply)


def status(sent: Sent, state: str, code: int | None = None, *, ours: bool = True) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": sent.wamid, "status": state, "timestamp": str(int(time.time())), "recipient_id": sent.body["to"],
    }  # fmt: skip
    if ours:
        told["biz_opaque_callback_data"] = sent.body["biz_opaque_callback_data"]
    if code is not None:
        told["errors"] = [{"code": code, "title": "…"}]
    return told
