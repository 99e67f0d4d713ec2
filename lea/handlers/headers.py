"""What every answer tells browsers: errors, streams, files and pages alike."""

from typing import Final

from aiohttp import web
from multidict import CIMultiDict

from lea.handlers.proxies import client_of

CSP: Final = "Content-Security-Policy"
NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is no page: opened as one, it loads and runs nothing."""
STYLED: Final = f"{NOTHING}; style-src 'self'"
"""For a page without scripts."""
HSTS: Final = "max-age=31536000"
"""A year, without subdomains, which are not ours to speak for; sent over TLS only."""

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "lea",
}


async def tell_browsers(request: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`; a page brings its own policy."""
    secure(response.headers, https=client_of(request).https)


def secure(headers: CIMultiDict[str], *, https: bool) -> None:
    """Add them."""
    headers.update(ALWAYS)
    if CSP not in headers:
        headers[CSP] = NOTHING
    if https:
        headers["Strict-Transport-Security"] = HSTS
