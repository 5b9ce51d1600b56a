"""Names of files as people keep them: in any script, for any file system, in any header."""

import re
import unicodedata
from urllib.parse import quote

_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_HIDDEN = ("Cc", "Cf", "Cs", "Cn")  # controls, what turns text round, what is no sign at all
_JOINERS = "\u200c\u200d"  # but these belong to words
_LONGEST = 110  # bytes of one part: two and a code stay below the 255 of file systems
# Letters that lose more than an accent on their way to ASCII.
_IN_ASCII = str.maketrans(
    {"ß": "ss", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "’": "'"}
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Þ": "Th", "þ": "th", "ı": "i", "Ə": "E", "ə": "e"}
)
_PIECE = 60  # characters of one parameter in an email's header


def file_name(*parts: str, extension: str) -> str:
    """« Dupont Marie 3467-9ACD-EFGH-JKMN.pdf »: the parts that say something, safe anywhere."""
    return f"{' '.join(filter(None, map(_safe, parts)))}.{extension}"


def content_disposition(kind: str, name: str) -> str:
    """The header of an answer that is a file: its name whole, and in ASCII for what knows no better
    (RFC 6266)."""
    plain = in_ascii(name)
    said = f'{kind}; filename="{plain}"'
    return said if plain == name else f"{said}; filename*=UTF-8''{quote(name, safe='')}"


def name_parameter(attribute: str, name: str) -> str:
    """The same for a part of an email: one parameter, in pieces if it is long (RFC 2231)."""
    if in_ascii(name) == name and len(name) <= _PIECE:
        return f'{attribute}="{name}"'
    pieces = [""]
    for letter in name:
        escaped = quote(letter, safe="")
        if len(pieces[-1]) + len(escaped) > _PIECE:
            pieces.append("")
        pieces[-1] += escaped
    pieces[0] = f"UTF-8''{pieces[0]}"
    if len(pieces) == 1:
        return f"{attribute}*={pieces[0]}"
    return "; ".join(f"{attribute}*{number}*={piece}" for number, piece in enumerate(pieces))


def in_ascii(name: str) -> str:
    """Without accents, and without the letters that have no ASCII. Whatever comes apart into a
    slash or dots (“／”, “…”) is no more of a path than it was."""
    apart = unicodedata.normalize("NFKD", name.translate(_IN_ASCII))
    plain = "".join(letter for letter in apart if " " <= letter <= "~" and letter not in '"\\')
    stem, dot, extension = _NO_FILE_NAME.sub(" ", plain).rpartition(".")
    return " ".join(stem.split()).lstrip(" .") + dot + extension


def _safe(part: str) -> str:
    """No path, nothing hidden, nothing that shows another name than it has."""
    kept = "".join(
        letter
        for letter in _NO_FILE_NAME.sub(" ", unicodedata.normalize("NFC", part))
        if letter in _JOINERS or unicodedata.category(letter) not in _HIDDEN
    )
    short = " ".join(kept.split()).encode()[:_LONGEST].decode(errors="ignore")
    return short.strip(" .")
