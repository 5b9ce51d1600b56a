"""What cannot be, in the words of whoever is told: by the code of each rule."""

from datetime import datetime

from services.sheets.base.records import SheetRecord
from services.sheets.base.refusals import Refused
from services.sheets.base.titles import title_of
from services.sheets.room.codes import Verdict
from shared.words.language import Language
from shared.words.typography import typeset


def refusal_words(refused: Refused, language: Language, zone: str) -> str:
    """A whole sentence, and what to do about it."""
    gettext = language.gettext
    known = {
        "sealed": gettext("This sheet is sealed already. The organiser can still add to it."),
        "withdrawn": gettext("This session is no longer in the programme: there is no sheet."),
        "cancelled": gettext(
            "This place was cancelled, so there is nothing to sign. If that is wrong, see the "
            "organiser: a presence can be written down."
        ),
        "elsewhere": gettext(
            "You have signed for another session at this time. Nobody is in two rooms at once: "
            "see the organiser, who can strike the wrong one."
        ),
        "left": gettext("You were marked as gone before. See the host or the organiser."),
        "not-on-list": gettext(
            "You are not on the list of this sheet. If you should be, see the organiser."
        ),
        "too-early": gettext("It is too early: signing opens shortly before the session begins."),
        "over": gettext("This session is over. The organiser can still write your presence down."),
        "clock": gettext("The moment of this signature cannot be right: see the organiser."),
        "ended": gettext(
            "This tablet had been ended before: see the organiser, who can write the presence down."
        ),
        "outside": gettext("That time is not within the session’s, or is still to come."),
        "not-signed": gettext("There is no signature of this person."),
        "reason": gettext("Say why: it stands beside what was changed."),
        "signed": gettext("Somebody has signed already: what there is a sheet of stays as it is."),
        "unknown": gettext("There is no such sheet."),
        "empty": gettext(
            "That is no signature yet: draw more than a dot, or confirm without drawing."
        ),
        "too-large": gettext("That is too much for a signature: clear the box and sign again."),
        "malformed": gettext("What was drawn could not be read: clear the box and sign again."),
    }
    words = known[refused.code]
    title, starts_at = refused.details.get("title", ""), refused.details.get("starts_at", "")
    if refused.code == "elsewhere" and title and starts_at:
        time = language.time(datetime.fromisoformat(starts_at), zone)
        return f"{words} ({language.quote(title)}, {time})"
    return words


def when(sheet: SheetRecord, language: Language, zone: str) -> str:
    """From when to when, and where."""
    times = language.times(sheet.starts_at, sheet.ends_at, zone)
    return f"{times} · {typeset(sheet.room, language.code)}" if sheet.room else times


def refusal_names(rule: str, language: Language) -> str:
    """Why a signature was not taken, in the organiser's list."""
    gettext = language.gettext
    return {
        "sealed": gettext("the sheet was sealed"),
        "withdrawn": gettext("the session is gone from the programme"),
        "cancelled": gettext("their place was cancelled"),
        "elsewhere": gettext("signed for another session at this time"),
        "left": gettext("was marked as gone"),
        "not-on-list": gettext("not on the list"),
        "too-early": gettext("too early"),
        "over": gettext("the session was over"),
        "clock": gettext("the clock of the device is wrong"),
        "ended": gettext("on a tablet that had been ended"),
    }.get(rule, rule)


def mark_words(mark: str, language: Language) -> str:
    """What the organiser is to look at, of a signature that was kept all the same."""
    gettext = language.gettext
    return {
        "sealed": gettext("came after the seal"),
        "clock": gettext("the clock of the device was wrong"),
        "ended": gettext("came after its tablet was ended"),
        "also-participant": gettext("hosts and takes part"),
    }.get(mark, refusal_names(mark, language))


def source_words(source: str, language: Language) -> str:
    """By what somebody signed."""
    gettext = language.gettext
    return {
        "phone": gettext("own phone"),
        "tablet": gettext("tablet"),
        "paper": gettext("paper, transcribed"),
        "host": gettext("host"),
        "": gettext("written down by the organiser"),
    }.get(source, source)


def statement(sheet: SheetRecord, language: Language, zone: str) -> str:
    """What somebody signs."""
    return _said(
        language.gettext("I am present on %(date)s from %(start)s to %(end)s: %(title)s%(where)s."),
        sheet,
        language,
        zone,
    )


def host_statement(sheet: SheetRecord, language: Language, zone: str) -> str:
    return _said(
        language.gettext(
            "I hosted %(title)s on %(date)s from %(start)s to %(end)s%(where)s, and the people "
            "above were present as this sheet says."
        ),
        sheet,
        language,
        zone,
    )


def code_words(verdict: Verdict, language: Language, other: SheetRecord | None = None) -> str:
    """Why a code lets nobody in."""
    gettext = language.gettext
    if verdict == "old":
        return gettext(
            "This code is over: it was shown more than 40 seconds ago. Scan the one that the "
            "room’s screen shows now."
        )
    if verdict == "other-room" and other is not None:
        title = language.quote(title_of(other, language))
        said = gettext("This is the code of another room: %(title)s.") % {"title": title}
        return f"{said} " + gettext("Scan the one on the screen of the room that you are in.")
    if verdict == "mistyped":
        return gettext("That is not a code as the screens show it: six characters. Type it again.")
    return gettext("No room’s screen shows this code. Look at it again: it changes quickly.")


def stranger_words(language: Language, *, by_link: bool) -> str:
    """That nobody of the day is known by what somebody gave."""
    gettext = language.gettext
    if by_link:
        return gettext(
            "This is not the link to your place that your emails have: one that is copied from the "
            "browser is another. Copy it from the newest email about your registration, or type "
            "the code that stands under the QR of your badge, with your last name."
        )
    return gettext(
        "Nobody of this day has that code and that last name. Look at your badge again: the name "
        "as it stands there."
    )


def _said(pattern: str, sheet: SheetRecord, language: Language, zone: str) -> str:
    return pattern % {
        "date": language.date(sheet.starts_at, zone),
        "start": language.time(sheet.starts_at, zone),
        "end": language.time(sheet.ends_at, zone),
        "title": language.quote(title_of(sheet, language)),
        "where": f", {typeset(sheet.room, language.code)}" if sheet.room else "",
    }
