"""What certificates counts: for `status`, for metrics, and for whoever watches a bulk issue."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from services.certificates.base.tables import Certificate, CompiledTemplate
from services.certificates.preservation import standing
from shared.bus.inbox import JobRow
from shared.events.registration import AttendanceCertified

OPEN = ("waiting", "queued", "running", "parked")


def figures(connection: Connection) -> Mapping[str, int]:
    """Certificates by what became of them, and attendances whose certificate is still to come.

    "that differed": fast documents that were not as the full way makes them, and were replaced.
    """
    row = connection.execute(
        select(
            func.count(Certificate.sha256).label("issued"),
            func.count(Certificate.revoked_at).label("revoked"),
            func.count(Certificate.superseded_by).label("superseded"),
        )
    ).one()
    jobs: dict[str, int] = {
        row.state: row.number
        for row in connection.execute(
            select(JobRow.state, func.count().label("number"))
            .where(JobRow.type == AttendanceCertified.type, JobRow.state.in_([*OPEN, "dead"]))
            .group_by(JobRow.state)
        )
    }
    differences = connection.execute(select(func.sum(CompiledTemplate.differences))).scalar()
    return {
        "certificates_issued": row.issued,
        "certificates_revoked": row.revoked,
        "certificates_superseded": row.superseded,
        "certificates_to_issue": sum(jobs.get(state, 0) for state in OPEN),
        "certificates_failed": jobs.get("dead", 0),
        "certificates_that_differed": differences or 0,
        **standing.figures(connection),
    }
