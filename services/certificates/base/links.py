"""The public links of a certificate: where anyone checks it, and where its holder fetches it."""

from dataclasses import dataclass

from services.certificates.base.records import Record


@dataclass(frozen=True)
class Links:
    public_url: str

    def verify(self, code: str) -> str:
        return f"{self.public_url}/verify/{code}"

    def badge(self, record: Record, form: str) -> str:
        """The same as an Open Badges credential: jwt, json, or in a picture, png or svg."""
        return f"{self.public_url}/certificates/{record.code}.{form}?key={record.link_key}"

    def picture(self, conference: str, locale: str) -> str:
        """What the badge of a conference looks like; anyone may see it."""
        return f"{self.public_url}/api/certificates/pictures/{conference}.{locale}.png"

    def status_list(self, number: int, form: str) -> str:
        """Which badges count no more: json or jwt, as the badge that names it."""
        return f"{self.public_url}/api/certificates/status/{number}.{form}"

    def page(self, record: Record) -> str:
        """Where the holder finds all of theirs."""
        return f"{self.public_url}/certificates/{record.code}?key={record.link_key}"

    def shared(self, token: str) -> str:
        """The page that its holder shows to everybody."""
        return f"{self.public_url}/certificates/shared/{token}"

    def shared_picture(self, token: str) -> str:
        return f"{self.shared(token)}.png"

    def employer(self, token: str) -> str:
        """Where an employer fetches the certificates of those who agreed."""
        return f"{self.public_url}/certificates/employer/{token}"

    def download(self, record: Record) -> str:
        return f"{self.public_url}/certificates/{record.code}.pdf?key={record.link_key}"
