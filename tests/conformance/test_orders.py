# SPDX-License-Identifier: Apache-2.0
"""Order ids, clients and what they are bound to."""

import uuid

import pytest
import system

OTHER_ISSUER = "other.example"


@pytest.fixture
def fresh():
    """An order id that nobody used."""
    return f"order-{uuid.uuid4()}"


def token_command(cluster, verb, *arguments):
    return system.parallax("token", verb, "--clients", cluster.directory / "clients.json",
                           *arguments)


@pytest.fixture
def client(cluster):
    """Another client, bound to another issuer name: its token. It is gone afterwards."""
    done = token_command(cluster, "add", "second", "--issuer", OTHER_ISSUER)
    assert done.returncode == 0, done.stderr
    yield done.stdout.strip()
    token_command(cluster, "revoke", "second")


def place(cluster, body, **options):
    """(status, headers, octets) of an order, which is as documented."""
    status, headers, octets = cluster.exchange("POST", "/v1/corroborations", body, **options)
    system.assert_documented("POST", "/v1/corroborations", status, headers, octets)
    return status, headers, octets


def body_of(identity, **more):
    return {"id": identity, "type": "smime", "names": [system.PERMITTED, "alice@nocaa.alder"],
            "issuers": ["ca.example"], **more}


def test_the_same_order_again_gets_the_same_octets(cluster, fresh):
    status, headers, octets = place(cluster, body_of(fresh))
    assert status == 200
    assert "Idempotency-Replayed" not in headers
    status, headers, again = place(cluster, body_of(fresh))
    assert (status, again) == (200, octets)
    assert headers["Idempotency-Replayed"] == "true"


def test_names_and_issuers_are_sets(cluster, fresh):
    _, _, octets = place(cluster, body_of(fresh))
    names = ["alice@NOCAA.alder", system.PERMITTED, system.PERMITTED]
    status, _, again = place(cluster, body_of(fresh, names=names, issuers=["CA.example"] * 2))
    assert (status, again) == (200, octets)


@pytest.mark.parametrize("change", [
    {"names": [system.PERMITTED]}, {"names": [system.PERMITTED, "alice@denies.alder"]},
    {"account_uri": "https://ca.example/acct/1"}, {"validation_method": "http-01"},
    {"type": "tls", "names": ["permits.alder"]},
], ids=["fewer-names", "other-names", "account", "method", "type"])
def test_another_request_under_a_used_id_is_a_conflict(cluster, fresh, change):
    assert place(cluster, body_of(fresh))[0] == 200
    status, answer = system.order(cluster, **{"names": body_of(fresh)["names"], "id": fresh,
                                              **{("kind" if key == "type" else key): value
                                                 for key, value in change.items()}})
    assert status == 409, answer
    assert answer["type"] == "urn:parallax:problem:order-conflict"
    assert fresh in answer["detail"]


def test_an_answer_can_be_recalled(cluster, fresh):
    _, _, octets = place(cluster, body_of(fresh))
    status, headers, again = cluster.exchange("GET", f"/v1/corroborations/{fresh}")
    assert (status, again) == (200, octets)
    assert headers["Content-Type"].startswith("application/json")


def test_an_order_that_never_was(cluster, fresh):
    status, _, answer = system.documented(cluster, "GET", f"/v1/corroborations/{fresh}")
    assert status == 404
    assert answer["type"] == "urn:parallax:problem:not-found"


def test_an_id_is_made_where_none_is_given(cluster):
    ids = {system.order(cluster)[1]["id"] for _ in range(2)}
    assert len(ids) == 2
    for identity in ids:
        assert system.documented(cluster, "GET", f"/v1/corroborations/{identity}")[0] == 200


def test_order_ids_belong_to_the_client(cluster, client, fresh):
    assert place(cluster, body_of(fresh))[0] == 200
    status, _, answer = system.documented(cluster, "GET", f"/v1/corroborations/{fresh}",
                                          token=client)
    assert status == 404, answer
    status, _, _ = place(cluster, body_of(fresh, issuers=[OTHER_ISSUER]), token=client)
    assert status == 200


# --- Who may ask ----------------------------------------------------------------------------------


@pytest.mark.parametrize("issuers", [
    [OTHER_ISSUER], ["ca.example", OTHER_ISSUER], ["sub.ca.example"], ["example"]],
    ids=["another", "among-others", "below", "above"])
def test_a_client_asks_under_its_issuer_names_only(cluster, issuers):
    status, answer = system.order(cluster, issuers=issuers)
    assert status == 403, answer
    assert answer["type"] == "urn:parallax:problem:issuer-not-bound"
    assert answer["pointer"] == "/issuers"
    assert issuers[-1] in answer["detail"]


def test_a_client_asks_under_its_own_issuer_name(cluster, client):
    status, answer = system.order(cluster, ["alice@denies.alder"], issuers=[OTHER_ISSUER],
                                  token=client)
    assert (status, answer["outcome"]) == (200, "permitted")
    status, answer = system.order(cluster, token=client)
    assert status == 403


def test_mpic_keeps_to_the_issuer_names_too(cluster, client):
    body = {"check_type": "caa", "domain_or_ip_target": "denies.alder",
            "caa_check_parameters": {"certificate_type": "s-mime", "caa_domains": ["ca.example"]}}
    assert system.documented(cluster, "POST", "/mpic", body, token=client)[0] == 403
    del body["caa_check_parameters"]["caa_domains"]
    status, _, answer = system.documented(cluster, "POST", "/mpic", body, token=client)
    assert (status, answer["is_valid"]) == (200, True)


WRONG = {"none": {}, "empty": {"Authorization": "Bearer "}, "unknown": {"x-api-key": "p" * 43},
         "basic": {"Authorization": "Basic YTpi"}, "long": {"x-api-key": "x" * 4000}}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("method, path", [("POST", "/v1/corroborations"), ("POST", "/mpic"),
                                          ("GET", "/v1/corroborations/x")])
def test_without_a_token(cluster, wrong, method, path):
    body = {} if method == "POST" else None
    status, headers, _ = system.documented(cluster, method, path, body, token=False,
                                           headers=WRONG[wrong])
    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Bearer")


def test_the_token_as_x_api_key(cluster):
    body = {"type": "smime", "names": [system.PERMITTED], "issuers": ["ca.example"]}
    status, _, _ = system.documented(cluster, "POST", "/v1/corroborations", body, token=False,
                                     headers={"x-api-key": cluster.token})
    assert status == 200


def test_a_revoked_token_is_refused_at_once(cluster):
    token = token_command(cluster, "add", "third", "--issuer", "ca.example").stdout.strip()
    assert system.order(cluster, token=token)[0] == 200
    assert token_command(cluster, "revoke", "third").returncode == 0
    assert system.order(cluster, token=token)[0] == 401
    assert system.order(cluster)[0] == 200


def test_one_token_of_two_is_revoked(cluster):
    add = ("add", "fourth", "--issuer", "ca.example")
    tokens = [token_command(cluster, *add).stdout.strip() for _ in range(2)]
    listing = token_command(cluster, "list").stdout.splitlines()
    start = listing.index("fourth")
    first = next(line for line in listing[start:] if line.startswith("  token")).split()[1]
    assert token_command(cluster, "revoke", "fourth", "--token", first).returncode == 0
    assert [system.order(cluster, token=token)[0] for token in tokens] == [401, 200]
    assert token_command(cluster, "revoke", "fourth").returncode == 0
    assert system.order(cluster, token=tokens[1])[0] == 401


def test_trace_context_is_sent_back_and_kept(cluster, fresh):
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    _, headers, _ = place(cluster, body_of(fresh), headers={"traceparent": parent})
    assert headers["traceparent"] == parent
    assert parent.split("-")[1] in system.evidence_body(cluster, fresh)["order"]["trace_id"]
