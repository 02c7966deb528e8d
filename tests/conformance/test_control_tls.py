# SPDX-License-Identifier: Apache-2.0
"""Control shown by a certificate under ALPN acme-tls/1, over both APIs: TLS BR 3.2.2.4.20 and
3.2.2.5.7 (RFC 8737, RFC 8738)."""

import base64

import control
import pytest
import system
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


FAILED_CHECK = "mpic_error:dcv_checker:lookup"
OF_THE_CERTIFICATE = "mpic_error:dcv_checker:tls_alpn:certificate:"
# kind: (reasons why not, or None; what Open MPIC calls the error: after OF_THE_CERTIFICATE, or None
# for a failed check, or "" for no error at all)
CERTIFICATES = {
    "good": (None, ""),
    "name-for-address": (None, ""),  # asked for by a name, the name is right
    "expired": (None, ""), "not-yet": (None, ""),  # RFC 8737 gives the dates no meaning
    "rsa": (None, ""), "upper-case": (None, ""), "no-subject": (None, ""),
    "two-san-good-first": (UNUSABLE, "no_single_san"),
    "two-same-names": (UNUSABLE, "no_single_san"),
    "wrong-name": (UNUSABLE, "san_not_hostname"), "wildcard-name": (UNUSABLE, "san_not_hostname"),
    "no-san": (UNUSABLE, "extension_missing"),
    "email-san": (UNUSABLE, "san_not_dnsname"), "uri-san": (UNUSABLE, "san_not_dnsname"),
    "address-for-name": (UNUSABLE, "san_not_dnsname"),
    "wrong-address": (UNUSABLE, "san_not_dnsname"),
    "no-extension": (UNUSABLE, "extension_missing"), "draft-oid": (UNUSABLE, "extension_missing"),
    "not-critical": (UNUSABLE, "noncritical_alpn_extension"),
    "wrong-digest": ({"challenge-differs"}, ""),
    "short-digest": (UNUSABLE, None), "long-digest": (UNUSABLE, None),
    "bare-digest": (UNUSABLE, None), "twice": (UNUSABLE, None),
    "issued": (UNUSABLE, None), "forged": (UNUSABLE, None),
    "no-alpn": (UNUSABLE | BROKEN, None),
}


def test_every_certificate_of_the_lab_is_here():
    assert set(CERTIFICATES) == set(system.WORLD.web.certificates)


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_certificate(stand, kind):
    expected, _ = CERTIFICATES[kind]
    if expected is None:
        control.shows(stand, f"{kind}.tls.alder", ALPN)
    else:
        found = control.fails(stand, f"{kind}.tls.alder", ALPN, expected)
        assert f"{kind}.tls.alder" in found["explanation"]


def assert_mpic_error(answer, shown, error):
    assert answer["is_valid"] == shown, answer
    response = answer["perspectives"][0]["check_response"]
    if error == "":
        assert response["errors"] is None, response
    else:
        wanted = OF_THE_CERTIFICATE + error if error else FAILED_CHECK
        assert [found["error_type"] for found in response["errors"]] == [wanted], response


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_certificate_over_mpic(stand, kind):
    expected, error = CERTIFICATES[kind]
    _, answer = control.valid(stand, f"{kind}.tls.alder", ALPN)
    assert_mpic_error(answer, expected is None, error)
    told = answer["perspectives"][0]["check_response"]["details"]["common_name"]
    assert told == (None if kind == "no-subject" else f"{kind}.tls.alder")


HOSTS = {
    "plain-on-443.web": BROKEN, "old-tls.web": BROKEN, "closed.web": UNREACHED,
    "lost.web": UNREACHED, "intranet.web": {"address-refused"},
    "alias-to-inside.web": {"address-refused"}, "good.web": UNUSABLE | BROKEN,
    "no-address.web": {"control-lookup-failed", "challenge-missing"},
    "mute.hostile": {"control-timed-out"}, "garbage.hostile": BROKEN, "goodbye.hostile": BROKEN,
    "smtp.hostile": BROKEN, "http2-only.hostile": BROKEN,
    "nginx-http2-beside.web": UNUSABLE | BROKEN, "nginx-http2-only.web": UNREACHED,
    "nginx-tls-on-80.web": UNREACHED, "reset.hostile": BROKEN,
    "ipv6-only.tls": None, "ipv6-closed.tls": None, "ipv6-lost.tls": None, "alias.tls": None,
}


@pytest.fixture(scope="module")
def hosts(stand):
    """{(API, host): (status, answer)}, all asked at once: some answer late, or never."""
    def ask(question):
        target = f"{question[1]}.alder"
        if question[0] == "v1":
            return control.order(stand, target, ALPN.control())
        return control.mpic(stand, target, ALPN.parameters())
    questions = [(api, host) for host in HOSTS for api in ("v1", "mpic")]
    return dict(zip(questions, system.at_once(ask, questions)))


@pytest.mark.parametrize("host", HOSTS)
def test_host(host, hosts):
    control.judged(control.decision_in(*hosts["v1", host], ALPN.method), HOSTS[host])


@pytest.mark.parametrize("host", HOSTS)
def test_host_over_mpic(host, hosts):
    status, answer = hosts["mpic", host]
    assert (status, answer["is_valid"]) == (200, HOSTS[host] is None), answer


@pytest.mark.parametrize("host, word", [("plain-on-443.web", "plain HTTP"), ("old-tls.web", "TLS"),
                                        ("good.web", "acme-tls/1"),
                                        ("alias-to-inside.web", "127.0.9.1")])
def test_the_explanation_names_the_fault(host, word, hosts):
    explanation = hosts["v1", host][1]["names"][0]["control"]["explanation"]
    assert word in explanation, explanation
    response = hosts["mpic", host][1]["perspectives"][0]["check_response"]
    assert any(word in error["error_message"] for error in response["errors"]), response


@pytest.mark.parametrize("host, address", [("ipv6-only", "fd00:6::20"), ("alias", "fd00:6::20"),
                                           ("ipv6-closed", "127.0.6.20"),
                                           ("ipv6-lost", "127.0.6.20")])
def test_which_address_is_taken(host, address, hosts):
    _, answer = hosts["v1", f"{host}.tls"]
    for each in answer["names"][0]["control"]["perspectives"]:
        assert each["result"] == "pending" or each["tls"]["address"] == address, each


ADDRESSES = {
    "right": ("127.0.6.20", None), "ipv6": ("fd00:6::20", None),
    "a-name-instead": ("127.0.6.23", UNUSABLE), "wrong-digest": ("127.0.6.21", UNUSABLE |
                                                                 {"challenge-differs"}),
    "no-extension": ("127.0.6.22", UNUSABLE), "no-responder": ("127.0.6.1", UNUSABLE | BROKEN),
    "closed": ("127.0.6.5", UNREACHED), "inside": ("127.0.9.1", {"address-refused"}),
    "another-address": ("127.0.6.24", UNUSABLE), "two-names": ("127.0.6.25", UNUSABLE),
    "not-critical": ("127.0.6.26", UNUSABLE), "expired": ("127.0.6.27", None),
}
ADDRESS_ERRORS = {
    "a-name-instead": "san_type_not_match", "no-extension": "extension_missing",
    "two-names": "no_single_san", "not-critical": "noncritical_alpn_extension", "right": "",
    "another-address": None, "wrong-digest": "", "no-responder": None, "closed": None,
    "inside": None, "expired": "", "ipv6": "",
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


@pytest.mark.parametrize("case", ADDRESSES)
def test_address_over_mpic(stand, case):
    address, expected = ADDRESSES[case]
    _, answer = control.valid(stand, address, ALPN)
    assert_mpic_error(answer, expected is None, ADDRESS_ERRORS[case])


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
