# SPDX-License-Identifier: Apache-2.0
"""The Open MPIC interfaces over every case of the lab's world: POST /mpic, /healthz and /configz at
the coordinator, POST /caa at a perspective."""

import http.client
import json
import ssl

import openapi_validate
import pytest
import system

# Open MPIC has no parameter for RFC 8657 account and method.
CASES = [case for case in system.WORLD.cases if not (case.account_uri or case.method)]
REMOTES = 5
REMOTE_INDEX = 4  # sees the world as it is: no case lies to it alone
UNTOUCHED = [case for case in CASES
             if not any(zone.lie and case.domain.endswith(name)
                        for name, zone in system.WORLD.zones.items())]
DETAILS = {"caa_record_present", "found_at", "records_seen"}
CHECK_RESPONSE = {"check_completed", "check_passed", "errors", "timestamp_ns", "check_type",
                  "details"}
ANSWER = {"mpic_completed", "request_orchestration_parameters", "actual_orchestration_parameters",
          "check_type", "domain_or_ip_target", "is_valid", "trace_identifier", "perspectives",
          "caa_check_parameters", "previous_attempt_results"}


def target(case):
    return ("*." if case.name.startswith("*.") else "") + case.domain


def parameters(case):
    return {"certificate_type": "s-mime" if case.type == "smime" else "tls-server",
            "caa_domains": [system.WORLD.issuer]}


def mpic(cluster, body, **options):
    status, headers, answer = system.documented(cluster, "POST", "/mpic", body, **options)
    return status, headers, answer


@pytest.fixture(scope="module")
def answers(cluster):
    def ask(case):
        body = {"check_type": "caa", "domain_or_ip_target": target(case),
                "caa_check_parameters": parameters(case), "trace_identifier": case.id[:200]}
        return mpic(cluster, body)
    return {case.id: answer for case, answer in zip(CASES, system.at_once(ask, CASES))}


def assert_check_response(response, completed=None, passed=None):
    assert set(response) == CHECK_RESPONSE
    assert response["check_type"] == "caa"
    assert isinstance(response["timestamp_ns"], int)
    details = response["details"]
    assert set(details) == DETAILS
    if not response["check_completed"]:
        assert not response["check_passed"]
        assert response["errors"]
        assert set(details.values()) == {None}
    elif details["caa_record_present"]:
        assert details["found_at"] and details["records_seen"] is not None
    else:
        assert details == {"caa_record_present": False, "found_at": None, "records_seen": None}
    assert completed in (None, response["check_completed"]), response
    assert passed in (None, response["check_passed"]), response


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_mpic(case, answers):
    status, headers, answer = answers[case.id]
    assert status == 200, answer
    assert headers["Parallax-Lab"] == "true"
    assert set(answer) == ANSWER
    corroborated = not (case.corroborated or "").startswith("not-permitted")
    assert answer["is_valid"] == (case.outcome == "permitted" and corroborated), answer
    if corroborated:
        assert answer["mpic_completed"] == (case.outcome != "undetermined"), answer
    assert answer["domain_or_ip_target"] == target(case)
    assert answer["trace_identifier"] == case.id[:200]
    assert answer["request_orchestration_parameters"] is None
    assert answer["actual_orchestration_parameters"] == {
        "perspective_count": REMOTES, "quorum_count": 4, "attempt_count": 1}
    assert answer["previous_attempt_results"] is None
    assert answer["caa_check_parameters"] == {**parameters(case), "allow_lookup_failure": False}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_perspectives_of_mpic(case, answers):
    _, _, answer = answers[case.id]
    codes = [each["perspective_code"] for each in answer["perspectives"]]
    assert codes == [system.COORDINATOR, *system.REMOTES[:REMOTES]]
    primary = answer["perspectives"][0]["check_response"]
    assert_check_response(primary, case.outcome != "undetermined", case.outcome == "permitted")
    assert primary["details"]["found_at"] == case.found_at
    for each in answer["perspectives"][1:]:
        assert_check_response(each["check_response"])


def ask(cluster, orchestration=None, **more):
    body = {"check_type": "caa", "domain_or_ip_target": "permits.alder",
            "caa_check_parameters": {"certificate_type": "s-mime", "caa_domains": ["ca.example"]},
            **more}
    if orchestration is not None:
        body["orchestration_parameters"] = orchestration
    return mpic(cluster, body)


@pytest.mark.parametrize("wanted", [1, 3, "2", 4.0])
def test_too_few_perspectives_are_raised_to_what_the_rules_require(cluster, wanted):
    status, _, answer = ask(cluster, {"perspective_count": wanted})
    assert status == 200
    assert answer["is_valid"] is True
    assert answer["request_orchestration_parameters"]["perspective_count"] == int(wanted)
    assert answer["actual_orchestration_parameters"]["perspective_count"] == 4
    assert len(answer["perspectives"]) == 1 + 4


def test_a_stricter_quorum_is_honoured(cluster):
    status, _, answer = ask(cluster, {"quorum_count": 5},
                            domain_or_ip_target="one-liar.alder")
    assert status == 200
    assert answer["is_valid"] is False
    assert answer["actual_orchestration_parameters"]["quorum_count"] == 5


def test_the_operators_setting_alone_excuses_failures(cluster):
    status, _, answer = ask(cluster, domain_or_ip_target="servfail-insecure.alder",
                            caa_check_parameters={"certificate_type": "s-mime",
                                                  "caa_domains": ["ca.example"],
                                                  "allow_lookup_failure": True})
    assert status == 200
    assert answer["is_valid"] is False
    assert answer["caa_check_parameters"]["allow_lookup_failure"] is True


def test_defaults(cluster):
    status, _, answer = mpic(cluster, {"check_type": "caa", "domain_or_ip_target": "issue.alder"})
    assert (status, answer["is_valid"]) == (200, True)
    assert answer["caa_check_parameters"] == {
        "certificate_type": "tls-server", "caa_domains": ["ca.example"],
        "allow_lookup_failure": False}


def test_issuers_in_capitals_match(cluster):
    _, _, answer = ask(cluster, caa_check_parameters={"certificate_type": "s-mime",
                                                      "caa_domains": ["CA.Example"]})
    assert answer["is_valid"] is True


def test_the_same_name_gets_the_same_perspectives(cluster):
    chosen = {tuple(each["perspective_code"] for each in
                    ask(cluster, {"perspective_count": 4})[2]["perspectives"]) for _ in range(4)}
    assert len(chosen) == 1


def test_healthz_needs_no_token(cluster):
    status, _, health = system.documented(cluster, "GET", "/healthz", token=False)
    assert (status, health) == (200, {"status": "healthy"})


@pytest.mark.parametrize("path", ["/configz", "/metrics"])
@pytest.mark.parametrize("token", [False, "plx_unknown"], ids=["none", "unknown"])
def test_who_is_no_client_learns_nothing_of_the_perspectives(cluster, path, token):
    status, headers, answer = system.documented(cluster, "GET", path, token=token)
    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Bearer")
    assert list(answer) == ["detail"]
    assert not any(code in answer["detail"] for code in system.REMOTES)


def test_configz(cluster):
    status, _, config = system.documented(cluster, "GET", "/configz")
    assert status == 200
    assert config["perspectives"] == [system.COORDINATOR, *system.REMOTES[:REMOTES]]
    assert config["primary_perspective"] == system.COORDINATOR
    assert config["minimum_perspective_count"] == 4
    assert config["default_quorum_count"] == 4


# --- POST /caa at a perspective -------------------------------------------------------------------


def connect(cluster, certificate, index=REMOTE_INDEX):
    context = ssl.create_default_context(cafile=str(cluster.ca_file))
    if certificate:
        context.load_cert_chain(cluster.pki / f"{certificate}.crt",
                                cluster.pki / f"{certificate}.key")
    return http.client.HTTPSConnection("127.0.0.1", cluster.first_remote_port + index,
                                       context=context, timeout=system.RUN_TIMEOUT_S)


def perspective_caa(cluster, body, certificate="coordinator", path="/caa", method="POST"):
    connection = connect(cluster, certificate)
    try:
        body = body if isinstance(body, str) else json.dumps(body)
        connection.request(method, path, body=body, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def seen(cluster):
    def look(case):
        return perspective_caa(cluster, {"domain_or_ip_target": target(case),
                                         "caa_check_parameters": parameters(case),
                                         "trace_identifier": "t"})
    return {case.id: answer for case, answer in zip(UNTOUCHED, system.at_once(look, UNTOUCHED))}


@pytest.mark.parametrize("case", UNTOUCHED, ids=lambda case: case.id)
def test_one_perspective(case, seen):
    status, answer = seen[case.id]
    assert status == 200, answer
    schema = {"$ref": "#/components/schemas/CheckResponse"}
    assert not openapi_validate.errors_of(system.OPENAPI, schema, answer)
    assert_check_response(answer, case.outcome != "undetermined", case.outcome == "permitted")
    assert answer["details"]["found_at"] == case.found_at


def test_a_perspective_answers_nobody_without_a_certificate(cluster):
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        perspective_caa(cluster, {"domain_or_ip_target": "permits.alder"}, certificate=None)


def test_a_perspective_answers_no_other_perspective(cluster):
    status, _ = perspective_caa(cluster, {"domain_or_ip_target": "permits.alder"},
                                certificate=system.REMOTES[0])
    assert status == 403


@pytest.mark.parametrize("body, kind", [
    ("{", "json_invalid"),
    ("[]", "model_type"),
    ({}, "missing"),
    ({"domain_or_ip_target": 1}, "string_type"),
    ({"domain_or_ip_target": "192.0.2.1", "caa_check_parameters": {"caa_domains": ["ca.example"]}},
     "value_error"),
    ({"domain_or_ip_target": "a..b", "caa_check_parameters": {"caa_domains": ["ca.example"]}},
     "value_error"),
    ({"domain_or_ip_target": "permits.alder"}, "missing"),
    ({"domain_or_ip_target": "permits.alder",
      "caa_check_parameters": {"certificate_type": "tls"}}, "literal_error"),
], ids=["no-json", "no-object", "no-target", "target-type", "address", "empty-label",
        "no-issuers", "certificate-type"])
def test_bad_bodies_at_a_perspective(cluster, body, kind):
    status, answer = perspective_caa(cluster, body)
    assert status == 422, answer
    assert [issue["type"] for issue in answer["detail"]] == [kind], answer


@pytest.mark.parametrize("method, path, status", [("GET", "/caa", 405), ("GET", "/dcv", 405),
                                                  ("GET", "/nothing", 404)])
def test_what_a_perspective_does_not_have(cluster, method, path, status):
    assert perspective_caa(cluster, {}, path=path, method=method)[0] == status
