"""One HTTP client for many people, who must stay strangers to each other.

A client keeps every cookie that it is given and sends it with all that follows: shared, it signs
everybody in as whoever signed in first.
"""

from http.cookiejar import CookieJar, DefaultCookiePolicy


def no_cookies() -> CookieJar:
    """A jar that stays empty: `httpx.Client(cookies=no_cookies())`."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))
