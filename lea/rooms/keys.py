"""What the rooms hand to each other."""

from collections.abc import AsyncIterator, Callable

from aiohttp import web

from lea.actions.registry import Registry
from lea.bus.caches import Caches
from lea.drill.target import Target
from lea.hooks.listening import Listening
from lea.tasks import TaskOwner

Room = Callable[[web.Application], AsyncIterator[None]]
"""Opens something, yields, closes it."""

TASKS = web.AppKey("tasks", TaskOwner)
CALLS = web.AppKey("calls", TaskOwner)
"""What asks other people's servers behind everybody's back: it ends before their connections are closed."""
CACHES = web.AppKey("caches", Caches)
LISTENING = web.AppKey("listening", Listening)
TARGET = web.AppKey("target", Target)
REGISTRY = web.AppKey("registry", Registry)
