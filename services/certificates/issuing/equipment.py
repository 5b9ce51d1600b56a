"""What a worker opens to make documents: press, templates, key, storage."""

from datetime import timedelta
from functools import partial

from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs.particulars import particulars
from services.certificates.designs.templating import Templates
from services.certificates.engine import Press
from services.certificates.issuing.badging import SignedBadges
from services.certificates.issuing.differing import supersede_fast
from services.certificates.issuing.documents import PrintedDocuments
from services.certificates.preservation.asking import begin_seeking
from services.certificates.preservation.equipment import open_preserver
from services.certificates.resources import Resources, open_log
from services.certificates.signing.key import load_signer
from services.certificates.signing.signers import Signers
from shared.base.database import Database
from shared.storage import open_storage


def open_resources(settings: CertificatesSettings, database: Database) -> Resources:
    links = Links(settings.public_url)
    with database.read() as connection:
        mint = Mint.of(connection)
    press = Press()
    signer = load_signer(settings)
    begin_seeking(database)
    return Resources(
        database=database,
        storage=open_storage(settings.storage_url),
        documents=PrintedDocuments(
            templates=Templates(
                database, press, settings.check_one_in, partial(supersede_fast, database)
            ),
            particulars=particulars(settings, links),
            signer=signer,
        ),
        signers=Signers(),
        log=open_log(settings),
        links=links,
        mint=mint,
        badges=SignedBadges(signer, links),
        preserver=open_preserver(settings),
        service_token=settings.service_token,
        lease=timedelta(seconds=settings.lease),
        close=press.close,
    )
