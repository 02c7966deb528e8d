# SPDX-License-Identifier: Apache-2.0
"""Permits from the order to the signer: requests made by the openssl command, keys as the
coordinator publishes them."""

import base64
import json
import subprocess

import pytest
import system

ALICE, BOB = "alice@permits.alder", "bob@permits.alder"
COVERED, NOT_COVERED, USAGE = 0, 1, 64


@pytest.fixture(scope="module")
def signer(cluster, tmp_path_factory):
    """The folder of somebody who signs by permits: a key, and the coordinator's keys."""
    folder = tmp_path_factory.mktemp("signer")
    _, _, keys = system.documented(cluster, "GET", "/.well-known/jwks.json", token=False)
    (folder / "keys.json").write_text(json.dumps(keys))
    openssl("genpkey", "-algorithm", "ed25519", "-out", folder / "subject.key")
    return folder


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def permit_for(cluster, folder, names, **more):
    status, answer = system.order(cluster, names, **more)
    assert (status, answer["outcome"]) == (200, "permitted"), answer
    path = folder / f"{answer['id']}.jwt"
    path.write_text(answer["permit"] + "\n")
    return path, answer


def request(folder, san, subject="/O=Example"):
    path = folder / "request.csr"
    openssl("req", "-new", "-key", folder / "subject.key", "-subj", subject, "-addext",
            f"subjectAltName={san}", "-out", path)
    return path


def verify(folder, permit, names_from, *more):
    done = system.parallax("permit", "verify", "--permit", permit, "--keys", folder / "keys.json",
                           "--names-from", names_from, "--json", *more)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


@pytest.mark.parametrize(("san", "code", "said"), [
    pytest.param(f"email:{ALICE},email:{BOB}", COVERED, "covers", id="its_names"),
    pytest.param(f"email:{BOB},email:{ALICE}", COVERED, "covers", id="in_another_order"),
    pytest.param(f"email:{ALICE}", NOT_COVERED, f"leaves out names of the permit: {BOB}",
                 id="one_too_few"),
    pytest.param(f"email:{ALICE},email:{BOB},email:eve@permits.alder", NOT_COVERED,
                 "does not cover eve@permits.alder", id="one_too_many"),
    pytest.param(f"email:{ALICE},email:{BOB},DNS:permits.alder", NOT_COVERED,
                 "does not cover permits.alder", id="another_kind"),
])
def test_names(cluster, signer, san, code, said):
    permit, answer = permit_for(cluster, signer, [ALICE, BOB])
    returned, told = verify(signer, permit, request(signer, san), "--lab")
    assert returned == code, told
    assert told["covered"] is (code == COVERED) and said in told["message"]
    assert told["evidence"]["leaf_hash"] == answer["evidence"]["leaf_hash"]
    assert told["names"] == [ALICE, BOB]


def test_a_certificate_and_a_wildcard(cluster, signer):
    permit, _ = permit_for(cluster, signer, ["permits.alder", "*.permits.alder"], kind="tls")
    certificate = signer / "certificate.der"
    openssl("req", "-x509", "-key", signer / "subject.key", "-subj", "/CN=permits.alder", "-addext",
            "subjectAltName=DNS:permits.alder,DNS:*.permits.alder", "-outform", "DER", "-out",
            certificate)
    returned, told = verify(signer, permit, certificate, "--lab")
    assert (returned, told["covered"]) == (COVERED, True), told


def test_a_labs_permit_is_worth_nothing_outside(cluster, signer):
    permit, _ = permit_for(cluster, signer, [ALICE])
    returned, told = verify(signer, permit, request(signer, f"email:{ALICE}"))
    assert returned == NOT_COVERED and "lab" in told["message"]


def test_time(cluster, signer):
    permit, answer = permit_for(cluster, signer, [ALICE])
    asked = request(signer, f"email:{ALICE}")
    assert verify(signer, permit, asked, "--lab", "--at", answer["permission_expires"])[0] == 1
    returned, told = verify(signer, permit, asked, "--lab", "--at", "2020-01-01T00:00:00Z")
    assert returned == NOT_COVERED and "yet to come" in told["message"]
    assert verify(signer, permit, asked, "--at", "yesterday")[0] == USAGE


def test_altered(cluster, signer):
    permit, _ = permit_for(cluster, signer, [ALICE])
    header, payload, signature = permit.read_text().strip().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["names"].append("eve@permits.alder")
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    permit.write_text(f"{header}.{forged}.{signature}")
    asked = request(signer, f"email:{ALICE},email:eve@permits.alder")
    returned, told = verify(signer, permit, asked, "--lab")
    assert returned == NOT_COVERED and "the signature does not hold" in told


def test_another_coordinators_keys(cluster, signer, tmp_path):
    permit, _ = permit_for(cluster, signer, [ALICE])
    (tmp_path / "keys.json").write_text('{"keys": []}')
    returned, told = verify(tmp_path, permit, request(signer, f"email:{ALICE}"), "--lab")
    assert returned == NOT_COVERED and "none of the keys given" in told


@pytest.mark.parametrize("name", [system.DENIED, "alice@two-blind.alder"])
def test_no_permit_without_permission(cluster, name):
    status, answer = system.order(cluster, [system.PERMITTED, name])
    assert (status, answer["permit"]) == (200, None)


def test_a_repeated_order_gives_the_same_permit(cluster):
    first = system.order(cluster, id="permit-repeated")[1]
    assert first["permit"] and system.order(cluster, id="permit-repeated")[1] == first
