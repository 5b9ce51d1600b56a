"""Which contracts there are, by type and version, and what they say of the people in them.

A field that tells who somebody is carries `Personal()`; all else may stay when a person is erased.
One that lets somebody in carries `Opens()`: nobody outside reads it.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import shared.events
from shared.events.envelope import CONTRACTS, Kind, Opens, Other, Personal, named_by

_Goes = Callable[[FieldInfo, Any], bool]

_VERSION = re.compile(r"\.v([0-9]+)\.json$")


def kind_of(event: Mapping[str, Any]) -> Kind:
    """(type, version) of a parsed envelope."""
    version = _VERSION.search(event.get("dataschema") or "")
    return event["type"], int(version[1]) if version else 1


def erases(event: Mapping[str, Any]) -> bool:
    """Whether it says that its subject must be forgotten; also in a version newer than ours."""
    return event["type"] in _erasing()


def conference_of(event: Mapping[str, Any]) -> str | None:
    """The slug of the conference that it is about; none of what is about none, or is older and did
    not say. Older envelopes have no such attribute, and their data is asked."""
    named = event.get("conference")
    return named if isinstance(named, str) else named_by(event["data"].get("conference"))


def ends_access(event: Mapping[str, Any]) -> bool:
    """Whether it says that something no longer counts which opened pages or calls."""
    load()
    contract = CONTRACTS.get(kind_of(event))
    return contract is not None and contract.ends_access


def has_personal_data(contract: type[BaseModel]) -> bool:
    """Whether it has room for any."""
    return any(
        _is_personal(field) or any(map(has_personal_data, _models(field.annotation)))
        for field in contract.model_fields.values()
    )


def without_person(event: Mapping[str, Any]) -> dict[str, Any]:
    """A parsed envelope as it was, about nobody in particular; again changes nothing.

    Of a contract that is known, personal fields are blank and fields that it does not name are
    gone: a newer publisher may have put a person there. Of any other all data is gone.
    """
    if erases(event):
        return dict(event)
    load()
    contract = CONTRACTS.get(kind_of(event))
    data: dict[str, Any] = {}
    if contract:
        data = _blanked(contract, event["data"], lambda field, _: _is_personal(field), new=False)
    return {**event, "data": data, "redacted": True}


def without_others(event: Mapping[str, Any]) -> dict[str, Any]:
    """A parsed envelope that tells of its subject alone; of a contract that is not known, nothing
    at all."""
    load()
    contract = CONTRACTS.get(kind_of(event))
    if contract is None:
        return without_person(event)
    data = _blanked(contract, event["data"], lambda field, _: _is_personal(field, Other), new=True)
    return {**event, "data": data}


def without_named(event: Mapping[str, Any], is_them: Callable[[str], bool]) -> dict[str, Any]:
    """A parsed envelope without a person who is known by a name or an address, in whatever field
    that names people."""
    load()
    contract = CONTRACTS.get(kind_of(event))
    if contract is None:
        return without_person(event)

    def goes(field: FieldInfo, value: Any) -> bool:
        return _is_personal(field) and isinstance(value, str) and is_them(value)

    return {**event, "data": _blanked(contract, event["data"], goes, new=True)}


def open_types() -> list[str]:
    """Of events that readers outside may have too."""
    load()
    private = {type_ for (type_, _), contract in CONTRACTS.items() if contract.private}
    return sorted({type_ for type_, _ in CONTRACTS} - private)


def without_keys(event: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a parsed envelope, without what `Opens` something; of a contract that is not
    known, without whatever is called so in any."""
    load()
    contract = CONTRACTS.get(kind_of(event))
    keys = frozenset().union(*map(_keys, [contract] if contract else CONTRACTS.values()))
    return {name: value for name, value in event["data"].items() if name not in keys}


def naming() -> list[str]:
    """The types of events that name people."""
    load()
    return sorted({t for (t, _), contract in CONTRACTS.items() if has_personal_data(contract)})


def also_in(event: Mapping[str, Any]) -> list[str]:
    """Subjects whose events name somebody whom this one erases."""
    found = event["data"].get("also_in") if erases(event) else None
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


@cache
def load() -> dict[str, Any]:
    """The modules of contracts, by publisher."""
    return {
        module.name: importlib.import_module(f"{shared.events.__name__}.{module.name}")
        for module in pkgutil.iter_modules(shared.events.__path__)
        if module.name != "__main__"
    }


@cache
def _erasing() -> frozenset[str]:
    load()
    return frozenset(type_ for (type_, _), contract in CONTRACTS.items() if contract.erases)


def _blanked(
    contract: type[BaseModel], data: Mapping[str, Any], goes: _Goes, *, new: bool
) -> dict[str, Any]:
    """Without what goes; with the fields that the contract does not name if they may be `new`."""
    kept = {k: v for k, v in data.items() if k not in contract.model_fields} if new else {}
    return kept | {
        name: _blank(field)
        if goes(field, data[name])
        else _inside(field.annotation, data[name], goes, new=new)
        for name, field in contract.model_fields.items()
        if name in data
    }


def _inside(annotation: Any, value: Any, goes: _Goes, *, new: bool) -> Any:
    """The same for the models in a field, alone or in a row."""
    models = _models(annotation)
    if not models:
        return value
    if isinstance(value, list):
        return [_inside(annotation, each, goes, new=new) for each in value]
    return _blanked(models[0], value, goes, new=new) if isinstance(value, dict) else value


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


@cache
def _keys(contract: type[BaseModel]) -> frozenset[str]:
    marked = contract.model_fields.items()
    return frozenset(n for n, field in marked if any(isinstance(m, Opens) for m in field.metadata))


def _is_personal(field: FieldInfo, mark: type[Personal] = Personal) -> bool:
    return any(isinstance(each, mark) for each in field.metadata)


def _blank(field: FieldInfo) -> str | None:
    return None if type(None) in get_args(field.annotation) else ""
