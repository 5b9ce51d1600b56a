"""The catalogue of events: up to date, valid, and growing only in ways that break nobody."""

import json
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from shared.events import Payload, new_event
from shared.events.__main__ import FOLDER, files, main
from shared.events.asyncapi import FILE as ASYNCAPI
from shared.events.catalogue import TABLE, Contract, contracts
from shared.events.compatibility import breaks
from tests.shared.conftest import ROOT

CONTRACTS = contracts()
JUDGE = Path(__file__).parent / "asyncapi_judge"


class TestCatalogue:
    def test_it_is_what_the_code_says(self) -> None:
        written = files()
        assert len(written) == len(CONTRACTS) + 2
        for name, text in written.items():
            found = (FOLDER / name).read_text() if (FOLDER / name).exists() else "missing"
            assert found == text, f"{name}: run `python -m shared.events`"

    @pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
    def test_no_contract_breaks_what_was_promised(self, contract: Contract) -> None:
        assert breaks(json.loads((FOLDER / contract.file).read_text()), contract.schema()) == []

    def test_no_file_is_of_an_event_that_nobody_knows(self) -> None:
        """A version that is no longer written is still in the logs, and its schema stays."""
        known = {contract.payload.type for contract in CONTRACTS}
        there = {file.name for file in FOLDER.iterdir()} - {ASYNCAPI, TABLE}
        assert there
        assert {name.rpartition(".v")[0] for name in there} <= known

    def test_writing_it_takes_out_what_nobody_publishes_any_more(self, tmp_path: Path) -> None:
        for name in ("thing.gone.v1.json", "attendee.erased.v0.json"):
            (tmp_path / name).write_text("{}")
        main(tmp_path)
        assert not (tmp_path / "thing.gone.v1.json").exists()
        assert (tmp_path / "attendee.erased.v0.json").exists(), "it is still in the logs"

    def test_every_type_and_version_is_said_once(self) -> None:
        names = [contract.name for contract in CONTRACTS]
        assert len(names) == len(set(names))

    @pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
    def test_schemas_are_valid_and_every_event_has_a_meaning(self, contract: Contract) -> None:
        Draft202012Validator.check_schema(contract.schema())
        assert contract.meaning

    def test_an_event_says_which_schema_it_follows(self) -> None:
        contract = next(found for found in CONTRACTS if found.payload.type == "attendee.erased")
        data = contract.payload.model_validate(
            {"registration_id": "r-1", "erased_at": "2019-11-07T18:00:00+01:00"}
        )
        event = new_event("registration", data)
        assert event.dataschema == contract.schema()["$id"] == f"/events/{contract.file}"
        validator = Draft202012Validator(contract.schema())
        validator.validate(event.model_dump(mode="json")["data"])

    def test_the_asyncapi_document_is_one_to_its_own_parser(self) -> None:
        node = shutil.which("node")
        if node is None or not (JUDGE / "node_modules").exists():
            pytest.skip("no judge of AsyncAPI: needs Node 18 or newer, then `make install-test`")
        command = [node, str(JUDGE / "judge.mjs"), str(FOLDER / ASYNCAPI)]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(said.stdout)
        assert found["wrong"] == []
        assert "/events/registration" in found["channels"]

    def test_every_reference_of_the_asyncapi_document_leads_somewhere(self) -> None:
        document = json.loads((FOLDER / ASYNCAPI).read_text())
        assert document["asyncapi"] == "3.0.0"
        references = list(_references(document))
        assert references
        for reference in references:
            file, _, pointer = reference.partition("#")
            found = json.loads((FOLDER / file).read_text()) if file else document
            for part in filter(None, pointer.split("/")):
                found = found[part]


class Address(BaseModel):
    street: str


class Told(Payload):
    type: ClassVar[str] = "thing.told"
    name: str
    rank: int | None = None
    kind: Literal["a", "b"]
    parts: tuple[str, ...] = ()
    address: Address


OLD = Contract("tests", Told).schema()


def changed(path: str, change: Any) -> dict[str, Any]:
    """The schema with the part at a path replaced, or taken out when the change is None."""
    schema = deepcopy(OLD)
    *way, last = path.split("/")
    target: Any = schema
    for part in way:
        target = target[int(part) if part.isdigit() else part]
    if change is None:
        del target[last]
    else:
        target[last] = change
    return schema


class TestCompatibility:
    def test_nothing_changed(self) -> None:
        assert breaks(OLD, deepcopy(OLD)) == []

    def test_words_and_new_optional_fields_break_nobody(self) -> None:
        assert breaks(OLD, changed("properties/name/description", "as printed")) == []
        assert breaks(OLD, changed("properties/colour", {"type": "string"})) == []
        assert breaks(OLD, changed("$defs/Address/properties/city", {"type": "string"})) == []

    @pytest.mark.parametrize(
        ("path", "change", "problem"),
        [
            ("properties/rank", None, "data.rank: is gone"),
            ("$defs/Address/properties/street", None, "data.address.street: is gone"),
            (
                "required",
                ["name", "kind", "address", "rank"],
                "data.rank: is required now",
            ),
            ("required", ["name", "kind", "address", "new"], "data.new: is required now"),
            ("required", ["kind", "address"], "data.name: may be missing now"),
            ("properties/name/type", "integer", "data.name: was"),
            ("properties/name/maxLength", 5, "data.name: was"),
            ("properties/kind/enum", ["a"], "data.kind: was"),
            ("properties/kind/enum", ["a", "b", "c"], "data.kind: was"),
            ("properties/rank/anyOf", [{"type": "integer"}], "data.rank: was"),
            ("properties/rank/anyOf/0/type", "string", "data.rank|0: was"),
            ("properties/parts/items/type", "integer", "data.parts[]: was"),
        ],
    )
    def test_what_breaks_somebody_is_named(self, path: str, change: Any, problem: str) -> None:
        broken = breaks(OLD, changed(path, change))
        assert any(found.startswith(problem) for found in broken), broken

    def test_a_renamed_field_is_gone(self) -> None:
        renamed = changed("properties/title", OLD["properties"]["name"])
        del renamed["properties"]["name"]
        assert "data.name: is gone" in breaks(OLD, renamed)


class TestCommand:
    def test_it_writes_everything(self, tmp_path: Path) -> None:
        main(tmp_path)
        assert {file.name for file in tmp_path.iterdir()} == set(files())

    def test_it_refuses_to_write_a_contract_that_breaks(self, tmp_path: Path) -> None:
        main(tmp_path)
        file = tmp_path / "attendee.erased.v1.json"
        promised = json.loads(file.read_text())
        promised["properties"]["reason"] = {"type": "string"}
        file.write_text(json.dumps(promised))
        refused = subprocess.run(
            [sys.executable, "-m", "shared.events", tmp_path],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 1
        assert "attendee.erased.v1: data.reason: is gone" in refused.stderr
        assert json.loads(file.read_text()) == promised


def _references(part: Any) -> Any:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
