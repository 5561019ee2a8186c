"""Gate: who may come in. A middleware that looks at the name a browser asks for, its origin, and the token."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from configs.errors import OptionError

SHORTEST = 12
"""Characters of a token that cannot be guessed by trying."""
PAUSE_S = 0.5
"""Before each wrong token is answered; one is answered after the other."""
MOST_WAITING = 20
"""Wrong tokens that wait for their answer; what comes then is not looked at."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self' {socket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
ASK = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>monoline</title>
<style>body {{ background: #f7f3e8; color: #111; font: 16px monospace; margin: 4em }}</style>
<p>{words}</p>
<form action="/"><input type="password" name="token" aria-label="Token" autofocus> <button>Open</button></form>
"""
GO_ON = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>monoline</title>
<meta http-equiv="refresh" content="0;url=/">
"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def good_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def is_loopback(host: str) -> bool:
    """True if only this machine reaches what listens there."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Gate:
    """Lets in who knows the token, if there is one, and nobody whom another site's page has sent."""

    def __init__(self, token: str = "", names: Iterable[str] = ()) -> None:
        """Args:
        token: what a person must know; empty asks nobody.
        names: of this machine, beside localhost, its own name and addresses in figures.

        Raises:
            OptionError: the token is too short.
        """
        if token and len(token) < SHORTEST:
            raise OptionError(f"The token has {len(token)} characters; take {SHORTEST} at least, or --token auto.")
        self._token = token.encode()
        own = socket.gethostname().lower()
        self._names = {"localhost", own, f"{own}.local", *(name.lower() for name in names)}
        self._trying, self._waiting = asyncio.Lock(), 0

    @property
    def middleware(self) -> Middleware:
        """For aiohttp's application."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await self._answer(request, handler)
            if not response.prepared:  # a websocket has said all it says
                listens = f"ws://{request.host} wss://{request.host}"
                response.headers.update({key: value.replace("{socket}", listens) for key, value in HEADERS.items()})
            return response

        return gate

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self.knows(request.host):
            words = "This studio does not answer to that name. Start it with --name NAME if the name is right.\n"
            return web.Response(status=421, text=words)
        bearer = _bearer(request)
        if not (self._token and bearer) and _is_foreign(request):
            return web.Response(status=403, text="Another site's page may not drive this studio.\n")
        if self._token:
            tried = bearer or request.query.get("token", "")
            cookie = request.cookies.get(self._cookie_name(request), "")
            if tried and self._waiting >= MOST_WAITING:
                return web.Response(status=429, text="Too many wrong tokens; try later.\n")
            if tried and not self._is_token(tried):
                return await self._refuse()
            if not tried and cookie and not self._is_pass(cookie):
                return await self._refuse()
            if not tried and not cookie:
                return _page(ASK.format(words="This studio asks for its token."), 401)
        if "token" in request.query:
            return self._welcome(request)
        try:
            return await handler(request)
        except web.HTTPException as refused:  # no such page, and the like
            return web.Response(status=refused.status, text=f"{refused.status}: {refused.reason}\n")

    def knows(self, host: str) -> bool:
        """True for a name of this machine, and for any address in figures, to which no stranger's name can lead."""
        name = (host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]).lower()
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name.rstrip(".") in self._names
        return True

    def _welcome(self, request: web.Request) -> web.Response:
        """On to the page without the token in its address; a cookie that is not the token opens it from now on."""
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            # whoever follows a link from elsewhere is redirected without strict cookies, but not by a page of ours
            response = _page(GO_ON)
        else:
            response = web.Response(status=303, headers={hdrs.LOCATION: "/"})
        if self._token:
            response.set_cookie(self._cookie_name(request), self._pass, httponly=True, samesite="Strict", path="/")
        return response

    async def _refuse(self) -> web.Response:
        self._waiting += 1
        try:
            async with self._trying:
                await asyncio.sleep(PAUSE_S)
        finally:
            self._waiting -= 1
        return _page(ASK.format(words="That is not this studio's token."), 401)

    @property
    def _pass(self) -> str:
        return hmac.new(self._token, b"monoline studio", hashlib.sha256).hexdigest()

    def _is_pass(self, cookie: str) -> bool:
        return hmac.compare_digest(cookie.encode(errors="surrogateescape"), self._pass.encode())

    def _is_token(self, tried: str) -> bool:
        return hmac.compare_digest(tried.encode(errors="surrogateescape"), self._token)

    @staticmethod
    def _cookie_name(request: web.Request) -> str:
        """Cookies know no ports, and another studio may be served at another one."""
        port = request.host.rpartition(":")[2]
        return f"monoline-{port if port.isdigit() else 'studio'}"


def _page(text: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/html")


def _bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _is_foreign(request: web.Request) -> bool:
    """True if a page of another site asks. Browsers tell where a websocket comes from; what tells nothing is none."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
    return origin.lower() not in (f"http://{request.host}".lower(), f"https://{request.host}".lower())
