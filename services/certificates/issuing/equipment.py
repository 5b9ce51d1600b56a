"""What a worker opens to make documents: press, templates, key, storage."""

from datetime import timedelta
from functools import partial

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.badges.listing import announce
from services.certificates.badges.seal import Seal, badge_key, may_sign
from services.certificates.badges.statuses import ask_to_sign_all
from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.base.printing import Documents
from services.certificates.base.settings import CertificatesSettings
from services.certificates.designs.particulars import particulars
from services.certificates.designs.templating import Templates
from services.certificates.engine import Press
from services.certificates.issuing.badging import SealedBadges
from services.certificates.issuing.differing import supersede_fast
from services.certificates.issuing.documents import PrintedDocuments
from services.certificates.issuing.stock_documents import StockDocuments
from services.certificates.preservation.asking import begin_seeking
from services.certificates.preservation.equipment import open_preserver
from services.certificates.resources import Resources, open_log
from services.certificates.signing.signers import Signers
from services.certificates.stock.choosing import against_engine
from shared.base.database import Database
from shared.documents.signing import Signer
from shared.documents.signing.key import load_signer
from shared.storage import open_storage

log = structlog.get_logger()


def open_resources(settings: CertificatesSettings, database: Database) -> Resources:
    links = Links(settings.public_url)
    with database.read() as connection:
        mint = Mint.of(connection)
    press = Press()
    signer = load_signer(settings)
    if signer is not None:
        signer.certifies = not settings.signature_level  # what is certified is never extended
    begin_seeking(database)
    seal = seal_of(settings.public_url, badge_key(settings), signer)
    badges = SealedBadges(database, announced(seal, database))
    return Resources(
        database=database,
        storage=open_storage(settings.storage_url),
        documents=_documents(settings, database, press, signer, links),
        stock=bool(against_engine(settings)),
        signers=Signers(),
        log=open_log(settings),
        links=links,
        mint=mint,
        badges=badges,
        preserver=open_preserver(settings),
        service_token=settings.service_token,
        lease=timedelta(seconds=settings.lease),
        close=press.close,
    )


def _documents(
    settings: CertificatesSettings,
    database: Database,
    press: Press,
    signer: Signer | None,
    links: Links,
) -> Documents:
    facts = particulars(settings, links)
    if reason := against_engine(settings):
        log.warning("documents are made without the engine", reason=reason)
        return StockDocuments(database, facts, signer)
    templates = Templates(database, press, settings.check_one_in, partial(supersede_fast, database))
    return PrintedDocuments(templates, facts, signer)


def seal_of(origin: str, key: Ed25519PrivateKey, signer: Signer | None) -> Seal:
    """What badges are signed with: their own key, and that of documents where it may be used."""
    if signer is None or not may_sign(signer.key):
        return Seal(origin, key)
    return Seal(origin, key, signer.key, (signer.certificate, *signer.chain))


def announced(seal: Seal, database: Database) -> Seal:
    """Anyone finds it listed before the first badge is out; where it is another than before, the
    status lists are signed with it too."""
    with database.begin() as connection:
        if announce(connection, seal):
            ask_to_sign_all(connection)
    return seal
