"""A certificate's values worded for its language: all strings, all that a template can see.

French typography (Lexique des règles typographiques en usage à l'Imprimerie nationale): narrow
no-break space before « h » and after, no-break space inside guillemets, en dash between times.
"""

from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from services.certificates.engine.fitting import counted
from services.certificates.engine.values import (
    Action,
    AttendedSession,
    Locale,
    Modality,
    Nature,
    Values,
    Variant,
)
from shared.words.typography import NARROW, NO_BREAK, typeset

Context = dict[str, Any]  # nested dictionaries and lists of strings

# As the labour ministry's model of the certificat de réalisation names them, in French by law.
NATURES: dict[Nature, str] = {
    "formation": "action de formation",
    "bilan": "bilan de compétences",
    "vae": "action de validation des acquis de l’expérience (VAE)",
    "apprentissage": "action de formation par apprentissage",
}
MODALITIES: dict[Modality, str] = {
    "on-site": "en présentiel",
    "remote": "à distance",
    "mixed": "en partie à distance",
}
_NO_ACTION: Context = {"natures": []} | dict.fromkeys(
    (
        "provider",
        "activity_number",
        "siret",
        "title",
        "modality",
        "period",
        "duration",
        "hours",
        "place",
        "representative",
        "representative_title",
        "kept",
        "signed",
    ),
    "",
)

# The values that decide which words a template uses: never variable text.
WORDING = (("locale",), ("variant",), ("holder", "length"), ("badge",))


def context(values: Values, length: str = "") -> Context:
    """What a template is given. Missing values are empty strings.

    `length` is the size that the name is tried in (`fitting`); else it goes by its letters.
    """
    zone = ZoneInfo(values.timezone)
    locale = values.locale
    other: Locale = "en" if locale == "fr" else "fr"
    issued = values.issued_at.astimezone(zone).date()
    return {
        "locale": locale,
        "variant": values.variant,
        "holder": {
            "name": values.holder,
            "organisation": values.organisation,
            "length": length or counted(values.holder),
        },
        "conference": {
            "title": typeset(values.conference, locale),
            "date": _days(values.starts_at, values.ends_at, zone, locale),
            "venue": typeset(values.venue, locale),
            "city": values.city,
            "place": typeset(_place(values), locale),
            "organiser": typeset(values.organiser, locale),
        },
        "sessions": [_session(session, zone, locale) for session in values.sessions],
        "total": duration(values.minutes, locale),
        "signatory": {
            "name": typeset(values.signatory.name, locale),
            "title": typeset(values.signatory.title, locale),
        },
        "issued": {
            "date": _date(issued, locale),
            "iso": values.issued_at.isoformat(timespec="seconds"),
            "place_and_date": _issued_at(values.city, issued, locale),
        },
        # The same dates in the other language, for documents in two.
        "other": {
            "date": _days(values.starts_at, values.ends_at, zone, other),
            "place_and_date": _issued_at(values.city, issued, other),
        },
        "document": _document(values.variant, locale),
        "badge": "yes" if values.credential else "",
        "action": _action(values, values.action, zone) if values.action else dict(_NO_ACTION),
        "code": values.code,
        "verify_url": values.verify_url,
        "verify_address": values.verify_url.partition("://")[2],
    }


def duration(minutes: int, locale: Locale) -> str:
    """« 3 h 15 », « 45 min » in French; "3 h 15 min", "45 min" in English."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NARROW}min"
    if locale == "fr":
        return f"{hours}{NARROW}h{NARROW}{rest:02d}" if rest else f"{hours}{NARROW}h"
    return f"{hours}{NARROW}h {rest}{NARROW}min" if rest else f"{hours}{NARROW}h"


def time_of_day(moment: datetime, locale: Locale) -> str:
    """« 9 h 05 » in French, "09:05" in English."""
    if locale == "fr":
        return f"{moment.hour}{NARROW}h{NARROW}{moment.minute:02d}"
    return f"{moment.hour:02d}:{moment.minute:02d}"


def _session(session: AttendedSession, zone: tzinfo, locale: Locale) -> Context:
    starts, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    dash = f"{NARROW}–{NARROW}" if locale == "fr" else "–"
    return {
        "title": typeset(session.title, locale),
        "date": _date(starts.date(), locale),
        "starts": time_of_day(starts, locale),
        "ends": time_of_day(ends, locale),
        "times": f"{time_of_day(starts, locale)}{dash}{time_of_day(ends, locale)}",
        "duration": duration(session.minutes, locale),
    }


@lru_cache(maxsize=1024)
def _date(day: date, locale: Locale) -> str:
    if locale == "fr":
        # « 1er » is the only ordinal of French dates.
        text = format_date(day, "d MMMM y", locale="fr")
        return text.replace("1 ", "1er ", 1) if day.day == 1 else text
    return format_date(day, "d MMMM y", locale="en_GB")


def _days(starts_at: datetime, ends_at: datetime, zone: tzinfo, locale: Locale) -> str:
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()
    if first == last:
        return _date(first, locale)
    return (
        f"du {_date(first, locale)} au {_date(last, locale)}"
        if locale == "fr"
        else f"{_date(first, locale)} to {_date(last, locale)}"
    )


def _place(values: Values) -> str:
    # « Palais des congrès de Montreuil, Montreuil » says the town twice.
    if values.city and values.city.casefold() not in values.venue.casefold():
        return ", ".join(part for part in (values.venue, values.city) if part)
    return values.venue


def _issued_at(city: str, day: date, locale: Locale) -> str:
    if locale == "fr":
        return f"Fait {_at(city)}, le {_date(day, locale)}" if city else f"Le {_date(day, locale)}"
    return f"{city}, {_date(day, locale)}" if city else _date(day, locale)


def _at(town: str) -> str:
    """« au Havre », « aux Ulis »: the masculine and the plural article melt into « à »."""
    article, _, rest = town.partition(" ")
    melted = {"Le": "au", "Les": "aux"}.get(article)
    return f"{melted} {rest}" if melted and rest else f"à {town}"


def _document(variant: Variant, locale: Locale) -> str:
    if variant == "realisation":  # the law's own word, in any language
        return "Certificat de réalisation"
    if locale == "fr":
        return "Attestation d’intervention" if variant == "speaker" else "Attestation de présence"
    return "Certificate of contribution" if variant == "speaker" else "Certificate of attendance"


def _action(values: Values, action: Action, zone: tzinfo) -> Context:
    """In French whatever the holder reads: the document is one of French law."""
    issued = values.issued_at.astimezone(zone).date()
    period = _days(values.starts_at, values.ends_at, zone, "fr")
    return {
        "provider": typeset(action.provider, "fr"),
        "activity_number": action.activity_number.replace(" ", NO_BREAK),
        "siret": action.siret.replace(" ", NO_BREAK),
        "title": typeset(action.title, "fr"),
        "natures": [
            {"name": name, "chosen": "oui" if nature == action.nature else ""}
            for nature, name in NATURES.items()
        ],
        "modality": MODALITIES[action.modality],
        "period": period if period.startswith("du ") else f"le {period}",
        "duration": duration(values.minutes, "fr"),
        "hours": _decimal_hours(values.minutes),
        "place": typeset(_place(values), "fr"),
        "representative": typeset(action.representative, "fr"),
        "representative_title": typeset(action.representative_title, "fr"),
        "kept": str(action.kept_years),
        "signed": _issued_at(action.signed_at, issued, "fr"),
    }


def _decimal_hours(minutes: int) -> str:
    """« soit 5,75 heures », as funders add them up; nothing of whole hours."""
    if minutes % 60 == 0:
        return ""
    return f"soit {format_decimal(minutes / 60, format='0.00', locale='fr')}{NO_BREAK}heures"
