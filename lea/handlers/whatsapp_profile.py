"""What people see of the company's number in WhatsApp, read and changed by its admins."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field

from lea.channels.whatsapp.profile import ABOUT, DESCRIPTION, Profiles, wire
from lea.errors import NotFound
from lea.handlers.routes import Body, Call, Empty, Model, Routes, json_response
from lea.handlers.whatsapp_admin import company_of
from lea.log import audit

PATH: Final = "/v1/admin/whatsapp/profile"
PROFILES: web.AppKey[Profiles | None] = web.AppKey("whatsapp_profiles")


class ProfileBody(Model):
    """What changes; the about cannot be empty."""

    about: Annotated[str, AfterValidator(str.strip), Field(min_length=1, max_length=ABOUT)] | None = None
    description: Annotated[str, AfterValidator(str.strip), Field(max_length=DESCRIPTION)] | None = None


class ProfileAnswer(BaseModel):
    about: str
    description: str


routes = Routes("admin")


@routes.add("GET", PATH, answer=ProfileAnswer, access="admin")
async def profile(call: Call[Empty]) -> web.StreamResponse:
    """As Meta has it; asked for at most every five minutes."""
    return json_response(wire(await (await _profiles(call)).get()))


@routes.add("PATCH", PATH, body=ProfileBody, answer=ProfileAnswer, access="admin")
async def change(call: Call[ProfileBody]) -> web.StreamResponse:
    """Change what is sent, at Meta; every process forgets what it believed."""
    profiles = await _profiles(call)
    values = call.body.model_dump(exclude_none=True)
    if not values:
        return json_response(wire(await profiles.get()))
    changed = await profiles.change(values)
    audit("whatsapp_profile.changed", "done", who=call.identity.user_id)
    return json_response(wire(changed))


async def _profiles(call: Call[Body]) -> Profiles:
    """Raises NotFound for who has no WhatsApp."""
    await company_of(call)
    profiles = call.app[PROFILES]
    if profiles is None:
        raise NotFound
    return profiles
