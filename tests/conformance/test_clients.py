# SPDX-License-Identifier: Apache-2.0
"""API clients that show a TLS certificate instead of a token; certificates made with openssl, as an
operator's own CA would."""

import contextlib
import hashlib
import http.client
import ssl
import subprocess

import pytest
import system

OFFSET = 500
DAYS = "2"
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
BY_NAME, BY_FINGERPRINT = "by-name", "by-fingerprint"  # ids of clients
# certificate: (dNSName, extendedKeyUsage, CA)
CERTIFICATES = {
    BY_NAME: ("ra.ca.example", "clientAuth", "clients"),
    BY_FINGERPRINT: ("other.ca.example", "clientAuth", "clients"),
    "unbound": ("unbound.ca.example", "clientAuth", "clients"),
    "foreign": ("ra.ca.example", "clientAuth", "foreigners"),
    "for-servers": ("ra.ca.example", "serverAuth", "clients"),
}
BROKEN = (OSError, http.client.HTTPException)


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True,
                   timeout=system.RUN_TIMEOUT_S)


class Pki:
    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        for ca in ("clients", "foreigners"):
            openssl("req", "-x509", *KEY, "-days", DAYS, "-subj", f"/CN={ca}",
                    "-keyout", self.key(ca), "-out", self.certificate(ca))
        for name, (dns_name, usage, ca) in CERTIFICATES.items():
            request = directory / f"{name}.csr"
            openssl("req", "-new", *KEY, "-subj", f"/CN={name}", "-keyout", self.key(name),
                    "-out", request, "-addext", f"subjectAltName=DNS:{dns_name}",
                    "-addext", f"extendedKeyUsage={usage}")
            openssl("x509", "-req", "-in", request, "-CA", self.certificate(ca),
                    "-CAkey", self.key(ca), "-days", DAYS, "-copy_extensions", "copy",
                    "-out", self.certificate(name))

    def key(self, name):
        return self.directory / f"{name}.key"

    def certificate(self, name):
        return self.directory / f"{name}.crt"

    def fingerprint(self, name):
        return hashlib.sha256(
            ssl.PEM_cert_to_DER_cert(self.certificate(name).read_text())).hexdigest()


def bind(cluster, client, *credential):
    done = system.parallax("token", "add", "--clients", cluster.directory / "clients.json", client,
                           "--issuer", "ca.example", *credential)
    assert (done.returncode, done.stdout) == (0, ""), done


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A coordinator with a CA for its clients, two of whom are bound to certificates."""
    directory = tmp_path_factory.mktemp("clients")
    pki = Pki(directory / "client-pki")
    settings = f'[server]\nworkers = 1\nclient_ca = "{pki.certificate("clients")}"\n'
    with system.new_cluster(directory, settings, offset=OFFSET) as cluster:
        bind(cluster, BY_NAME, "--certificate-dns-name", "ra.ca.example")
        bind(cluster, BY_FINGERPRINT, "--certificate-sha256", pki.fingerprint(BY_FINGERPRINT))
        yield cluster, pki


@contextlib.contextmanager
def showing(stage, certificate):
    """The cluster, asked by a client that shows this certificate, or none."""
    cluster, pki = stage
    context = ssl.create_default_context(cafile=str(cluster.ca_file))
    if certificate:
        context.load_cert_chain(pki.certificate(certificate), pki.key(certificate))
    cluster.tls = context
    try:
        yield cluster
    finally:
        cluster.tls = None


@pytest.mark.parametrize("client", [BY_NAME, BY_FINGERPRINT])
def test_a_bound_certificate_is_a_client(stage, client):
    with showing(stage, client) as cluster:
        status, answer = system.order(cluster, token=False, id=f"of-{client}")
        assert (status, answer["outcome"]) == (200, "permitted")
        stored = system.documented(cluster, "GET", f"/v1/corroborations/of-{client}", token=False)
        assert (stored[0], stored[2]) == (200, answer)
        status, _, mpic = system.documented(
            cluster, "POST", "/mpic", {"check_type": "caa", "domain_or_ip_target": "issue.alder"},
            token=False)
        assert (status, mpic["is_valid"]) == (200, True)
        for path in ("/configz", "/metrics"):
            assert system.documented(cluster, "GET", path, token=False)[0] == 200
        (record,) = [each for each in system.evidence(cluster, "--order", f"of-{client}")
                     if each["kind"] == "decision"]
        assert record["client"] == client


def test_a_bound_certificate_asks_under_its_issuers_only(stage):
    with showing(stage, BY_NAME) as cluster:
        assert system.order(cluster, token=False, issuers=["other.example"])[0] == 403


def test_orders_belong_to_the_client_that_placed_them(stage):
    with showing(stage, BY_NAME) as cluster:
        assert system.order(cluster, token=False, id="mine")[0] == 200
    with showing(stage, BY_FINGERPRINT) as cluster:
        path = "/v1/corroborations/mine"
        assert system.documented(cluster, "GET", path, token=False)[0] == 404


@pytest.mark.parametrize("certificate", ["unbound", None], ids=["unbound", "none"])
def test_a_certificate_that_is_bound_to_nobody(stage, certificate):
    with showing(stage, certificate) as cluster:
        status, problem = system.order(cluster, token=False)
        assert (status, problem["type"]) == (401, "urn:parallax:problem:unauthorized")
        for path in ("/configz", "/metrics"):
            assert system.documented(cluster, "GET", path, token=False)[0] == 401
        assert system.documented(cluster, "GET", "/healthz", token=False)[0] == 200


@pytest.mark.parametrize("certificate", [None, "unbound", BY_NAME])
def test_a_token_is_judged_alone(stage, certificate):
    with showing(stage, certificate) as cluster:
        assert system.order(cluster)[0] == 200
        assert system.order(cluster, token="plx_wrong")[0] == 401


@pytest.mark.parametrize("certificate", ["foreign", "for-servers"])
def test_a_certificate_that_does_not_verify_ends_the_handshake(stage, certificate):
    with showing(stage, certificate) as cluster, pytest.raises(BROKEN):
        cluster.exchange("GET", "/healthz", token=False)


def test_revoking_needs_no_restart(stage):
    cluster, pki = stage
    bind(cluster, "for-a-while", "--certificate-sha256", pki.fingerprint("unbound"))
    with showing(stage, "unbound"):
        assert system.order(cluster, token=False)[0] == 200
        done = system.parallax("token", "revoke", "--clients",
                               cluster.directory / "clients.json", "for-a-while")
        assert done.returncode == 0, done
        assert system.order(cluster, token=False)[0] == 401


def test_the_operator_may_open_metrics_and_configuration(tmp_path):
    settings = "[server]\nworkers = 1\nmetrics_public = true\n"
    with system.new_cluster(tmp_path, settings, offset=OFFSET + 100,
                            command="all-in-one") as cluster:
        for path in ("/configz", "/metrics"):
            assert system.documented(cluster, "GET", path, token=False)[0] == 200
        assert system.order(cluster, token=False)[0] == 401
