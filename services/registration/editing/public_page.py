"""What only the public page shows, given one by one: pictures, and what is told of speakers. Each
is a version of the programme as any other, and nobody is told of it."""

from dataclasses import dataclass, replace

from services.registration.base.refusals import NotFound
from services.registration.desk import Desk
from services.registration.editing.saving import Saving, refuse_settled, save_programme
from services.registration.history.acts import Actor
from services.registration.pictures.reading import Drawn
from services.registration.programme.document import parse_programme
from services.registration.programme.export import programme_yaml
from services.registration.programme.facts import Conference, Session, Speaker


@dataclass(frozen=True)
class Profile:
    """What is told of a speaker beside their name and title. Without a `portrait` they keep the one
    that they have, unless it is taken away (`no_portrait`)."""

    name: str
    biography: str
    portrait: Drawn | None = None
    no_portrait: bool = False


def set_picture(desk: Desk, slug: str, kind: str, picture: Drawn | None, actor: Actor) -> None:
    """The conference's `image` or `logo`; None takes it away. Raises as `save_programme`."""
    name = picture.name if picture else ""
    before = desk.programmes.fresh(slug)
    changed = replace(before, image=name) if kind == "image" else replace(before, logo=name)
    _save(desk, before, changed, picture, actor)


def set_profile(desk: Desk, slug: str, profile: Profile, actor: Actor) -> None:
    """Raises NotFound for a name that the programme does not have, InvalidProgramme for what is no
    biography, and as `save_programme`."""
    before = desk.programmes.fresh(slug)
    if profile.name not in {speaker.name for speaker in before.speakers}:
        raise NotFound
    sessions = tuple(_with_profile(session, profile) for session in before.sessions)
    _save(desk, before, replace(before, sessions=sessions), profile.portrait, actor)


def _with_profile(session: Session, profile: Profile) -> Session:
    speakers = (
        _told(each, profile) if each.name == profile.name else each for each in session.speakers
    )
    return replace(session, speakers=tuple(speakers))


def _told(speaker: Speaker, profile: Profile) -> Speaker:
    kept = "" if profile.no_portrait else speaker.portrait
    portrait = profile.portrait.name if profile.portrait else kept
    return replace(speaker, biography=profile.biography, portrait=portrait)


def _save(
    desk: Desk, before: Conference, changed: Conference, picture: Drawn | None, actor: Actor
) -> None:
    refuse_settled(before)
    programme = parse_programme(programme_yaml(changed))
    pictures = [picture] if picture else []
    save_programme(desk, programme, Saving(actor, before.version, pictures=pictures))
