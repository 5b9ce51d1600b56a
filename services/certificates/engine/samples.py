"""Invented people, to try templates on before there are real ones."""

from datetime import UTC, datetime, timedelta

from services.certificates.engine.values import (
    Action,
    AttendedSession,
    Locale,
    Signatory,
    Values,
    Variant,
)

_START = datetime(2026, 5, 7, 7, 0, tzinfo=UTC)
_TITLES = {
    "fr": (
        "Plénière d’ouverture",
        "Atelier 2 : « Le développement soutenable »",
        "Conférence : « Innover dans une période de changement »",
        "Remise des prix",
    ),
    "en": ("Opening plenary", "Workshop 2: Sustainable work", "Keynote", "Awards"),
}
ACTION = Action(
    provider="Association des villes innovantes",
    activity_number="11 75 01234 56",
    siret="732 829 320 00074",
    title="Journées techniques du territoire 2026",
    nature="formation",
    modality="on-site",
    representative="Hélène Œuvrard",
    representative_title="Présidente",
    signed_at="Montreuil",
    kept_years=3,
)
_MINUTES = (15, 180, 120, 45)
_CREDENTIAL = '{"name":"An unsigned example of a badge"}'


def sample_values(
    variants: tuple[Variant, ...] = ("day", "session", "speaker"),
    locales: tuple[Locale, ...] = ("fr", "en"),
) -> tuple[Values, ...]:
    """One person for each variant and language."""
    return tuple(sample(variant, locale) for variant in variants for locale in locales)


def sample(
    variant: Variant = "day",
    locale: Locale = "fr",
    holder: str = "Zoë Ñandú-D’Été",
    session_count: int | None = None,
) -> Values:
    """One invented person, the same each time."""
    count = session_count if session_count is not None else {"day": 4, "session": 1}.get(variant, 1)
    sessions, start = [], _START
    for index in range(count):
        minutes = _MINUTES[index % len(_MINUTES)]
        end = start + timedelta(minutes=minutes)
        title = _TITLES[locale][index % len(_MINUTES)]
        sessions.append(AttendedSession(title=title, starts_at=start, ends_at=end, minutes=minutes))
        start = end
    return Values(
        variant=variant,
        locale=locale,
        holder=holder,
        organisation="Université de Łódź",
        conference="Journées techniques du territoire 2026",
        starts_at=_START,
        ends_at=_START + timedelta(hours=9),
        venue="Palais des congrès",
        city="Montreuil",
        organiser="Association des villes innovantes",
        signatory=Signatory(name="Hélène Œuvrard", title="Présidente"),
        sessions=tuple(sessions),
        minutes=sum(session.minutes for session in sessions),
        issued_at=datetime(2026, 5, 7, 16, 30, tzinfo=UTC),
        code="7KQM-2WXH-9RTB-4",
        verify_url="https://emarge.example/verify/7KQM-2WXH-9RTB-4",
        credential=_CREDENTIAL,
        action=ACTION,
    )
