"""What the terminal says to the person who has just started Léa; links go there and never to the log."""

import secrets

from aiohttp import web

from lea.auth.enrolment import Newcomer
from lea.errors import StartError
from lea.handlers.keys import AUTH, CLOCK, CONFIG, STORE
from lea.records.sample import SAMPLE_COMPANY, load_sample, sample_people
from lea.store import accounts


async def welcome(app: web.Application, url: str, *, demo: bool) -> list[str]:
    """Lines for people: where Léa is, and the one-time link where one is needed."""
    if demo:
        name, token = await _demo(app)
        invitation = [f"  Sign in as {name} of {SAMPLE_COMPANY} (works once):", f"  {url}/#signin={token}"]
    else:
        setup = await app[AUTH].enrolment.setup_link()
        hours = app[CONFIG].auth.link_hours
        invitation = (
            [f"  Create the first account here (works once, for {hours:g} h):", f"  {url}/#setup={setup}"]
            if setup is not None
            else []
        )
    return ["", f"  Léa is at {url}", *invitation, ""]


async def _demo(app: web.Application) -> tuple[str, str]:
    """The sample company, made where it is missing; its first person and a link that signs them in.

    Nobody knows the sample people's passwords: the link is the only way in.
    """
    store, enrolment = app[STORE], app[AUTH].enrolment
    people = sample_people()
    if await enrolment.needed():
        for person in people:
            newcomer = Newcomer(person.email, secrets.token_urlsafe(32), person.name, SAMPLE_COMPANY, person.language)
            await enrolment.add_user(newcomer, person.role)
    first = await store.read(lambda connection: accounts.find_by_email(connection, people[0].email))
    if first is None:
        raise StartError("--demo: the database has accounts of its own; start it without --demo, or use another one")
    now = app[CLOCK].now()
    await store.write(lambda connection: load_sample(connection, first.company_id, now))
    return first.name, await enrolment.signin_link(first.id)
