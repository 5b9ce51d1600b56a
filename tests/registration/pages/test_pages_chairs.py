"""The door's page of empty chairs, its calls, and where else a freed seat is seen."""

from datetime import datetime, timedelta

from services.registration.desk import Desk
from services.registration.people.exports import HEADINGS, export_rows
from services.registration.people.personal_data import personal_data
from services.registration.seats.records import read_record
from tests.registration.asking import join
from tests.registration.pages.visits import seen

CHAIRS = "/checkin/day/chairs"
CALLS = "/api/conferences/day/sessions/a/chairs"


def record(desk: Desk, registration_id: str):
    with desk.database.read() as connection:
        return read_record(connection, registration_id)


class TestPage:
    def test_from_the_grace_to_the_last_undo(self, visitor, desk, at, as_staff) -> None:
        holder = record(desk, join(desk, 1, "a"))
        at(10.3)
        person = record(desk, join(desk, 2, "party", by_staff=True))
        as_staff()
        page = visitor.get(CHAIRS, params={"door": "a"})
        assert "From 10:25 on, their seats can be freed." in seen(page)
        refused = visitor.post(f"{CHAIRS}/free", data={"door": "a", "code": holder.code})
        assert refused.status_code == 409
        assert "can be freed from 10:25 on" in seen(refused)
        at(10.5)
        assert "Free 1 seat" in seen(visitor.get(CHAIRS, params={"door": "a"}))

        def do(act: str, code: str) -> str:
            data = {"door": "a", "code": code}
            return seen(visitor.post(f"{CHAIRS}/{act}", data=data, follow_redirects=True))

        assert "The seats are free." in do("free", holder.code)
        assert "Into the line" in seen(visitor.get(CHAIRS, params={"door": "a", "q": person.code}))
        assert "asked at 10:30" in do("line", person.code)
        assert "stand in the line no more" in do("leave", person.code)
        do("line", person.code)
        assert "They have the seat" in do("let-in", person.code)
        assert "first in the line" in do("take-back", holder.code)
        assert "were not let in" in do("take-back", person.code)
        assert "The seat is theirs again." in do("take-back", holder.code)

    def test_a_late_holder_is_told_kindly(self, visitor, desk, at, as_staff) -> None:
        holder = record(desk, join(desk, 1, "a"))
        at(10.5)
        as_staff()
        visitor.post(f"{CHAIRS}/free", data={"door": "a", "code": holder.code})
        own = f"/r/{desk.links.manage_token(holder.id)}"
        assert "your seat was freed at 10:30" in seen(visitor.get(own))
        at(10.6)
        answer = visitor.post(
            "/checkin/day", data={"code": holder.code, "door": "a"}, follow_redirects=True
        )
        assert "Their seat was freed at 10:30" in seen(answer)
        assert "seat freed at 10:30" in seen(visitor.get(CHAIRS, params={"door": "a"}))
        [row] = export_rows(desk.database, desk.programmes.fresh("day"))
        cells = dict(zip((heading.name for heading in HEADINGS), row, strict=True))
        assert (cells["seat_freed"], cells["let_in_at_door"]) == ("Workshop a", "")
        assert personal_data(desk, holder.id)["at_doors"][0]["session"] == "a"


class TestCalls:
    def test_two_doors_tell_late_of_one_seat(self, api, desk, at, as_role) -> None:
        holder = record(desk, join(desk, 1, "a"))
        at(11)
        first, second = (
            record(desk, join(desk, number, "party", by_staff=True)) for number in (2, 3)
        )
        staff, other = as_role("staff"), as_role("staff")
        then = desk.programmes.fresh("day").by_slug["a"].starts_at + timedelta(minutes=15)
        body = {"codes": [holder.code], "at": then.isoformat()}

        def call(verb: str, headers: dict[str, str], **json):
            return api.post(f"{CALLS}/{verb}", json=json, headers=headers)

        assert call("free", staff, **body).json()["items"][0]["outcome"] == "freed"
        told = call("free", other, **body).json()["items"][0]
        assert (told["outcome"], datetime.fromisoformat(told["since"])) == ("freed-already", then)
        happened = {"happened": True, "at": then.isoformat()}
        one = call("let-in", staff, code=first.code, **happened)
        two = call("let-in", other, code=second.code, **happened)
        assert [each.status_code for each in (one, two)] == [201, 201]
        assert [each.json()["over"] for each in (one, two)] == [False, True]
        assert call("let-in", other, code=second.code, **happened).status_code == 200
        assert call("take-back", other, code=first.code).json()["type"].endswith("another-doors")
        assert call("take-back", as_role("organiser"), code=first.code).json() == {
            "outcome": "out-again"
        }
        shown = api.get(CALLS, headers=staff).json()
        assert [each["over"] for each in shown["let_in"]] == [True]
        counts = api.get("/api/conferences/day/headcounts", headers=staff).json()["items"]
        [a] = [each for each in counts if each["session"] == "a"]
        assert (a["freed"], a["let_in"], a["over"], a["present"]) == (1, 1, 1, 1)
        public = api.get("/api/conferences/day/headcounts").json()["items"]
        assert not {"freed", "let_in", "over", "present"} & {*public[0]}

    def test_what_cannot_be_is_refused_by_name(self, api, desk, at, as_role) -> None:
        holder = record(desk, join(desk, 1, "a"))
        staff = as_role("staff")
        assert api.get(CALLS).status_code == 401
        at(10.5)
        for call, json, problem in (
            ("a/chairs/line", {"code": holder.code}, "seated-already"),
            ("a/chairs/let-in", {}, "nobody-in-line"),
            ("a/chairs/take-back", {"code": holder.code}, "nothing-to-take-back"),
            ("party/chairs/free", {}, "seats-stay"),
            ("none/chairs/free", {}, "not-found"),
            ("a/chairs/free", {"codes": ["33333-33333"]}, "code-unknown"),
            ("a/chairs/free", {"codes": ["?"]}, "invalid"),
            ("a/chairs/free", {"at": "2099-01-01T00:00:00Z"}, "invalid"),
        ):
            answer = api.post(
                f"/api/conferences/day/sessions/{call}", json=json, headers=staff
            ).json()
            assert answer["type"].endswith(problem), answer
