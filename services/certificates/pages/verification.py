"""`/verify`: whether a certificate is real and still counts, by its code or by its file."""

from fastapi import Request, Response

from services.certificates.desk import desk_of
from services.certificates.realisation.versions import by_number
from services.certificates.verification.verifying import Verdict
from shared.pages import Site
from shared.pages.verification import verification


def show(request: Request, verdict: Verdict) -> Response:
    site: Site = request.app.state.site
    record, facts = verdict.record, None
    if record is not None and record.realisation is not None:
        with desk_of(request).database.read() as connection:
            facts = by_number(connection, record.realisation).facts
    return site.page(
        request,
        "verdict.html",
        verdict=verdict,
        record=record,
        attended=record.attended if record else None,
        facts=facts,
    )


router = verification("/verify", desk_of, show)
