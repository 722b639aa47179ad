"""First contact with a cluster: each cause of a failure has its own sentence, in every command that meets it."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Step
from exr_inspector_app.errors import KnownError, VASTDatabaseError
from exr_inspector_app.persistence.vast import VastStore, diagnose, http_session
from tests.persistence.samples import batch, frames
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

TIMEOUT_S = (5.0, 10.0)


def last_step(vast: Vast, **options: Any) -> Step:
    return list(diagnose(vast, timeout=TIMEOUT_S, **options))[-1]


def publish_error(vast: Vast) -> str:
    store = VastStore(vast, timeout=TIMEOUT_S)
    with pytest.raises(VASTDatabaseError) as caught:
        store.publish(batch(*frames(1)))
    store.close()
    return caught.value.sentence


MATRIX = [
    ({"plain_buckets": (BUCKET,)}, "Bucket", "is not a database. Enable the protocol Database on its view"),
    ({"denied": {"head_bucket"}}, "Bucket", "may not look up the bucket vastdb. Allow s3:HeadBucket and s3:ListBucket"),
    ({"denied": {"begin"}}, "Key", "does not let the key KEY begin a transaction. Use the address of its tenant"),
    ({"region": "eu-west-1"}, "Server", "does not accept the region us-east-1. Correct VAST_DB_REGION."),
]


@pytest.mark.parametrize(("switches", "name", "sentence"), MATRIX)
def test_each_cause_has_its_sentence(
    vast: Vast, server: VastServer, switches: dict[str, Any], name: str, sentence: str
) -> None:
    server.personality = Personality(**switches)
    step = last_step(vast)
    assert (step.name, step.ok) == (name, False)
    assert sentence in step.sentence
    server.clear()
    assert sentence in publish_error(vast)
    assert sum(request.kind == "begin" for request in server.log) <= 2  # a final cause is not retried


def test_denied_list_of_schemas_is_reported(vast: Vast, server: VastServer) -> None:
    server.personality = Personality(denied={"schema_list"})
    step = last_step(vast)
    assert (step.name, step.ok) == ("Bucket", False)
    assert step.sentence.startswith(
        "The key may not list the schemas of vastdb. Ask the administrator for the policy of"
    )


@pytest.mark.parametrize(("version", "sentence"), [
    ("4.7.0.0", "VAST 4.7.0.0 is too old. Update the cluster to 5.0 or newer."),
    ("4.6", "is not a supported VAST Database (5.0 or newer)."),
])  # fmt: skip
def test_old_version_is_reported(version: str, sentence: str) -> None:
    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET, version=version) as server:
        step = last_step(place(server.endpoint, "s"))
    assert (step.name, step.ok) == ("Server", False)
    assert sentence in step.sentence


def test_missing_vectors_are_reported(vast: Vast, server: VastServer, store: VastStore) -> None:
    server.personality = Personality(has_vectors=False)
    lists = replace(vast, schema=f"{vast.schema}_lists")
    VastStore(lists).ensure_tables()
    steps = {step.name: step for step in diagnose(lists, timeout=TIMEOUT_S, require_write=True)}
    assert all(step.ok for step in steps.values())
    assert steps["Columns"].sentence == "all as expected; vectors are lists of any length"
    assert steps["Similarity"].sentence.endswith("lists of any length are compared on this machine")


STAY, CANNOT = "sizes, dates and notes of published files stay as they are", "published files cannot be removed"
RIGHTS = [
    ({"insert"}, "insert", "may read, but not insert, so this key cannot publish"),
    ({"update:files"}, "update", f"may read and insert, but not update: {STAY}"),
    ({"delete:files"}, "delete", f"may read and insert, but not delete: {CANNOT}"),
    (
        {"update:files", "delete:files"},
        "update or delete",
        f"may read and insert, but not update or delete: {STAY} and {CANNOT}",
    ),
]


@pytest.mark.parametrize(("denied", "actions", "sentence"), RIGHTS)
def test_missing_rights_are_reported_and_required_on_request(
    vast: Vast, server: VastServer, store: VastStore, denied: set[str], actions: str, sentence: str
) -> None:
    server.personality = Personality(denied=denied)
    steps = {step.name: step for step in diagnose(vast, timeout=TIMEOUT_S)}
    assert all(step.ok for step in steps.values())
    assert steps["Rights"].sentence == sentence
    if "insert" in denied:
        with pytest.raises(KnownError, match=r"The key may not insert rows of files\. Ask the administrator"):
            store.require_writable(tries_write=True)
    else:  # new files are published
        store.require_writable(tries_write=True)
    step = last_step(vast, require_write=True)
    assert (step.name, step.ok) == ("Rights", False)
    assert step.sentence.startswith(f"The key may not {actions} rows of files. Ask the administrator for the policy of")


def test_update_that_a_vector_index_refuses_is_reported(vast: Vast, server: VastServer, store: VastStore) -> None:
    server.fault("update", "status:400:TabularUnsupportedOperation")
    steps = {step.name: step.sentence for step in diagnose(vast, timeout=TIMEOUT_S)}
    assert "update (400, TabularUnsupportedOperation)" in steps["Rights"]
    server.fault("update", "status:400:TabularUnsupportedOperation")
    assert "Run `exr-inspector vast prove`" in last_step(vast, require_write=True).sentence


# TLS ------------------------------------------------------------------------------------------------------------------


class Authority:
    """Certificate authority that signs certificates of servers in a folder."""

    def __init__(self, folder: Path, *, has_key_ids: bool = True) -> None:
        self.has_key_ids = has_key_ids
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
        self.file = folder / "authority.pem"
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        own_id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._build(self._name, self._key, {constraints: True, usage: True, own_id: False})
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, name: x509.GeneralName, days: int = 1) -> ssl.SSLContext:
        """Return the TLS settings of a server with this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
        certificate = self._build(subject, key, {x509.SubjectAlternativeName([name]): True}, days)
        file = self._folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _build(self, subject: x509.Name, key: Any, extensions: dict[Any, bool], days: int = 1) -> x509.Certificate:
        """Sign a certificate with extensions, by whether they are critical."""
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(days=9))
        builder = builder.not_valid_after(now + datetime.timedelta(days=days))
        if self.has_key_ids:
            own_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
            builder = builder.add_extension(own_key, critical=False)
        for extension, is_critical in extensions.items():
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(self._key, hashes.SHA256())


OWN_ADDRESS = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
OTHER_NAME = x509.DNSName("vast.example.com")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def tls_server(context: ssl.SSLContext) -> VastServer:
    server = VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET)
    server.listener.socket = context.wrap_socket(server.listener.socket, server_side=True)
    return server


def tls_place(server: VastServer, ca_file: Path | None) -> Vast:
    return replace(place(server.endpoint.replace("http:", "https:"), "s"), ca_file=ca_file)


CERTIFICATES = [
    (OWN_ADDRESS, 1, False, "is not trusted. Set the CA certificate file in Settings."),
    (OTHER_NAME, 1, True, "is for another host name. Use a name of the certificate in the endpoint."),
    (OWN_ADDRESS, -1, True, "has expired. Contact the administrator."),
]


@pytest.mark.parametrize(("name", "days", "has_ca", "sentence"), CERTIFICATES)
def test_each_fault_of_a_certificate_has_its_sentence(
    authority: Authority, name: x509.GeneralName, days: int, has_ca: bool, sentence: str
) -> None:
    with tls_server(authority.context(name, days)) as server:
        vast = tls_place(server, authority.file if has_ca else None)
        step = last_step(vast)
        assert (step.name, step.ok) == ("Clock", False)
        assert step.sentence.endswith(sentence)
        assert publish_error(vast) == step.sentence


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python requires key identifiers since 3.13")
def test_certificate_without_key_identifier_has_its_sentence(tmp_path: Path) -> None:
    authority = Authority(tmp_path, has_key_ids=False)
    with tls_server(authority.context(OWN_ADDRESS)) as server:
        step = last_step(tls_place(server, authority.file))
        assert step.sentence.endswith("lacks an extension that Python requires. Contact the administrator.")


def test_https_to_a_server_without_tls_has_its_sentence(vast: Vast) -> None:
    step = last_step(replace(vast, endpoint=vast.endpoint.replace("http:", "https:")))
    assert (step.name, step.ok) == ("Clock", False)
    assert step.sentence.endswith("does not use TLS. Write http:// instead of https:// in the endpoint.")


@pytest.fixture
def other_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set the CA bundle of the environment to another authority."""
    folder = tmp_path / "other"
    folder.mkdir()
    bundle = Authority(folder).file
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return bundle


def test_ca_file_wins_over_the_bundle_of_the_environment(authority: Authority, other_bundle: Path) -> None:
    with tls_server(authority.context(OWN_ADDRESS)) as server:
        vast = tls_place(server, authority.file)
        store = VastStore(vast, timeout=TIMEOUT_S)
        assert store.publish(batch(*frames(1)))[0].inserted
        assert store.count() == 1
        store.close()
        assert last_step(vast).ok
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(vast.endpoint, timeout=5)


def test_http_session_keeps_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    http = http_session.HttpSession()
    http.verify = "/ca.pem"
    merged = http.merge_environment_settings("https://vast.example.com", {}, None, None, None)
    assert (merged["verify"], merged["proxies"]["https"]) == ("/ca.pem", "http://proxy:1")
