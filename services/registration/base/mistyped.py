"""Addresses that were probably mistyped: nobody is refused for one, but everybody is asked."""

from functools import lru_cache

# Where most people have their mail, in France and around it; whoever has it there is never asked.
_PROVIDERS = {
    "gmail": "com",
    "googlemail": "com",
    "hotmail": "com fr be ca ch co.uk de es it nl",
    "outlook": "com fr be de es it",
    "live": "com fr be ca nl",
    "msn": "com",
    "yahoo": "com fr ca co.uk de es it",
    "ymail": "com",
    "rocketmail": "com",
    "icloud": "com",
    "me": "com",
    "mac": "com",
    "aol": "com fr",
    "mail": "com",
    "orange": "fr",
    "wanadoo": "fr",
    "laposte": "net",
    "free": "fr",
    "sfr": "fr",
    "neuf": "fr",
    "club-internet": "fr",
    "cegetel": "net",
    "numericable": "fr",
    "bbox": "fr",
    "bouyguestelecom": "fr",
    "aliceadsl": "fr",
    "proton": "me",
    "protonmail": "com",
    "pm": "me",
    "gmx": "com fr de net",
    "web": "de",
    "t-online": "de",
    "posteo": "de net",
    "mailo": "com",
    "zaclys": "net",
    "skynet": "be",
    "telenet": "be",
    "bluewin": "ch",
    "libero": "it",
}
KNOWN = tuple(f"{name}.{end}" for name, ends in _PROVIDERS.items() for end in ends.split())
# One slip away from these is a slip; shorter names are too like others that exist.
_LONG_ENOUGH = [domain for domain in KNOWN if len(domain.partition(".")[0]) >= 5]
_SLIPS = {
    "gmail.fr": "gmail.com",
    "gmial.fr": "gmail.com",
    "laposte.com": "laposte.net",
    "fre.fr": "free.fr",
    "free.com": "free.fr",
    "srf.fr": "sfr.fr",
}
# Ends that no domain has.
_ENDS = {"f": "fr", "frr": "fr", "ffr": "fr", "rf": "fr", "con": "com", "cmo": "com", "ocm": "com"}
_ENDS |= {"comm": "com", "vom": "com", "xom": "com", "ogr": "org", "orgg": "org", "nte": "net"}


def meant(address: str) -> str | None:
    """The address that was probably meant instead; None for one that may well be right."""
    local, at, domain = address.strip().rpartition("@")
    likely = _likely(domain.lower())
    return f"{local}{at}{likely}" if local and likely else None


@lru_cache(maxsize=1024)
def _likely(domain: str) -> str | None:
    if domain in KNOWN or "." not in domain:
        return None
    if domain in _SLIPS:
        return _SLIPS[domain]
    name, _, end = domain.rpartition(".")
    mended = f"{name}.{_ENDS.get(end, end)}"
    if mended in KNOWN:
        return mended
    near = next((known for known in _LONG_ENOUGH if _is_one_slip(mended, known)), None)
    return near or _SLIPS.get(mended) or (mended if mended != domain else None)


def _is_one_slip(typed: str, known: str) -> bool:
    """A sign more, less or another, or two neighbours swapped."""
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    rest, wanted = typed[start:], known[start:]
    return (
        rest[1:] == wanted[1:]
        or rest == wanted[1:]
        or rest[1:] == wanted
        or (rest[1:2] + rest[:1] + rest[2:] == wanted and len(rest) > 1)
    )
