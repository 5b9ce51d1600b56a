"""Whether a contract's change leaves every consumer and every logged event as good as before.

Both directions count: an old consumer reads new events, and a new one replays old events. So a
field that is there stays as it is, and only optional ones may come.
"""

from typing import Any

ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
ANNOTATIONS |= {"x-personal", "x-erases", "x-opens"}  # who may have it, not how it is read
NESTED = {"properties", "required", "items", "prefixItems", "anyOf"}

Schema = dict[str, Any]


def breaks(old: Schema, new: Schema) -> list[str]:
    """What breaks between two JSON Schemas of one event and version; nothing when all is well."""
    return _compare("data", old, new, old, new)


def _compare(path: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema) -> list[str]:
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    if _shape(old) != _shape(new):
        return [f"{path}: was {_shape(old)}, is {_shape(new)}"]
    broken = _compare_fields(path, old, new)
    for name, field in old.get("properties", {}).items():
        if inner := new.get("properties", {}).get(name):
            broken += _compare(f"{path}.{name}", field, inner, old_root, new_root)
    for name, before, after in _parts(old, new):
        broken += _compare(f"{path}{name}", before, after, old_root, new_root)
    return broken


def _compare_fields(path: str, old: Schema, new: Schema) -> list[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
    return [
        *(f"{path}.{name}: is gone" for name in before if name not in after),
        *(f"{path}.{name}: is required now" for name in sorted(must_after - must_before)),
        *(
            f"{path}.{name}: may be missing now"
            for name in sorted(must_before - must_after)
            if name in after
        ),
    ]


def _parts(old: Schema, new: Schema) -> list[tuple[str, Schema, Schema]]:
    parts = [("[]", old["items"], new["items"])] if isinstance(old.get("items"), dict) else []
    for keyword in ("anyOf", "prefixItems"):
        pairs = zip(old.get(keyword, ()), new.get(keyword, ()), strict=True)
        parts += [(f"|{number}", *pair) for number, pair in enumerate(pairs)]
    return parts


def _shape(schema: Schema) -> Schema:
    """What of it must stay the same, without what is compared piece by piece."""
    shape = {key: value for key, value in schema.items() if key not in ANNOTATIONS | NESTED}
    for keyword in ("anyOf", "prefixItems"):
        if keyword in schema:
            shape[keyword] = len(schema[keyword])
    return shape | ({"items": "…"} if "items" in schema else {})


def _resolve(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    target = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return _resolve(target | {key: schema[key] for key in schema if key != "$ref"}, root)
