"""Who is calling: `Authorization: Bearer` for programs, an encrypted cookie for what a page may do by itself."""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp_session import Session, get_session, new_session, session_middleware
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from lea.auth.permissions import Identity, unauthorized
from lea.auth.secret import derived_key
from lea.config import Config
from lea.errors import Forbidden
from lea.handlers.keys import AUTH, CONFIG
from lea.handlers.proxies import client_of

COOKIE: Final = "lea_session"
SAFE: Final = frozenset({"GET", "HEAD"})

_REFRESH_TOKEN: Final = "refresh_token"  # noqa: S105  (a field's name)


def page_cookies(app: web.Application, secret: bytes, config: Config) -> None:
    """Let handlers keep the page's cookie; to be called before the application is frozen."""
    storage = _PageCookie(
        derived_key(secret, "page-cookie"),
        cookie_name=COOKIE,
        max_age=int(config.auth.refresh_days * 86_400),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=config.server.public_url.startswith("https://"),
    )
    app.middlewares.append(session_middleware(storage))


class _PageCookie(EncryptedCookieStorage):
    """Secure as well where only the proxy knows that the page came over TLS."""

    async def save_session(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        await super().save_session(request, response, session)
        if COOKIE in response.cookies and client_of(request).https:
            response.cookies[COOKIE]["secure"] = True


async def identify(request: web.Request) -> Identity:
    """The caller. Raises Unauthorized, or Forbidden(`cross_origin`) where the cookie comes with another site's request.

    A header that is there decides; the cookie stands in for it on safe methods only.
    """
    credential = bearer(request)
    if credential is not None:
        return await request.app[AUTH].identities.of_bearer(credential)
    token = await page_token(request) if request.method in SAFE else None
    if token is None:
        raise unauthorized()
    return await request.app[AUTH].identities.of_cookie(token)


def bearer(request: web.Request) -> str | None:
    """The credential in the Authorization header, None without one. Raises Unauthorized for another scheme."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, credential = header.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise unauthorized("invalid_token")
    return credential.strip()


async def page_token(request: web.Request) -> str | None:
    """The refresh token in the page's cookie. Raises Forbidden(`cross_origin`) when another site sent it."""
    if COOKIE not in request.cookies:
        return None
    if not same_origin(request):
        raise Forbidden("cross_origin")
    token = (await get_session(request)).get(_REFRESH_TOKEN)
    return token if isinstance(token, str) else None


async def keep_in_page(request: web.Request, refresh_token: str) -> None:
    """Put the refresh token into a fresh cookie of this answer, which must not be a streamed one."""
    (await new_session(request))[_REFRESH_TOKEN] = refresh_token


async def forget_in_page(request: web.Request) -> None:
    """Take the cookie away with this answer."""
    (await get_session(request)).invalidate()


def same_origin(request: web.Request) -> bool:
    """Whether our own page, or no page at all, made this request.

    Browsers tell by Sec-Fetch-Site on trustworthy addresses and by Origin or Referer elsewhere; a request with none of
    them is no browser's, or a same-origin GET that a referrer policy has stripped.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin" or (site == "none" and request.method in SAFE)
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is None or _host(source) in {request.host, _host(request.app[CONFIG].server.public_url)} - {""}


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
