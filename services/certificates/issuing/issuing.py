"""Issuing: make the files, side by side; then rows, event and job in one transaction.

Killed anywhere, it is simply done again: codes and links follow from what is certified, the
documents are the same, and what a newer attendance has overtaken, or an erasure, steps back
without a trace.
"""

import math
from collections.abc import Sequence

import structlog

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.issuing.orders import ENOUGH, Order, take_along
from services.certificates.issuing.recording import ERASED, Print, Recording, Standings, as_known
from services.certificates.resources import Resources
from shared.base.clock import monotonic
from shared.bus.companions import complete_together, let_go

log = structlog.get_logger()


def issue(first: Order, resources: Resources) -> None:
    """What an order wants and has not got, however often it is asked for; nobody comes along."""
    _print_missing([first], resources)
    _hand_out([first], resources)


def issue_with_companions(first: Order, resources: Resources) -> None:
    """The same for others that wait behind it: one transaction and one wait for the disk for all.

    Raises what befell the first, once the others are done.
    """
    _print_missing([first], resources)
    made = _print_missing(take_along(first, resources), resources, ends=first.started + ENOUGH)
    _hand_out([first, *made], resources)


def make_anew(order: Order, resources: Resources) -> None:
    """New files of what the order wants, whatever there is already."""
    resources.documents.look_again()
    with order.by_itself():
        _print(order, resources)
    _hand_out([order], resources)


def _print_missing(
    orders: Sequence[Order], resources: Resources, ends: float = math.inf
) -> Sequence[Order]:
    """Those that had their turn; companions that had none in time are let go."""
    resources.documents.look_again()
    _look_up(orders, resources)
    _reserve(orders, resources)
    for number, order in enumerate(orders):
        if monotonic() > ends:
            late = [each.companion for each in orders[number:] if each.error is None]
            let_go(resources.database, [lease for lease in late if lease is not None])
            return orders[:number]
        if order.error is None:
            with order.by_itself():
                _print(order, resources)
    return orders


def _reserve(orders: Sequence[Order], resources: Resources) -> None:
    going_on = [order for order in orders if order.error is None]
    wanted = [record for order in going_on for record in order.wanted if record.has_badge]
    resources.badges.reserve(wanted)


def _print(order: Order, resources: Resources) -> None:
    order.prints = [_print_one(record, resources) for record in order.wanted]
    # Disks and object stores are waited for while the next is printed, and take as long for eight
    # as for one if they are asked at once.
    order.storing = resources.hands.submit(_store, order, resources)


def _print_one(record: Record, resources: Resources) -> Print:
    badge = resources.badges.of(record) if record.has_badge else None
    return record, resources.documents.print(record, badge.json if badge else ""), badge


def _hand_out(orders: Sequence[Order], resources: Resources) -> None:
    """What is printed is recorded once it is stored; raises what befell the first."""
    for order in orders:
        if order.error is None and order.storing is not None:
            with order.by_itself():
                order.storing.result()
    _conclude([order for order in orders if order.error is None], resources)
    if orders[0].error is not None:
        raise orders[0].error


def _look_up(orders: Sequence[Order], resources: Resources) -> None:
    """What is still to be made of each: all of it, when an operator asks for it again."""
    going_on = [order for order in orders if order.error is None]
    if not going_on:
        return
    registrations = [order.registration for order in going_on]
    with resources.database.read() as connection:
        rows = records.of_registrations(connection, registrations)
        standings = Standings.of(connection, registrations)
    for order in going_on:
        with order.by_itself():
            theirs = rows[order.registration]
            refused = ERASED if order.erased else standings.refusal(order.wanted, theirs)
            if refused:
                _step_back(order, refused, resources)
                order.wanted = []
                continue
            current = as_known(order.wanted, theirs)
            order.wanted = [each for each in current if order.job.forced or each.sha256 is None]


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
        registrations = [order.registration for order in orders if order.prints]
        rows = records.lock_registrations(connection, registrations)
        standings = Standings.of(connection, registrations)
        recording = Recording(connection, resources)
        for order in orders:
            if order.prints:
                theirs = rows.pop(order.registration, None)
                if theirs is None:  # an order before it in this group was about the same person
                    recording.write()
                    theirs = records.of_registration(connection, order.registration)
                reason = recording.publish(order.prints, theirs, standings, order.reason)
                if reason:
                    refused.append((order, reason))
            if order.companion is None:
                order.job.complete(connection)
        recording.write()
        complete_together(connection, [each.companion for each in orders if each.companion])
    for order, reason in refused:
        _step_back(order, reason, resources)


def _step_back(order: Order, reason: str, resources: Resources) -> None:
    """Leave no file behind: a try that was killed may have stored one."""
    for record in order.wanted:
        resources.storage.forget(record.storage_prefix)
    log.info("not issued", registration=order.registration, reason=reason)
