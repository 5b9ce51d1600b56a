"""Issuing: make the files, side by side; then rows, event and job in one transaction.

Killed anywhere, it is simply done again: codes and links follow from what is certified, the
documents are the same, and what a newer attendance has overtaken, or an erasure, steps back
without a trace.
"""

from collections.abc import Sequence

import structlog

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.issuing.orders import Order, take_along
from services.certificates.issuing.recording import ERASED, Print, as_known, publish, refusal
from services.certificates.resources import Resources

log = structlog.get_logger()


def issue(first: Order, resources: Resources) -> None:
    """What an order wants and has not got, however often it is asked for; nobody comes along."""
    _print_missing(first, resources)
    _hand_out([first], resources)


def issue_with_companions(first: Order, resources: Resources) -> None:
    """The same for others that wait behind it: one transaction and one wait for the disk for all.

    Raises what befell the first, once the others are done.
    """
    _print_missing(first, resources)
    along = take_along(first, resources, lambda order: _print_missing(order, resources))
    _hand_out([first, *along], resources)


def make_anew(order: Order, resources: Resources) -> None:
    """New files of what the order wants, whatever there is already."""
    with order.by_itself():
        _print(order, resources)
    _hand_out([order], resources)


def _print_missing(order: Order, resources: Resources) -> None:
    with order.by_itself():
        order.wanted = _missing(order, resources)
        _print(order, resources)


def _print(order: Order, resources: Resources) -> None:
    order.prints = [_print_one(record, resources) for record in order.wanted]


def _print_one(record: Record, resources: Resources) -> Print:
    badge = resources.badges.of(record)
    return record, resources.documents.print(record, badge.json), badge


def _hand_out(orders: Sequence[Order], resources: Resources) -> None:
    """What is printed is stored and recorded; raises what befell the first."""
    # Disks and object stores take as long for eight as for one, if they are asked at once.
    going_on = [order for order in orders if order.error is None]
    stored = [(order, resources.hands.submit(_store, order, resources)) for order in going_on]
    for order, storing in stored:
        with order.by_itself():
            storing.result()
    _conclude([order for order in going_on if order.error is None], resources)
    if orders[0].error is not None:
        raise orders[0].error


def _missing(order: Order, resources: Resources) -> list[Record]:
    """What is still to be made of an order: all of it, when an operator asks for it again."""
    with resources.database.read() as connection:
        rows = records.of_registration(connection, order.wanted[0].registration_id)
        refused = ERASED if order.erased else refusal(connection, order.wanted, rows)
    if refused:
        _step_back(order, refused, resources)
        return []
    current = as_known(order.wanted, rows)
    return [record for record in current if order.job.forced or record.sha256 is None]


def _store(order: Order, resources: Resources) -> None:
    for record, printed, _ in order.prints:
        resources.storage.put(record.storage_key(printed.sha256), printed.pdf)


def _conclude(orders: Sequence[Order], resources: Resources) -> None:
    """All in one transaction; when that fails, each in one of its own."""
    try:
        _commit(orders, resources)
    except Exception as error:  # noqa: BLE001  one order's trouble is found by trying each alone
        log.warning("group not committed", orders=len(orders), error=type(error).__name__)
        for order in orders:
            with order.by_itself():
                _commit([order], resources)


def _commit(orders: Sequence[Order], resources: Resources) -> None:
    refused: list[tuple[Order, str]] = []
    with resources.database.begin() as connection:
        for order in orders:
            if order.prints and (
                reason := publish(connection, resources, order.prints, order.reason)
            ):
                refused.append((order, reason))
            order.job.complete(connection)
    for order, reason in refused:
        _step_back(order, reason, resources)


def _step_back(order: Order, reason: str, resources: Resources) -> None:
    """Leave no file behind: a try that was killed may have stored one."""
    for record in order.wanted:
        resources.storage.forget(record.storage_prefix)
    log.info("not issued", registration=order.wanted[0].registration_id, reason=reason)
