"""Evidence in an object store keeps the promises of the folder: whole or not at all, unchanged, found to be changed."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import boto3
import pytest
from moto.server import ThreadedMotoServer

from inspect_registry.config import SettingError, from_environment
from inspect_registry.fieldwork import errors, evidence, service
from inspect_registry.fieldwork.evidence_bucket import EvidenceBucket
from inspect_registry.fieldwork.evidence_folder import EvidenceFolder
from inspect_registry.fieldwork.evidence_keeper import evidence_keeper
from tests.acceptance.installation import free_port
from tests.fieldwork_doors import begun, officer
from tests.integration.fieldwork.test_evidence import PNG, a_photo, stream
from tests.visits_builders import a_district

KEY = f"inspections/{hashlib.sha256(PNG).hexdigest()[:2]}/{hashlib.sha256(PNG).hexdigest()}"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Another's implementation of the S3 protocol over HTTP, on a port of its own."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(endpoint, monkeypatch) -> Iterator[object]:
    """The bucket as its keeper sees it, by Amazon's own client."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="evidence")
    yield client
    for found in client.list_objects_v2(Bucket="evidence").get("Contents", []):
        client.delete_object(Bucket="evidence", Key=found["Key"])


@pytest.fixture
def bucket(store, endpoint, tmp_path: Path) -> EvidenceBucket:
    return EvidenceBucket(tmp_path / "cache", "s3://evidence/inspections", endpoint=endpoint)


def kept(store) -> dict[str, bytes]:
    listed = store.list_objects_v2(Bucket="evidence").get("Contents", [])
    return {one["Key"]: store.get_object(Bucket="evidence", Key=one["Key"])["Body"].read() for one in listed}


async def test_a_photo_lies_in_the_bucket_under_its_hash_and_comes_back_from_there(
    database, owner: asyncpg.Connection, bucket, store
) -> None:
    district = await a_district(owner)
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    view = await evidence.receive(acting, bucket, a_photo(record.uid), stream(PNG))
    assert kept(store) == {KEY: PNG}
    assert bucket.sweep() == 1, "the local copy goes, the bucket's stays"
    _, path = await evidence.content(acting, bucket, view.uid)
    assert path.read_bytes() == PNG


async def test_the_same_content_is_not_sent_twice(bucket, store) -> None:
    first = await bucket.take(stream(PNG), name="a.png", most_bytes=10**6)
    at = store.head_object(Bucket="evidence", Key=KEY)["LastModified"]
    store.put_object_tagging(Bucket="evidence", Key=KEY, Tagging={"TagSet": [{"Key": "seen", "Value": "once"}]})
    assert await bucket.take(stream(PNG, 7), name="b.png", most_bytes=10**6) == first
    tags = store.get_object_tagging(Bucket="evidence", Key=KEY)["TagSet"]
    assert tags, "a second sending would have replaced the object with its tags"
    assert store.head_object(Bucket="evidence", Key=KEY)["LastModified"] == at


async def test_a_large_film_goes_up_in_parts_and_comes_back_equal(bucket, store) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"film").digest(13_000_000)
    stored = await bucket.take(stream(film, 256 * 1024), name="film.mp4", most_bytes=10**8)
    bucket.sweep()
    assert (await bucket.check(stored.digest, stored.size)).read_bytes() == film


@pytest.mark.parametrize("spoil", ["change", "cut", "remove"])
async def test_what_was_spoilt_in_the_bucket_is_found_and_not_given_out(bucket, store, tmp_path, spoil) -> None:
    stored = await bucket.take(stream(PNG), name="a.png", most_bytes=10**6)
    if spoil == "remove":
        store.delete_object(Bucket="evidence", Key=KEY)
    else:
        store.put_object(Bucket="evidence", Key=KEY, Body=PNG[:-1] + (b"x" if spoil == "change" else b""))
    assert await bucket.check(stored.digest, stored.size), "the cache still has it"
    bucket.sweep()
    with pytest.raises(errors.EvidenceDamaged):
        await bucket.check(stored.digest, stored.size)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_spoilt_local_copy_is_fetched_anew(bucket) -> None:
    stored = await bucket.take(stream(PNG), name="a.png", most_bytes=10**6)
    path = await bucket.check(stored.digest, stored.size)
    path.chmod(0o600)
    path.write_bytes(b"not this")
    assert (await bucket.check(stored.digest, stored.size)).read_bytes() == PNG


async def test_a_store_that_does_not_answer_refuses_the_upload_and_no_row_is_entered(
    database, owner, store, tmp_path
) -> None:
    district = await a_district(owner)
    _, uid = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, uid)
    away = EvidenceBucket(tmp_path / "cache", "s3://evidence/inspections", endpoint=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(errors.EvidenceStoreUnavailable):
        await evidence.receive(acting, away, a_photo(record.uid), stream(PNG))
    assert await owner.fetchval("SELECT count(*) FROM evidence") == 0
    with pytest.raises(errors.EvidenceStoreUnavailable):
        await away.check(b"\x01" * 32, 5)


async def test_a_wrong_type_never_reaches_the_bucket(bucket, store) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PNG
        raise ConnectionResetError

    with pytest.raises(errors.EvidenceTypeNotAllowed):
        await bucket.take(stream(b"PK\x03\x04" + b"0" * 999), name="a.png", most_bytes=10**6)
    with pytest.raises(ConnectionResetError):
        await bucket.take(broken(), name="a.png", most_bytes=10**6)
    assert kept(store) == {}


def test_the_setting_decides_where_evidence_lies(tmp_path, store, endpoint) -> None:
    assert isinstance(evidence_keeper(from_environment({}, var=tmp_path)), EvidenceFolder)
    asked = {"IR_EVIDENCE_BUCKET": "s3://evidence", "IR_EVIDENCE_ENDPOINT": endpoint}
    assert isinstance(evidence_keeper(from_environment(asked, var=tmp_path)), EvidenceBucket)
    for name, value in (("IR_EVIDENCE_BUCKET", "evidence"), ("IR_EVIDENCE_ENDPOINT", "objects.example")):
        with pytest.raises(SettingError, match=name):
            from_environment({name: value})
