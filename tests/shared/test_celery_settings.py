"""Celery is set up as the decision says, and the decision names everything that is set."""

import ast
from typing import Any

import pytest
from celery import Celery

from shared.base.settings import Settings
from shared.process.queue import celery_app
from tests.shared.conftest import ROOT, TOKEN

DECISION = (ROOT / "docs" / "decisions" / "0003-celery-settings.md").read_text()


def app(url: str = "redis://127.0.0.1:6379/0", service: str = "sample") -> Celery:
    return celery_app(Settings(service=service, broker_url=url, service_token=TOKEN, lease=40))


def what_is_set() -> set[str]:
    tree = ast.parse((ROOT / "shared" / "process" / "queue.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    updates = [call for call in calls if ast.unparse(call.func) == "app.conf.update"]
    set_ = {str(keyword.arg) for call in updates for keyword in call.keywords}
    names = {"options", "AT_ONCE"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in names:
            value: Any = node.value
            if isinstance(value, ast.Dict) and ast.unparse(node.targets[0]) == "options":
                set_ |= {ast.literal_eval(key) for key in value.keys if key}
    return set_


def test_every_setting_has_its_reason() -> None:
    found = what_is_set()
    assert {"task_acks_late", "visibility_timeout"} <= found
    assert [name for name in sorted(found) if f"`{name}" not in DECISION] == []


def test_a_task_is_stopped_before_its_lease_ends() -> None:
    conf = app().conf
    assert conf.task_soft_time_limit < conf.task_time_limit < 40


def test_hints_are_given_back_long_after_a_lease() -> None:
    assert app().conf.broker_transport_options["visibility_timeout"] > 40


def test_two_services_share_no_key_of_the_broker() -> None:
    ours, theirs = app(service="sample").conf, app(service="other").conf
    for key in ("unacked_key", "unacked_index_key", "unacked_mutex_key"):
        assert ours.broker_transport_options[key] != theirs.broker_transport_options[key]
    assert {queue.name for queue in ours.task_queues} == {"sample", "sample.bulk"}


def test_rabbitmq_by_its_url_alone() -> None:
    conf = app("amqp://guest:guest@127.0.0.1:5672//").conf
    assert conf.broker_transport_options["confirm_publish"] is True
    for queue in conf.task_queues:
        assert queue.queue_arguments == {"x-queue-type": "quorum"}
        assert queue.durable


@pytest.mark.parametrize("name", ["task_acks_late", "broker_channel_error_retry"])
def test_what_is_on(name: str) -> None:
    assert app().conf[name] is True


@pytest.mark.parametrize(
    "name",
    ["task_reject_on_worker_lost", "task_publish_retry", "worker_enable_remote_control"],
)
def test_what_is_off(name: str) -> None:
    assert app().conf[name] is False


def test_no_results_and_json_only() -> None:
    conf = app().conf
    assert conf.result_backend is None
    assert conf.accept_content == ["json"]
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_connection_max_retries is None
