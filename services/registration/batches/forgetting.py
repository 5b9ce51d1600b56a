"""What a batch holds of somebody, and who asked for it, forgotten."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from services.registration.batches.batch import settle
from services.registration.batches.tables import Batch as BatchRow
from services.registration.batches.tables import BatchItem
from services.registration.history.acts import ERASED

_ASKED = {"message": "This person’s data were erased.", "parameters": {}}


def forget_rows(
    connection: Connection, conference_id: int, is_them: Callable[[Mapping[str, Any]], bool]
) -> None:
    """Rows of a file about somebody are refused, and what they said is gone."""
    rows = connection.execute(
        select(BatchItem.batch_id, BatchItem.number, BatchItem.given)
        .join(BatchRow, BatchRow.id == BatchItem.batch_id)
        .where(
            BatchRow.conference_id == conference_id,
            BatchRow.kind == "register",
            BatchItem.given.is_not(None),
        )
    ).all()
    for row in rows:
        if is_them(row.given["person"]):
            settle(connection, row.batch_id, row.number, "refused", reasons=[_ASKED])
            connection.execute(
                update(BatchItem)
                .where(BatchItem.batch_id == row.batch_id, BatchItem.number == row.number)
                .values(given=None)
            )


def forget_asker(connection: Connection, name: str) -> None:
    connection.execute(
        update(BatchRow).where(BatchRow.requested_by == name).values(requested_by=ERASED)
    )
