"""People whose certificates a wrong fast path prints wrongly: templates are proved on them.

Lower case, one letter, forty, digits, both apostrophes, particles, ligatures, right to left,
Chinese, combining marks, two lines, wide and narrow; no session, twelve, and two pages of them; and
the other words likewise.
"""

from collections.abc import Iterator

from services.certificates.engine.samples import ACTION, sample
from services.certificates.engine.values import Signatory, Values

_NAMES = (
    "marie martin",
    "Bo",
    "É",
    "x",
    "MAXIMILIENNE DUPONT-AIGNAN",
    "Maximilienne-Alexandrine de la Rochefou",
    "Maximilienne-Alexandrine Bernadette de la Rochefoucauld-Liancourt d’Estissac et de Montmirail",
    "Jean 2 Ormesson 3e",
    "4711",
    "Jeanne d'Arc",
    "Jeanne d’Arc",
    "‘O’Neil’",
    "ffi flambée Offenbach",
    "Wolfgang fjord Æsir",
    "Ludwig van der Straße",
    "İbrahim ığdır",
    "Łukasz Żółć",
    "Nguyễn Thị Ánh Tuyết",
    "Zoe\u0308 N\u0303andu\u0301",
    "q\u0323\u0307 S\u0331ample",
    "Δημήτρης Παπαδόπουλος",
    "Дмитрий Ёлкин",
    "محمد الأمين",
    "שלמה כהן",
    "Anna محمد",
    "王小明",
    "김민수",
    "Prof. Dr. h. c. Ada Lovelace",
    "Anne-Marie (dite « Nanou »)",
    "Tom & Jerry <b>gras</b>",
    'A "quoted" name; with, marks!',
    "a\u00a0b\u202fc",
    "AVATO Tyřan Würfel",
    "soft\u00adhyphen",
    "mary ann o'brien-smith",
    "jj jjj jjjj",
    "WANDA MAMMOTH-WEYMOUTH MWAMBA",
    "Illilli Filliti Lillitti-Tillitti Illitti",
)
_TITLES = ("office AVATAR", "l'eau", "7", "MAJ " * 30)
_LOWER = {
    "organisation": "office fiduciaire flamand (vat)",  # ligatures and kerning
    "conference": "bâtir ensemble : l'été 2026, offre et efficacité",
    "venue": "salle n° 3, affluence",
    "city": "aix en provence",
    "organiser": "réseau des villes",
}


_LOWER_ACTION = ACTION.model_copy(
    update={
        "provider": "office fiduciaire flamand (vat)",
        "title": "l'efficacité : offre et affluence, " * 4,
        "nature": "vae",
        "modality": "remote",
        "representative": "éloïse d'orval",
        "representative_title": "présidente",
        "signed_at": "aix en provence",
        "siret": "",
        "kept_years": 10,
    }
)


def adversaries() -> Iterator[tuple[str, Values]]:
    """Each with what to call them, the same each time."""
    for number, name in enumerate(_NAMES):
        variant = ("day", "session", "speaker")[number % 3]
        locale = ("fr", "en")[number // 3 % 2]
        values = sample(variant, locale, name)  # type: ignore[arg-type] # literals, each
        yield f"{name} ({variant}, {locale})", _with_code(values, number)
    for count in (0, 1, 12, 20):
        values = sample("day", "fr", "marie martin", count)
        yield f"{count} sessions", _with_code(values, 100 + count)
    plain = sample("day", "en", "li wei")
    signatory = Signatory(name="éloïse d'orval", title="présidente")
    lower = plain.model_copy(update={**_LOWER, "signatory": signatory, "action": _LOWER_ACTION})
    yield "everything in lower case", _with_code(lower, 200)
    upper = {name: text.upper() for name, text in _LOWER.items()}
    yield "everything in capitals", _with_code(plain.model_copy(update=upper), 201)
    bare = {"organisation": "", "venue": "", "city": "", "signatory": Signatory(name="B")}
    bare["action"] = None
    yield "nothing that may be missing", _with_code(plain.model_copy(update=bare), 202)
    titles = tuple(
        session.model_copy(update={"title": title})
        for session, title in zip(plain.sessions, _TITLES, strict=True)
    )
    yield "other titles", _with_code(plain.model_copy(update={"sessions": titles}), 203)


def _with_code(values: Values, number: int) -> Values:
    code = f"{number:04d}-2WXH-9RTB-4"
    address = {"code": code, "verify_url": f"https://emarge.example/verify/{code}"}
    # Validated as what comes from a record is: a title has no blank at its end, say.
    return Values.model_validate({**values.model_dump(), **address})
