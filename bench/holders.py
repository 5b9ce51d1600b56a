"""Many people to certify: names, employers, codes and numbers of sessions vary."""

import base64
from datetime import timedelta

from services.certificates.engine import Values, sample

_FIRST = (
    "Zoë",
    "Łukasz",
    "Ana",
    "Marie-Hélène",
    "Søren",
    "Jürgen",
    "Nuño",
    "Đorđe",
    "Chloë",
    "Åsa",
)
_LAST = ("Kowalczyk", "Dupont", "O’Brien", "García", "Ångström", "Çelik", "Nguyễn", "Lefèvre")
_WORK = ("Université de Lyon", "Mairie de Saint-Étienne", "CNRS", "ACME", "Mission locale du Pays")


def person(number: int) -> Values:
    """One of them."""
    name = f"{_FIRST[number % 10]} {_LAST[number // 10 % 8]} {_LAST[number // 80 % 8]}"
    code = base64.b32encode(number.to_bytes(10, "big")).decode()
    dashed = "-".join(code[start : start + 4] for start in range(0, 16, 4))
    values = sample(holder=name, session_count=4 + number % 3)
    shift = timedelta(minutes=number % 11)
    sessions = tuple(
        session.model_copy(update={"ends_at": session.ends_at - shift})
        for session in values.sessions
    )
    return values.model_copy(
        update={
            "organisation": _WORK[number % 5],
            "sessions": sessions,
            "code": dashed,
            "verify_url": f"https://emarge.example/verify/{dashed}",
        }
    )
