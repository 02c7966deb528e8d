# SPDX-License-Identifier: Apache-2.0
"""Challenges set up by ACME clients of others against an ACME server of others (pebble). While one
is up, control is there; for another account's key, or once the client has cleaned up, it is not.
Pebble looks at every challenge too, so that we are held against its opinion."""

import contextlib
import dataclasses
import hashlib

import acme_clients
import control
import pytest
import system
from parallax_lab import acme, challenge

pytest_plugins = ["control_fixtures"]

DNS, HTTP, TLS = "dns-01", "http-01", "tls-alpn-01"
STRANGER = challenge.base64url(hashlib.sha256(b"another account's key").digest())


@dataclasses.dataclass(frozen=True)
class Case:
    client: object
    type: str
    names: tuple
    gone: frozenset  # why control is not shown any more afterwards


def case(client, kind, names, gone=None):
    left = gone or ({"challenge-missing"} if kind == DNS else {"connection-failed"})
    return pytest.param(Case(client, kind, tuple(names.split()), frozenset(left)),
                        id=f"{client.__name__}-{names.split()[0]}")


CASES = [
    case(acme_clients.lego_http, HTTP, "lego.acme.alder"),
    case(acme_clients.lego_tls, TLS, "lego.acme.alder"),
    case(acme_clients.lego_dns, DNS, "lego.acme-unsigned.alder"),
    case(acme_clients.certbot_http, HTTP, "certbot.acme.alder"),
    case(acme_clients.certbot_dns, DNS, "both.acme.alder *.both.acme.alder"),
    case(acme_clients.dehydrated_tls, TLS, "dehydrated.acme.alder"),
    case(acme_clients.uacme_http, HTTP, acme_clients.ADDRESS, {"challenge-missing"}),
    case(acme_clients.uacme_dns, DNS, "uacme.acme.alder"),
    case(acme_clients.uacme_tls, TLS, "uacme.acme.alder"),
    case(acme_clients.uacme_tls, TLS, acme_clients.ADDRESS),
    case(acme_clients.apache_http, HTTP, "apache.acme.alder", {"challenge-missing"}),
    case(acme_clients.apache_tls, TLS, "apache.acme.alder", {"certificate-unusable"}),
]


@pytest.fixture(scope="module")
def acme_server(tmp_path_factory):
    with acme.AcmeServer(tmp_path_factory.mktemp("acme"), acme_clients.NAME_SERVER) as server:
        yield server


@pytest.fixture(scope="module")
def certbot_home(tmp_path_factory):
    return tmp_path_factory.mktemp("certbot")


@pytest.fixture
def place(acme_server, certbot_home, tmp_path, case):
    """Where the client runs. Certbot, which takes long to make an account, keeps it."""
    keeps = case.client.__name__.startswith("certbot")
    return acme_clients.Place(acme_server, certbot_home if keeps else tmp_path)


def name_of(claim):
    return f"*.{claim.name}" if claim.wildcard else claim.name


def way(claim):
    """How both APIs are asked for what the client claims."""
    if claim.type == HTTP:
        both = {"token": claim.token, "key_authorization": claim.key_authorization}
        return control.Way("acme-http-01", both, both, "http")
    digest = challenge.base64url(claim.digest)
    hexadecimal = claim.digest.hex() if claim.type == TLS else digest
    return control.Way(f"acme-{claim.type}", {"key_authorization_hash": digest},
                       {"key_authorization_hash": hexadecimal}, "dns")


def opinions(stand, claim):
    """(decision over /v1, validity over /mpic) of a claim."""
    def over_v1():
        return control.decided(stand, name_of(claim), way(claim).control())

    def over_mpic():
        return control.valid(stand, name_of(claim), way(claim))

    decision, (valid, _) = system.at_once(lambda ask: ask(), [over_v1, over_mpic])
    return decision, valid


def assert_not_shown(stand, claim, reasons):
    decision, valid = opinions(stand, claim)
    control.unshown(decision, reasons)
    assert valid is False


def assert_shown(stand, claim):
    decision, valid = opinions(stand, claim)
    control.shown(decision)
    assert decision["outcome"] == "permitted"
    assert valid is True
    assert_not_shown(stand, dataclasses.replace(claim, thumbprint=STRANGER), {"challenge-differs"})


def claims_of(run, place, judge):
    """The claims that a client makes until it ends; judge() says of each what it must."""
    claims = []
    with contextlib.closing(place.server.claims_of(run.process)) as made:
        for claim in made:
            run.at_claim()
            judge(claim)
            claims.append(claim)
    return claims


@pytest.mark.parametrize("case", CASES)
def test_challenge(stand, place, case):
    with case.client(place, case.names) as run:
        claims = claims_of(run, place, lambda claim: assert_shown(stand, claim))
        assert run.process.returncode == 0, place.log()
        assert sorted(map(name_of, claims)) == sorted(case.names), place.log()
        assert {claim.type for claim in claims} == {case.type}
        for claim in claims:
            assert_not_shown(stand, claim, case.gone)


@pytest.mark.parametrize("case", [case(acme_clients.lego_http_unserved, HTTP, "lego.acme.alder")])
def test_challenge_that_pebble_does_not_find(stand, place, case):
    with case.client(place, case.names) as run:
        claims = claims_of(run, place,
                           lambda claim: assert_not_shown(stand, claim, {"challenge-missing"}))
    assert list(map(name_of, claims)) == list(case.names), place.log()
    assert run.process.returncode != 0
