# SPDX-License-Identifier: Apache-2.0
"""Challenges answered by software that others wrote: the responders of Debian's python3-acme."""

import contextlib
import threading

import control
import josepy
import pytest
from acme import challenges, standalone
from OpenSSL import crypto
from parallax_lab import certificates, challenge

pytest_plugins = ["control_fixtures"]

HOST, ADDRESS = "third-party.web.alder", "127.0.6.40"
ACCOUNT_KEY = josepy.JWKEC(key=challenge.account_key())
TOKEN = josepy.b64decode(challenge.TOKEN)


@contextlib.contextmanager
def serving(server):
    """Meanwhile a server of socketserver's kind answers."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def http_server(token=TOKEN):
    """What certbot's standalone authenticator runs."""
    answered = challenges.HTTP01(token=token)
    response, validation = answered.response_and_validation(ACCOUNT_KEY)
    resource = standalone.HTTP01RequestHandler.HTTP01Resource(
        chall=answered, response=response, validation=validation)
    return standalone.HTTP01Server((ADDRESS, 80), {resource})


def tls_server(pairs):
    return standalone.TLSALPN01Server((ADDRESS, 443), certs=[], challenge_certs=pairs)


def test_the_key_authorization_is_theirs_too():
    theirs = challenges.HTTP01(token=TOKEN).key_authorization(ACCOUNT_KEY)
    assert theirs == challenge.key_authorization()
    assert challenges.DNS01(token=TOKEN).validation(ACCOUNT_KEY) == control.DIGEST


@pytest.mark.parametrize("name", [HOST, ADDRESS])
def test_http(stand, name):
    with serving(http_server()):
        decision = control.decided(stand, name, control.WAYS["acme-http"].control())
    assert decision["outcome"] == "permitted", decision
    control.corroborated(decision)


def test_http_over_mpic(stand):
    with serving(http_server()):
        valid, answer = control.valid(stand, HOST, control.WAYS["acme-http"])
    assert valid, answer


def test_http_with_another_token(stand):
    with serving(http_server(token=b"\x01" * 32)):
        # It does not know the token, and closes without a word.
        control.fails(stand, HOST, control.WAYS["acme-http"], {"connection-failed"})


def test_http_once_it_has_gone(stand):
    with serving(http_server()):
        pass
    control.fails(stand, HOST, control.WAYS["acme-http"], {"connection-failed"})


def test_dns(stand):
    name = challenges.DNS01(token=TOKEN).validation_domain_name(HOST)
    found = control.shows(stand, HOST, control.WAYS["acme-dns"])
    assert found["perspectives"][0]["lookups"][-1]["name"] == name


def pair_for(name, kind="good"):
    """Key and certificate as pyOpenSSL has them."""
    key = certificates.new_key()
    certificate = certificates.tls_alpn_certificate(kind, name, challenge.digest(), key)
    return crypto.PKey.from_cryptography_key(key), crypto.X509.from_cryptography(certificate)


def test_tls(stand):
    with serving(tls_server({HOST.encode(): pair_for(HOST)})):
        control.shows(stand, HOST, control.WAYS["acme-tls-alpn"])


def test_tls_for_an_address(stand):
    name = "40.6.0.127.in-addr.arpa"
    with serving(tls_server({name.encode(): pair_for(name)})):
        decision = control.decided(stand, ADDRESS, control.WAYS["acme-tls-alpn"].control())
    assert decision["outcome"] == "permitted", decision


def test_tls_over_mpic(stand):
    with serving(tls_server({HOST.encode(): pair_for(HOST)})):
        valid, answer = control.valid(stand, HOST, control.WAYS["acme-tls-alpn"])
    assert valid, answer


def test_tls_with_the_certificate_of_an_early_draft(stand):
    """This version of the library still makes the draft's extension: RFC 8737 knows another."""
    response = challenges.TLSALPN01(token=TOKEN).response(ACCOUNT_KEY)
    certificate, key = response.gen_cert(HOST)
    with serving(tls_server({HOST.encode(): (key, certificate)})):
        control.fails(stand, HOST, control.WAYS["acme-tls-alpn"], {"certificate-unusable"})


def test_tls_for_another_name(stand):
    with serving(tls_server({HOST.encode(): pair_for("other.alder")})):
        control.fails(stand, HOST, control.WAYS["acme-tls-alpn"], {"certificate-unusable"})
