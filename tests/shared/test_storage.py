"""One suite that every storage must pass, then what is particular to a folder and to a bucket."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.base.errors import Misconfigured
from shared.storage import (
    FolderStorage,
    NotStored,
    Storage,
    StorageFailed,
    StorageFull,
    open_storage,
)
from shared.storage.folder import ABANDONED_AFTER, UNFINISHED

CONTENT = bytes(range(256)) * 100


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket_url(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    name = f"bucket-{time.monotonic_ns()}"
    boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1").create_bucket(Bucket=name)
    return f"s3://{name}/kept/here?endpoint={s3_endpoint}&region=us-east-1"


@pytest.fixture(params=["folder", "bucket"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "documents")
    return str(request.getfixturevalue("bucket_url"))


@pytest.fixture
def storage(url: str) -> Storage:
    return open_storage(url)


def test_what_was_put_is_there_for_everyone(storage: Storage, url: str) -> None:
    storage.put("ab/one.pdf", CONTENT)
    assert open_storage(url).get("ab/one.pdf") == CONTENT
    assert storage.exists("ab/one.pdf")


def test_putting_again_replaces(storage: Storage) -> None:
    storage.put("ab/one.pdf", b"before")
    storage.put("ab/one.pdf", b"after")
    assert storage.get("ab/one.pdf") == b"after"


def test_what_was_never_put_is_not_there(storage: Storage) -> None:
    assert not storage.exists("ab/none.pdf")
    with pytest.raises(NotStored):
        storage.get("ab/none.pdf")


def test_deleting_twice_is_harmless(storage: Storage) -> None:
    storage.put("ab/one.pdf", CONTENT)
    storage.delete("ab/one.pdf")
    storage.delete("ab/one.pdf")
    assert not storage.exists("ab/one.pdf")


def test_forgetting_takes_all_with_the_prefix_and_nothing_else(storage: Storage) -> None:
    for key in ("ab/person-1.pdf", "ab/person-2.pdf", "ab/somebody.pdf", "cd/person-1.pdf"):
        storage.put(key, CONTENT)
    storage.forget("ab/person")
    kept = [key for key in ("ab/person-1.pdf", "ab/person-2.pdf") if storage.exists(key)]
    assert kept == []
    assert storage.exists("ab/somebody.pdf")
    assert storage.exists("cd/person-1.pdf")


def test_forgetting_what_never_was_is_harmless(storage: Storage) -> None:
    storage.forget("zz/nobody")


@pytest.mark.parametrize("key", ["../out", "/etc/passwd", "a/../b", "", "a//b", ".hidden", "a\0b"])
def test_a_key_cannot_lead_out(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="cannot be a key"):
        storage.put(key, CONTENT)


def test_a_folder_holds_whole_files_only(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("ab/one.pdf", CONTENT)
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [Path("ab/one.pdf")]


def test_a_writer_killed_half_way_leaves_nothing_to_be_seen(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from shared.storage import FolderStorage\n"
        "storage = FolderStorage(Path(sys.argv[1]))\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "storage.put('ab/one.pdf', b'x' * 100_000)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert killed.returncode == -9
    storage = FolderStorage(tmp_path)
    assert not storage.exists("ab/one.pdf")
    (left,) = (tmp_path / UNFINISHED).iterdir()

    storage.forget("ab/one")
    assert not left.exists(), "erasing a person takes what a killed writer left of them"


def test_what_killed_writers_left_goes_after_a_while(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    old, recent = (tmp_path / UNFINISHED / name for name in ("old.part", "recent.part"))
    old.write_bytes(b"")
    recent.write_bytes(b"")
    long_ago = time.time() - ABANDONED_AFTER - 1
    os.utime(old, (long_ago, long_ago))
    storage = FolderStorage(tmp_path)
    assert not old.exists()
    assert recent.exists(), "its writer may be alive"
    assert not storage.exists("recent.part")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)],  # noqa: S607  wherever it is
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607  as above


def test_a_full_disk_says_so_and_keeps_what_was_there(small_disk: Path) -> None:
    storage = FolderStorage(small_disk)
    storage.put("ab/first.pdf", b"1" * 20_000)
    with pytest.raises(StorageFull, match="No space left"):
        storage.put("ab/second.pdf", b"2" * 200_000)
    assert storage.get("ab/first.pdf") == b"1" * 20_000
    assert not storage.exists("ab/second.pdf")
    assert list((small_disk / UNFINISHED).iterdir()) == []


def test_a_failing_sync_stores_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = FolderStorage(tmp_path)

    def refuse(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageFailed, match="Input/output error"):
        storage.put("ab/one.pdf", CONTENT)
    assert not storage.exists("ab/one.pdf")
    assert list((tmp_path / UNFINISHED).iterdir()) == []


def test_it_is_on_the_disk_before_it_has_its_name_and_the_name_is_before_anyone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut leaves a whole file or none."""
    storage = FolderStorage(tmp_path)
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("sync folder" if is_folder else "sync file")
        sync(descriptor)

    def note_replace(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    storage.put("a.pdf", CONTENT)
    assert done == ["sync file", "name", "sync folder"]


def test_a_missing_bucket_says_so(bucket_url: str) -> None:
    storage = open_storage(bucket_url.replace("s3://bucket", "s3://nobucket"))
    with pytest.raises(StorageFailed, match=r"could not be stored \(s3://nobucket"):
        storage.put("ab/one.pdf", CONTENT)


@pytest.mark.parametrize("url", ["ftp://host/path", "s3://", "s3://bucket?colour=blue"])
def test_a_url_that_names_no_storage_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="EMARGE_STORAGE_URL"):
        open_storage(url)


def test_a_file_url_names_a_folder(tmp_path: Path) -> None:
    open_storage(f"file://{tmp_path}/kept").put("one.pdf", b"1")
    assert (tmp_path / "kept" / "one.pdf").read_bytes() == b"1"
