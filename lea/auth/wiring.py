"""The parts of this room, put together."""

from lea.auth.attempts import Attempts
from lea.auth.enrolment import Enrolment
from lea.auth.identities import Identities
from lea.auth.passwords import Passwords
from lea.auth.people import People
from lea.auth.secret import derived_key
from lea.auth.service import AuthService
from lea.auth.tokens import AccessTokens, RefreshTokens
from lea.clock import Clock
from lea.config import Config
from lea.resilience.single_flight import SingleFlight
from lea.store.accounts import LoadSample
from lea.store.engine import Store


def auth_service(
    config: Config,
    *,
    store: Store,
    clock: Clock,
    flights: SingleFlight,
    secret: bytes,
    load_sample: LoadSample,
    passwords: Passwords | None = None,
) -> AuthService:
    """The service with parts of its own; close it with `AuthService.close`."""
    passwords = passwords or Passwords()
    access = AccessTokens(derived_key(secret, "access-token"), clock, config.auth.access_minutes * 60)
    refresh = RefreshTokens(derived_key(secret, "refresh-token"))
    link_lifetime_s = config.auth.link_hours * 3600
    identities = Identities(store, clock, flights, access, refresh)
    return AuthService(
        store,
        clock,
        config.auth,
        passwords=passwords,
        attempts=Attempts(config.limits, clock),
        access=access,
        refresh=refresh,
        identities=identities,
        enrolment=Enrolment(store, clock, passwords, link_lifetime_s=link_lifetime_s, load_sample=load_sample),
        people=People(store, clock, passwords, identities, link_lifetime_s=link_lifetime_s),
    )
