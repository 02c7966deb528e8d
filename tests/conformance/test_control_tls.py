# SPDX-License-Identifier: Apache-2.0
"""Control shown by a certificate under ALPN acme-tls/1, over /v1: TLS BR 3.2.2.4.20 and 3.2.2.5.7
(RFC 8737, RFC 8738)."""

import base64

import control
import pytest
from cryptography import x509
from parallax_lab import certificates, challenge

pytest_plugins = ["control_fixtures"]

ALPN = control.WAYS["acme-tls-alpn"]
TLS_MATRIX = [pair for pair in control.MATRIX if control.WAYS[pair[0]].family == "tls"]
UNUSABLE = {"certificate-unusable"}
BROKEN = {"protocol-error", "connection-failed"}
UNREACHED = {"connection-failed", "control-timed-out"}


@pytest.mark.parametrize("pair", TLS_MATRIX, ids=control.identify)
def test_every_zone(pair, v1_matrix):
    decision = control.decision_in(*v1_matrix[pair], ALPN.method)
    control.assert_seen(decision, ALPN, pair[1])


CERTIFICATES = {
    "good": None, "two-san-good-first": UNUSABLE, "wrong-name": UNUSABLE,
    "wildcard-name": UNUSABLE, "no-san": UNUSABLE, "email-san": UNUSABLE,
    "no-extension": UNUSABLE, "not-critical": UNUSABLE,
    "wrong-digest": UNUSABLE | {"challenge-differs"},
    "short-digest": UNUSABLE, "bare-digest": UNUSABLE, "draft-oid": UNUSABLE, "twice": UNUSABLE,
    "issued": UNUSABLE, "forged": UNUSABLE, "no-alpn": UNUSABLE | BROKEN,
    "name-for-address": None,  # asked for by a name, the name is right
}


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_certificate(stand, kind):
    expected = CERTIFICATES[kind]
    if expected is None:
        control.shows(stand, f"{kind}.tls.alder", ALPN)
    else:
        found = control.fails(stand, f"{kind}.tls.alder", ALPN, expected)
        assert f"{kind}.tls.alder" in found["explanation"]


HOSTS = {
    "plain-on-443.web": BROKEN, "old-tls.web": BROKEN, "closed.web": UNREACHED,
    "lost.web": UNREACHED, "intranet.web": {"address-refused"},
    "alias-to-inside.web": {"address-refused"}, "good.web": UNUSABLE | BROKEN,
    "no-address.web": {"control-lookup-failed", "challenge-missing"},
    "mute.hostile": {"control-timed-out"}, "garbage.hostile": BROKEN, "goodbye.hostile": BROKEN,
    "smtp.hostile": BROKEN, "http2-only.hostile": BROKEN,
}


@pytest.fixture(scope="module")
def hosts(stand):
    return control.hosts_at_once(stand, HOSTS, ALPN)


@pytest.mark.parametrize("host", HOSTS)
def test_host(host, hosts):
    control.unshown(control.decision_in(*hosts[host], ALPN.method), HOSTS[host])


ADDRESSES = {
    "right": ("127.0.6.20", None), "ipv6": ("fd00:6::20", None),
    "a-name-instead": ("127.0.6.23", UNUSABLE), "wrong-digest": ("127.0.6.21", UNUSABLE |
                                                                 {"challenge-differs"}),
    "no-extension": ("127.0.6.22", UNUSABLE), "no-responder": ("127.0.6.1", UNUSABLE | BROKEN),
    "closed": ("127.0.6.5", UNREACHED), "inside": ("127.0.9.1", {"address-refused"}),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_address(stand, case):
    address, expected = ADDRESSES[case]
    if expected is not None:
        control.fails(stand, address, ALPN, expected)
        return
    decision = control.decided(stand, address, ALPN.control())
    assert (decision["outcome"], decision["caa"]) == ("permitted", "not-applicable"), decision
    server_name = control.primary_of(decision)["tls"]["server_name"]
    assert server_name.rstrip(".").endswith(".arpa")
    assert str(certificates.address_of(server_name.rstrip("."))) == address


def test_another_key_authorization(stand):
    control.fails(stand, "good.tls.alder", ALPN, UNUSABLE | {"challenge-differs"},
                  key_authorization_hash="A" * 43)


def test_the_certificate_is_shown(stand):
    decision = control.decided(stand, "good.tls.alder", ALPN.control())
    told = control.primary_of(decision)["tls"]
    assert (told["alpn"], told["failure"]) == ("acme-tls/1", "")
    assert told["server_name"] == "good.tls.alder"
    assert told["protocol"] in ("TLSv1.2", "TLSv1.3")
    assert told["address"] == "fd00:6::20"
    certificate = x509.load_der_x509_certificate(base64.b64decode(told["certificate"]))
    identifier = certificate.extensions.get_extension_for_oid(
        x509.ObjectIdentifier(certificates.ACME_IDENTIFIER))
    assert identifier.value.value[2:] == challenge.digest()
