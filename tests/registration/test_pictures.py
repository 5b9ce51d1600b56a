"""Pictures of a conference's page: drawn anew by a confined child, kept by what they show, gone
with whom they show."""

import io
import struct
import zlib

import pytest
from PIL import Image
from sqlalchemy import func, select

from services.registration.base.refusals import PictureUnknown
from services.registration.desk import Desk
from services.registration.editing.copying import copy_day
from services.registration.editing.public_page import Profile, set_picture, set_profile
from services.registration.editing.saving import Saving, save_programme
from services.registration.editing.speakers import erase_speaker
from services.registration.editing.stages import delete_draft
from services.registration.history.acts import Actor, history
from services.registration.pictures.picture_child import TOO_LARGE, Unreadable
from services.registration.pictures.reading import read_picture
from services.registration.pictures.sizes import LARGEST
from services.registration.pictures.tables import Picture
from services.registration.programme.document import parse_programme
from services.registration.programme.export import programme_yaml
from tests.registration.days import IN_THREE_WEEKS, programme_text
from tests.registration.drawn import opened, photo
from tests.registration.test_erased_speakers import everything

ANN = Actor("organiser", "ann@example.org")
WHERE = 0x8825  # EXIF: the place


def kept(desk: Desk) -> int:
    with desk.database.read() as connection:
        return connection.execute(select(func.count()).select_from(Picture)).scalar_one()


def channels(content: bytes, at: tuple[int, int]) -> tuple[int, ...]:
    """Of a point of a picture."""
    point = opened(content).convert("RGBA").getpixel(at)
    assert isinstance(point, tuple)
    return point


@pytest.fixture
def day(desk: Desk) -> str:
    speakers = "[{name: Ada King, title: Countess}, {name: Grace}]"
    text = programme_text(1).replace("title: Opening,", f"title: Opening, speakers: {speakers},")
    save_programme(desk, parse_programme(text, on=IN_THREE_WEEKS), Saving(ANN))
    return "day"


class TestDrawing:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_sizes_for_a_phone_and_a_desk(self, form: str) -> None:
        drawn = read_picture("image", photo(form=form))
        assert [opened(each).size for each in drawn.sizes.values()] == [(720, 270), (1440, 540)]
        assert {opened(each).format for each in drawn.sizes.values()} == {"WEBP"}

    def test_the_same_picture_has_the_same_name(self) -> None:
        assert read_picture("logo", photo()).name == read_picture("logo", photo()).name

    def test_nothing_of_the_file_is_in_it(self) -> None:
        exif = Image.Exif()
        exif.get_ifd(WHERE)[1] = "N"
        exif[0x010F] = "A camera"
        sent = photo(exif=exif, comment=b"my secret")
        assert b"A camera" in sent
        for each in read_picture("portrait", sent).sizes.values():
            assert opened(each).getexif() == {}
            assert b"camera" not in each
            assert b"secret" not in each

    def test_a_telephone_that_was_held_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6  # the left of what was stored is the top
        [small, _] = read_picture("portrait", photo(exif=exif)).sizes.values()
        red, _, blue, _ = channels(small, (48, 5))
        assert red > blue

    def test_a_logo_stays_whole_and_one_sees_through_it(self) -> None:
        file = io.BytesIO()
        Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(file, "PNG")
        [logo] = read_picture("logo", file.getvalue()).sizes.values()
        assert opened(logo).size == (160, 160)
        assert channels(logo, (80, 80))[3] == 0

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not a picture",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            b"GIF89a" + bytes(100),
            b"%PDF-1.7",
            photo()[:500],
            b"x" * (LARGEST + 1),
        ],
    )
    def test_what_is_none_is_refused(self, content: bytes) -> None:
        with pytest.raises(Unreadable):
            read_picture("image", content)

    def test_one_that_would_unpack_to_too_much_is_refused_before(self) -> None:
        with pytest.raises(Unreadable, match=TOO_LARGE):
            read_picture("image", bomb(30_000, 30_000))


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


class TestKeeping:
    def test_each_is_a_version_that_can_be_undone(self, desk: Desk, day: str) -> None:
        drawn = read_picture("image", photo())
        set_picture(desk, day, "image", drawn, ANN)
        shown = desk.programmes.fresh(day)
        assert shown.image == drawn.name
        set_picture(desk, day, "image", None, ANN)
        assert desk.programmes.fresh(day).image == ""
        assert kept(desk) == len(drawn.sizes)  # the version before shows it
        save_programme(desk, parse_programme(programme_yaml(shown)), Saving(ANN))
        assert desk.programmes.fresh(day).image == drawn.name

    def test_the_history_says_so_without_words_of_the_biography(self, desk: Desk, day: str) -> None:
        set_profile(desk, day, Profile("Ada King", "She wrote the first."), ANN)
        conference = desk.programmes.fresh(day)
        with desk.database.read() as connection:
            [newest, *_] = history(connection, conference_id=conference.id)
        assert newest["what"] == "programme.changed"
        assert newest["after"] == {"profiles": "Ada King"}

    def test_a_speaker_of_two_sessions_is_one_person(self, desk: Desk, day: str) -> None:
        conference = desk.programmes.fresh(day)
        text = programme_yaml(conference).replace(
            "title: Workshop a", "title: Workshop a\n  speakers:\n  - name: Ada King"
        )
        save_programme(desk, parse_programme(text), Saving(ANN))
        set_profile(
            desk,
            day,
            Profile("Ada King", "She wrote the first.", read_picture("portrait", photo())),
            ANN,
        )
        [ada, grace] = desk.programmes.fresh(day).speakers
        assert (ada.title, ada.biography, bool(ada.portrait)) == (
            "Countess",
            "She wrote the first.",
            True,
        )
        assert not grace.is_told_of
        assert (
            sum(
                s.biography != ""
                for each in desk.programmes.fresh(day).sessions
                for s in each.speakers
            )
            == 2
        )

    def test_an_erased_speaker_s_portrait_and_biography_are_nowhere(
        self, desk: Desk, day: str
    ) -> None:
        portrait = read_picture("portrait", photo())
        set_profile(desk, day, Profile("Ada King", "She wrote the first.", portrait), ANN)
        set_profile(desk, day, Profile("Ada King", "", no_portrait=True), ANN)
        logo = read_picture("logo", photo())
        set_picture(desk, day, "logo", logo, ANN)
        assert portrait.name in everything(desk)
        erase_speaker(desk, day, "Ada King", ANN)
        left = everything(desk)
        assert portrait.name not in left
        assert "wrote the first" not in left
        assert "Ada King" not in left
        assert kept(desk) == len(logo.sizes)

    def test_a_copy_has_its_own(self, desk: Desk, day: str) -> None:
        set_picture(desk, day, "image", read_picture("image", photo()), ANN)
        copy_day(desk, day, "next", IN_THREE_WEEKS, ANN)
        assert kept(desk) == 4
        delete_draft(desk, "next", ANN)
        assert kept(desk) == 2

    def test_an_export_under_another_address_keeps_them(self, desk: Desk, day: str) -> None:
        set_picture(desk, day, "image", read_picture("image", photo()), ANN)
        text = programme_yaml(desk.programmes.fresh(day)).replace("slug: day", "slug: other")
        save_programme(desk, parse_programme(text), Saving(ANN))
        assert kept(desk) == 4

    def test_one_that_nobody_gave_is_refused(self, desk: Desk, day: str) -> None:
        text = programme_yaml(desk.programmes.fresh(day)) + f"image: {'0' * 32}\n"
        with pytest.raises(PictureUnknown, match="0" * 32):
            save_programme(desk, parse_programme(text), Saving(ANN))
        assert desk.programmes.fresh(day).image == ""
