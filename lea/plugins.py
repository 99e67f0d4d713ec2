"""What installed packages bring, by entry point, each with its own table of config.toml (`[plugins.<name>]`)."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from lea.errors import StartError

ACTIONS: Final = "lea.actions"
PIPELINES: Final = "lea.pipelines"
SOURCES: Final = "lea.sources"
PROVIDERS: Final = "lea.providers"
GROUPS: Final = (ACTIONS, PIPELINES, SOURCES, PROVIDERS)
SETTINGS: Final = "settings"
"""How the one argument is called by which an entry point asks for its table."""


class Plugins:
    """What there is, looked for once, which reads the disk; nothing is imported before it is asked for."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """`tables` are those of `[plugins]`. Raises StartError for one that is none, or of nothing installed."""
        every = entry_points()
        self._points = {group: _by_name(group, every.select(group=group)) for group in GROUPS}
        names = {name for points in self._points.values() for name in points}
        for name, table in tables.items():
            if not isinstance(table, Mapping):
                raise StartError(f"plugins.{name}: must be a table")
            if name not in names:
                raise StartError(f"plugins.{name}: nothing of that name is installed")
        self._tables = tables

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Group and name of each."""
        return ((group, name) for group, points in self._points.items() for name in points)

    def names(self, group: str) -> list[str]:
        return list(self._points[group])

    def find(self, group: str, name: str, kind: str) -> EntryPoint:
        """Raises StartError where nobody brings it."""
        point = self._points[group].get(name)
        if point is None:
            raise StartError(f"no installed package brings {kind} called {name} ({group})")
        return point

    def table(self, name: str) -> dict[str, Any]:
        """Its settings as they are written; empty where there are none."""
        return dict(self._tables.get(name, {}))

    def all(self, group: str, kind: str, fits: Callable[[Any], bool]) -> list[Any]:
        """Each of the group, made; raises as `make`. What has settings is off until it has a table, if an empty one."""
        return [
            self.make(group, name, kind, fits, self.table(name))
            for name, point in self._points[group].items()
            if name in self._tables or not _takes_settings(_loaded(point))
        ]

    def make(self, group: str, name: str, kind: str, fits: Callable[[Any], bool], settings: Mapping[str, Any]) -> Any:
        """What the class or function of an entry point makes: of `settings` where it has an argument of that name.

        Raises StartError in one line where there is none, it cannot be loaded, refuses its settings or does not fit.
        """
        point = self.find(group, name, kind)
        try:
            maker = _loaded(point)
            made = maker(MappingProxyType(dict(settings))) if _takes_settings(maker) else maker()
        except StartError:
            raise
        except ValidationError as error:
            raise StartError(wrong_setting(name, error)) from None
        except Exception as error:
            raise StartError(f"plugin {name} ({point.value}) cannot be made: {error!r}") from error
        if not fits(made):
            raise StartError(f"plugin {name} ({point.value}) does not make {kind}")
        return made


def _by_name(group: str, points: Iterable[EntryPoint]) -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            raise StartError(f"two plugins of {group} are called {point.name}: {other.value} and {point.value}")
    return found


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        raise StartError(f"plugin {point.name} ({point.value}) cannot be loaded: {error!r}") from error


def _takes_settings(maker: Any) -> bool:
    try:
        return SETTINGS in inspect.signature(maker).parameters
    except (TypeError, ValueError):  # made in C, or nothing that can be called
        return False


def wrong_setting(name: str, error: ValidationError) -> str:
    """In one line, without what was written, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    path = ".".join(["plugins", name, *map(str, first["loc"])])
    return f"{path}: {first['msg'].removeprefix('Value error, ')}"
