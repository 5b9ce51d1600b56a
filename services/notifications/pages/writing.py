"""What writing a message and writing a text share: the fields, their faults, preview and trial."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.notifications.pages.here import At, Form
from services.notifications.writing.facts import NEEDED, facts, names, pieces
from services.notifications.writing.letters import ABOUT_A_DAY, Kind, Letter, LetterWriter
from services.notifications.writing.samples import (
    QR_ID,
    SAMPLE_CODE,
    TrialWanted,
    ask_for_trial,
    find_place,
    sample,
)
from services.notifications.writing.wording import Fault, FaultyWording, faults_of
from shared.base.database import Database
from shared.events.registration import Place
from shared.handouts.qr import qr_png
from shared.http.headers import POLICY
from shared.pages import Site
from shared.pages.visit import Here, InDatabase, OnSite, typed

router = APIRouter(prefix="/organiser/{slug}/emails")

LANGUAGES = ("fr", "en")
# The page holds a preview; the preview has an email's inline styles, and no script at all.
WITH_PREVIEW = f"{POLICY}; frame-src 'self'"
OF_PREVIEW = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; font-src 'self'; "
    "form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
)


@dataclass(frozen=True)
class Text:
    """What is being written: for which kind of email, in which language."""

    kind: Kind
    language: str
    subject: str
    body: str

    def faults(self) -> list[Fault]:
        known, layout = names(self.kind), pieces(self.kind)
        return faults_of(self.subject, self.body, known, layout, NEEDED.get(self.kind, ""))


def typed_text(form: FormData, kind: Kind, language: str) -> Text:
    return Text(kind, language, typed(form, "subject").strip(), typed(form, "body"))


def written(writer: LetterWriter, text: Text, place: Place) -> Letter | Fault:
    """The letter to this person, or why there is none."""
    content = sample(text.kind, place)
    try:
        return writer.write_own(text.subject, text.body, text.kind, text.language, content)
    except FaultyWording:
        return Fault(1, "The text becomes too long.")
    except Exception as error:  # noqa: BLE001  whatever a text may do is told to who wrote it
        return Fault(1, "This is not understood: %(value)s", str(error))


def editor(
    request: Request, site: Site, template: str, text: Text, *, status: int = 200, **more: Any
) -> Response:
    """A page with the fields and the preview."""
    response = site.page(
        request,
        template,
        status=status,
        text=text,
        names=names(text.kind),
        pieces_known=pieces(text.kind),
        **more,
    )
    response.headers["Content-Security-Policy"] = WITH_PREVIEW
    return response


def send_trial(database: Database, at: Here, text: Text, sought: str) -> bool:
    """To who is visiting; False when nobody is registered whose place could be shown."""
    with database.read() as connection:
        place = find_place(connection, at.slug, sought)
    if place is None:
        return False
    trial = TrialWanted(
        conference=at.slug,
        kind=text.kind,
        language=text.language or place.person.locale,
        subject=text.subject,
        body=text.body,
        registration_id=place.registration_id,
        to=at.who.name,
    )
    ask_for_trial(database, trial)
    return True


@router.post("/preview")
def preview(request: Request, site: OnSite, database: InDatabase, at: At, form: Form) -> Response:
    """How what is typed looks to somebody who is registered."""
    kind: Kind = next(
        (known for known in ABOUT_A_DAY if known == typed(form, "kind")), "announcement"
    )
    language = typed(form, "language")
    with database.read() as connection:
        place = find_place(connection, at.slug, typed(form, "person"))
    if language not in LANGUAGES and place:
        language = place.person.locale
    text = typed_text(form, kind, language)
    faults, letter = text.faults(), None
    if not faults and place is not None:
        writer: LetterWriter = request.app.state.writer
        made = written(writer, text, place)
        if isinstance(made, Fault):
            faults = [made]
        else:
            letter = made
    response = site.page(
        request,
        "preview.html",
        **at.words,
        place=place,
        faults=faults,
        letter=letter,
        html=_with_picture(letter) if letter else "",
    )
    response.headers["Content-Security-Policy"] = OF_PREVIEW
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def examples(place: Place | None, text: Text, writer: LetterWriter) -> dict[str, str]:
    """What each name says of this person, as far as it is one line."""
    if place is None:
        return {}
    language = writer.languages[text.language]
    found = facts(text.kind, sample(text.kind, place), language)
    return {name: str(value) for name, value in found.items() if isinstance(value, str | int)}


def _with_picture(letter: Letter) -> str:
    if f"cid:{QR_ID}" not in letter.html:
        return letter.html
    picture = b64encode(qr_png(SAMPLE_CODE)).decode()
    return letter.html.replace(f"cid:{QR_ID}", f"data:image/png;base64,{picture}")
