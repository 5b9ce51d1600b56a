"""A sealed sheet: its head, table, the host's signature, the corrections, how it is verified."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.sheets.sealing.facts import Countersignature, Facts
from services.sheets.sealing.typesetting.breaking import Block, broken, fitted
from services.sheets.sealing.typesetting.document import QR, About, Attached, write
from services.sheets.sealing.typesetting.flow import LAST, LEFT, WIDE, Flow
from services.sheets.sealing.typesetting.lettering import plain
from services.sheets.sealing.typesetting.pages import HEIGHT, Page, points
from services.sheets.sealing.typesetting.table import DRAWN, GREY, add_table, draw_signature
from services.sheets.sealing.wording import Wording
from shared.documents import qr
from shared.documents.writing import DocumentSigner

CODE_SIDE = 86.0
_FOOT = 44.0


def typeset_sheet(facts: Facts, record: bytes, signer: DocumentSigner | None) -> bytes:
    """The finished PDF, with the machine-readable `record` attached."""
    return _Sheet(facts, Wording.of(facts)).finished(record, signer)


@dataclass
class _Sheet:
    facts: Facts
    wording: Wording

    def __post_init__(self) -> None:
        self.flow = Flow()
        heading = self.facts.heading
        self.conference = self.wording.set(heading.conference)
        self.title = self.wording.title(heading.title, heading.starts_at)

    def finished(self, record: bytes, signer: DocumentSigner | None) -> bytes:
        self._head()
        add_table(self.flow, self.facts, self.wording)
        self._countersignatures()
        self._corrections()
        self._verification()
        self.flow.on_each(self._edges)
        gettext = self.wording.gettext
        return write(
            self.flow.pages,
            self.flow.root,
            self.flow.fonts,
            qr.draw(self.facts.verify_url),
            Attached(
                "sheet.json",
                gettext("The chain of entries, machine-readable"),
                record,
                b"application#2Fjson",
            ),
            About(
                title=plain(f"{gettext('Attendance sheet')} – {self.title}"),
                description=plain(self.conference),
                author=plain(self.wording.set(self.facts.heading.organiser)),
                language=self.wording.language.code,
                signature_label=gettext("Electronic seal of the organiser"),
                sealed_at=self.facts.sealed_at,
            ),
            signer,
        )

    def _head(self) -> None:
        flow, wording = self.flow, self.wording
        wide = WIDE - CODE_SIDE - 16
        self._code(flow.page)
        self._paragraph("P", self.conference, (9.0, 8.0), wide, grey=GREY)
        flow.down(3)
        self._paragraph(
            "H1",
            f"{wording.gettext('Attendance sheet')} – {self.title}",
            (15.0, 13.0, 11.0),
            wide,
            bold=True,
        )
        flow.down(6)
        for label, said in self._particulars():
            self._paragraph(
                "P",
                wording.gettext("{label}: {value}").format(label=label, value=said),
                (8.5, 8.0),
                wide,
            )
        flow.top = min(flow.top, HEIGHT - 36 - CODE_SIDE - 24)
        flow.down(8)

    def _particulars(self) -> list[tuple[str, str]]:
        facts, gettext, language = self.facts, self.wording.gettext, self.wording.language
        of, typeset = facts.heading, self.wording.set
        day = language.date(of.starts_at, of.timezone)
        times = language.times(of.starts_at, of.ends_at, of.timezone)
        clocks = language.clocks(of.starts_at, of.timezone)
        sessions = [each for each in of.sessions if each != of.title]
        count = gettext("{signed} of {listed}").format(signed=facts.signed, listed=facts.expected)
        found = [
            (gettext("When"), f"{day}, {times} ({clocks})"),
            (gettext("Where"), typeset(", ".join(filter(None, (of.room, of.place))))),
            (gettext("Sessions"), typeset(" · ".join(sessions))),
            (gettext("Host"), typeset(", ".join(facts.hosts))),
            (gettext("Organiser"), typeset(of.organiser)),
            (gettext("Signatures"), count),
        ]
        return [(label, said) for label, said in found if said]

    def _code(self, page: Page) -> None:
        """The QR at the right of the head, its code beneath it."""
        left, bottom = LEFT + WIDE - CODE_SIDE, HEIGHT - 36 - CODE_SIDE
        box = points(left, bottom, left + CODE_SIDE, bottom + CODE_SIDE)
        figure = self.flow.root.add("Figure", b"<</O/Layout/Placement/Block/BBox[%s]>>" % box)
        figure.alternative = self.wording.gettext("QR code that leads to {address}").format(
            address=self.facts.verify_url
        )
        with page.marked(figure):
            page.form(QR, left, bottom, CODE_SIDE)
        block = fitted(self.facts.code, CODE_SIDE, sizes=(7.0,))
        shift = (CODE_SIDE - block.lines[0].width) / 2
        page.text(block, self.flow.root.add("P"), left + shift, bottom - 1)

    def _countersignatures(self) -> None:
        gettext = self.wording.gettext
        self._heading(gettext("Countersigned by the host"), 44)
        if not self.facts.countersignatures:
            self._paragraph(
                "P", gettext("Nobody has countersigned this sheet."), (8.5,), WIDE, grey=GREY
            )
        for each in self.facts.countersignatures:
            self._countersignature(each)

    def _countersignature(self, each: Countersignature) -> None:
        flow, gettext = self.flow, self.wording.gettext
        flow.make_room(32)
        name = self.wording.set(each.name) or gettext("erased on request")
        said = gettext("{name}, {moment}").format(name=name, moment=self.wording.moment(each.at))
        block = fitted(said, WIDE - DRAWN - 20, sizes=(9.0, 8.0))
        element = flow.root.add("P")
        flow.page.text(block, element, LEFT, flow.top - (28 - block.height) / 2)
        if each.strokes is not None:
            alternative = gettext("Signature of {name}").format(name=name)
            draw_signature(
                flow.page,
                flow.root,
                each.strokes.lines,
                LEFT + WIDE - DRAWN,
                flow.top - 28,
                alternative,
            )
        flow.down(max(30, block.height + 4))

    def _corrections(self) -> None:
        if not self.facts.corrections:
            return
        self._heading(self.wording.gettext("What was corrected, and why"), 40)
        for correction in self.facts.corrections:
            self._paragraph("P", self.wording.correction(correction), (8.0,), WIDE)
            self.flow.down(2)

    def _verification(self) -> None:
        facts, gettext = self.facts, self.wording.gettext
        self._heading(gettext("How this sheet is verified"), 60)
        said = [
            gettext(
                "Every entry of this sheet follows from the one before by a hash; the last of the "
                "{entries} has the hash below. What is altered, taken out, put in or moved is "
                "found with the attached record, or at the address that the QR code leads to."
            ).format(entries=facts.entries),
            gettext("{label}: {value}").format(label=gettext("Address"), value=facts.verify_url),
            gettext("{label}: {value}").format(
                label=gettext("Hash of the last entry"), value=facts.head
            ),
            gettext("Seal {number} of {moment}.").format(
                number=facts.seal, moment=self.wording.moment(facts.sealed_at)
            ),
        ]
        if facts.replaces:
            said.append(gettext("It replaces the seal {code}.").format(code=facts.replaces))
        for each in said:
            self._paragraph("P", each, (7.5,), WIDE, grey=0.2)
            self.flow.down(1.5)

    def _heading(self, said: str, room: float) -> None:
        """With as much room below as what follows needs at least."""
        self.flow.make_room(room)
        self.flow.down(12)
        self._paragraph("H2", said, (10.5,), WIDE, bold=True)
        self.flow.down(3)

    def _paragraph(
        self,
        role: str,
        said: str,
        sizes: tuple[float, ...],
        width: float,
        *,
        bold: bool = False,
        grey: float = 0.0,
    ) -> None:
        """One block, over as many pages as it takes."""
        block = fitted(said, width, bold=bold, sizes=sizes)
        element = self.flow.root.add(role)
        for part in _pieces(block, self.flow):
            self.flow.page.text(part, element, LEFT, self.flow.top, grey)
            self.flow.down(part.height)

    def _edges(self, page: Page) -> None:
        """The foot of every page; above each but the first, what it belongs to."""
        facts, gettext = self.facts, self.wording.gettext
        counted = gettext("page {number} of {all}").format(
            number=page.place + 1, all=len(self.flow.pages)
        )
        page.rule(LEFT, _FOOT + 4, WIDE)
        foot = fitted(
            f"{facts.code} · {gettext('seal')} {facts.seal} · {facts.head}",
            WIDE - 70,
            sizes=(6.0, 5.5),
        )
        page.lines(foot, LEFT, _FOOT, GREY)
        right = fitted(counted, 68, sizes=(7.0,))
        page.lines(right, LEFT + WIDE - right.lines[0].width, _FOOT, GREY)
        if page.place:
            said = f"{self.conference} · {self.title}"
            page.lines(_one_line(said, WIDE), LEFT, HEIGHT - 36, GREY)


def _one_line(said: str, width: float) -> Block:
    """As much of it as a line holds."""
    lines = broken(plain(said), width, 7.5, bold=False)
    return Block(tuple(lines[:1]), 7.5)


def _pieces(block: Block, flow: Flow) -> Iterator[Block]:
    """The block, cut where pages end; each piece is placed before the next is asked for."""
    rest = block.lines
    while rest:
        flow.make_room(min(len(rest), 2) * block.leading)
        fit = max(1, int((flow.top - LAST) / block.leading))
        yield Block(rest[:fit], block.size)
        rest = rest[fit:]
