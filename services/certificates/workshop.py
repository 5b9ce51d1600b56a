"""What a worker opens to make documents: press, templates, key, storage."""

from datetime import timedelta

from services.certificates.documents import PrintedDocuments
from services.certificates.engine import Press
from services.certificates.links import Links
from services.certificates.minting import Mint
from services.certificates.resources import Resources, open_log
from services.certificates.settings import CertificatesSettings
from services.certificates.signers import Signers
from services.certificates.signing_key import load_signer
from services.certificates.templating import Templates
from services.certificates.wording import wording
from shared.database import Database
from shared.storage import open_storage


def open_resources(settings: CertificatesSettings, database: Database) -> Resources:
    links = Links(settings.public_url)
    with database.read() as connection:
        mint = Mint.of(connection)
    press = Press()
    return Resources(
        database=database,
        storage=open_storage(settings.storage_url),
        documents=PrintedDocuments(
            templates=Templates(database, press, settings.check_one_in),
            wording=wording(settings, links),
            signer=load_signer(settings),
        ),
        signers=Signers(),
        log=open_log(settings),
        links=links,
        mint=mint,
        lease=timedelta(seconds=settings.lease),
        close=press.close,
    )
