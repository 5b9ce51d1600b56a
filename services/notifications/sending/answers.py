"""What a mail server's refusal means: its reply code (RFC 5321, 4.2) and, where it gives one, its
enhanced status code (RFC 3463), which come with every answer; words differ from server to server.
"""

import re
from typing import Literal

from services.notifications.reasons import Reason

# What was asked when the answer came: MAIL FROM and before it; RCPT TO; DATA and the final dot.
Asked = Literal["sender", "recipient", "message"]

_ENHANCED = re.compile(r"[245]\.(\d{1,3}\.\d{1,3})\b")  # it begins an answer: RFC 2034, 3

_BY_STATUS: dict[str, Reason] = {
    "1.1": "no-such-address",
    "1.2": "no-such-address",
    "1.3": "no-such-address",
    "1.6": "no-such-address",
    "1.7": "sender-refused",
    "1.8": "sender-refused",
    "1.10": "no-such-address",
    "2.1": "mailbox-full",
    "2.2": "mailbox-full",
    "2.3": "too-large",
    "3.4": "too-large",
    "4.4": "no-such-address",
    "7.8": "sender-refused",
}
_BY_CODE: dict[int, Reason] = {
    530: "sender-refused",
    534: "sender-refused",
    535: "sender-refused",
    538: "sender-refused",
    551: "no-such-address",
    552: "mailbox-full",
    553: "no-such-address",
    554: "refused-as-unwanted",
}
_OTHERWISE: dict[Asked, Reason] = {
    "sender": "sender-refused",
    "recipient": "address-refused",
    "message": "refused-as-unwanted",
}


def reason_of(code: int, words: str, asked: Asked) -> Reason:
    """Of an answer that refuses, for now (4xx) or for good (5xx)."""
    found = _ENHANCED.match(words)
    status = found[1] if found else ""
    if code // 100 == 4:
        return "mailbox-full" if status == "2.2" else "server-asks-to-wait"
    if asked == "sender":
        return "sender-refused"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status.startswith("7."):
        return _BY_CODE[code] if code in (530, 534, 535, 538) else "refused-as-unwanted"
    return _BY_CODE.get(code, _OTHERWISE[asked])
