"""What protects the pages: response headers, the session cookie's name, CSRF tokens and the Origin check."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

CSP = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LANGUAGE_COOKIE = "bahasa"


def headers(base_url: str) -> dict[str, str]:
    """The headers of every page and download (docs/operations.md)."""
    sent = {
        "Content-Security-Policy": CSP,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # not no-referrer: browsers then send "Origin: null" with our own forms, and the Origin check could not hold
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if is_https(base_url):
        sent["Strict-Transport-Security"] = "max-age=31536000"
    return sent


def is_https(base_url: str) -> bool:
    """The hub is reached over TLS, so that cookies can be Secure."""
    return base_url.startswith("https:")


def session_cookie(base_url: str) -> str:
    """The session cookie's name; `__Host-` pins it to this host and path / where browsers allow that (https)."""
    return "__Host-jukung" if is_https(base_url) else "jukung"


def entry_cookie(base_url: str) -> str:
    """The cookie that binds the sign-in form to the browser that opened it."""
    return "__Host-jukung-masuk" if is_https(base_url) else "jukung-masuk"


def csrf_token(secret: str) -> str:
    """The token of every form of one session: keyed by the session cookie, so that nothing has to be stored."""
    return hmac.new(secret.encode(), b"jukung csrf 1", hashlib.sha256).hexdigest()


def is_csrf_valid(secret: str, token: str) -> bool:
    """The form was made for this session."""
    return bool(secret) and hmac.compare_digest(csrf_token(secret).encode(), token.encode())


def is_same_origin(sent: Mapping[str, str], base_url: str) -> bool:
    """The request was made by one of our own pages, as far as the browser tells.

    `Origin`, else `Sec-Fetch-Site`, else `Referer`; a client that sends none of them is no browser that could be
    misled, and still needs the CSRF token.
    """
    origin = sent.get("origin")
    if origin is not None:
        return _is_ours(origin, sent, base_url)
    site = sent.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    referer = sent.get("referer")
    return referer is None or _is_ours(referer, sent, base_url)


def _is_ours(address: str, sent: Mapping[str, str], base_url: str) -> bool:
    try:
        parts, base = urlsplit(address), urlsplit(base_url)
    except ValueError:
        return False
    if (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
        return True
    return parts.scheme == base.scheme and bool(parts.netloc) and parts.netloc == sent.get("host")
