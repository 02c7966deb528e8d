# SPDX-License-Identifier: Apache-2.0
"""Control checks as an Open MPIC client asks for them: POST /mpic with check_type dcv, and
POST /dcv at a perspective."""

import base64

import control
import openapi_validate
import pytest
import system
import test_mpic
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

ANSWER = (test_mpic.ANSWER - {"caa_check_parameters"}) | {"dcv_check_parameters"}
DETAILS = {
    "dns": {"validation_method", "records_seen", "response_code", "ad_flag", "found_at",
            "cname_chain"},
    "http": {"validation_method", "response_history", "response_url", "response_status_code",
             "response_page"},
    "tls": {"validation_method", "common_name"},
}
PASSED, REFUSED, UNCERTAIN = "passed", "refused", "uncertain"
WAYS = {name: way for name, way in control.WAYS.items() if way.mpic}


def assert_check_response(response, way):
    assert set(response) == test_mpic.CHECK_RESPONSE
    assert response["check_type"] == "dcv"
    assert isinstance(response["timestamp_ns"], int)
    assert response["check_completed"] or not response["check_passed"]
    assert bool(response["errors"]) == (response["errors"] is not None)
    for error in response["errors"] or ():
        assert set(error) == {"error_type", "error_message"}
        assert error["error_type"].startswith("mpic_error:") and error["error_message"]
    if response["details"] is not None:
        assert set(response["details"]) == DETAILS[way.family]
        assert response["details"]["validation_method"] == way.method


@pytest.mark.parametrize("pair", control.MPIC_MATRIX, ids=control.identify)
def test_every_method_in_every_zone(pair, mpic_matrix):
    way, zone = control.WAYS[pair[0]], pair[1]
    status, answer = mpic_matrix[pair]
    assert status == 200, answer
    assert set(answer) == ANSWER
    sight = control.SIGHTS[zone]
    assert answer["is_valid"] == (sight.outcomes == {"permitted"}), answer
    assert answer["check_type"] == "dcv"
    assert answer["domain_or_ip_target"] == way.name(zone)
    assert answer["actual_orchestration_parameters"] == {
        "perspective_count": control.REMOTES, "quorum_count": 4, "attempt_count": 1}
    first = answer["perspectives"][0]
    assert first["perspective_code"] == system.COORDINATOR
    passed = sight.primary == "challenge-found"
    assert first["check_response"]["check_passed"] == passed, first
    for each in answer["perspectives"]:
        assert_check_response(each["check_response"], way)
    if answer["is_valid"]:
        others = answer["perspectives"][1:]
        agreeing = [each for each in others if each["check_response"]["check_passed"]]
        assert len(agreeing) >= control.QUORUM


@pytest.mark.parametrize("zone, completed", [
    ("control-missing.alder", True), ("control-wrong.alder", True), ("unregistered.alder", True),
    ("control-bogus.alder", False), ("control-servfail.alder", False),
    ("control-silent.alder", False)])
@pytest.mark.parametrize("way", ["dns-txt", "acme-dns", "dns-persistent", "contact-email-txt"])
def test_whether_the_check_was_completed(way, zone, completed, mpic_matrix):
    _, answer = mpic_matrix[way, zone]
    response = answer["perspectives"][0]["check_response"]
    assert response["check_completed"] == completed, response
    if not completed or zone == "unregistered.alder":
        assert response["errors"][0]["error_type"] == "mpic_error:dcv_checker:lookup"


# --- Details and echo -----------------------------------------------------------------------------


def details(mpic_matrix, way, zone):
    _, answer = mpic_matrix[way, zone]
    return answer["perspectives"][0]["check_response"]["details"]


def test_details_of_dns(mpic_matrix):
    told = details(mpic_matrix, "acme-dns", "control.alder")
    assert told["found_at"] == "_acme-challenge.control.alder"
    assert told["response_code"] == 0
    assert any(control.DIGEST in record for record in told["records_seen"])


@pytest.mark.parametrize("zone, signed", [("control.alder", True), ("control-nsec3.birch", True),
                                          ("control-unsigned.alder", False)])
def test_ad_flag_is_the_validated_verdict(mpic_matrix, zone, signed):
    assert details(mpic_matrix, "acme-dns", zone)["ad_flag"] is signed


def test_details_of_nxdomain(mpic_matrix):
    assert details(mpic_matrix, "acme-dns", "control-missing.alder")["response_code"] in (0, 3)


def test_cname_chain(stand):
    _, answer = control.valid(stand, "alias-at-label.alder", WAYS["acme-dns"])
    told = answer["perspectives"][0]["check_response"]["details"]
    assert told["cname_chain"] == ["_acme-challenge.chained.birch."]


def test_details_of_http(stand):
    valid, answer = control.valid(stand, "moved-301.web.alder", WAYS["acme-http"])
    assert valid
    told = answer["perspectives"][0]["check_response"]["details"]
    assert told["response_status_code"] == 200
    assert [each["status_code"] for each in told["response_history"]] == [301]
    assert told["response_url"].startswith("http://moved-301.web.alder/")
    page = base64.b64decode(told["response_page"]).decode()
    assert challenge.key_authorization().startswith(page) or page in challenge.key_authorization()


def test_details_of_tls(mpic_matrix):
    assert details(mpic_matrix, "acme-tls-alpn", "control.alder")["common_name"] \
        == "tls.control.alder"


ECHO = {
    "acme-dns": {"require_exact_case": True, "dns_record_type": "TXT",
                 "dns_name_prefix": "_acme-challenge"},
    "acme-http": {"require_exact_case": True},
    "acme-tls-alpn": {"require_exact_case": False},
    "website-change": {"url_scheme": "http", "require_exact_case": True},
    "dns-txt": {"require_exact_case": True, "dns_record_type": "TXT", "dns_name_prefix": "_code"},
    "dns-cname": {"require_exact_case": False, "dns_record_type": "CNAME"},
    "dns-caa": {"require_exact_case": False, "dns_record_type": "CAA"},
    "dns-persistent": {"dns_name_prefix": "_validation-persist", "dns_record_type": "TXT"},
    "contact-email-txt": {"dns_name_prefix": "_validation-contactemail", "dns_record_type": "TXT"},
    "contact-phone-txt": {"dns_name_prefix": "_validation-contactphone", "dns_record_type": "TXT"},
}


@pytest.mark.parametrize("way", ECHO)
def test_parameters_are_echoed_with_their_defaults(way, mpic_matrix):
    _, answer = mpic_matrix[way, "control.alder"]
    echoed = answer["dcv_check_parameters"]
    for key, value in (WAYS[way].parameters() | ECHO[way]).items():
        assert echoed[key] == value, echoed


# --- Looseness that is not here -------------------------------------------------------------------


CASES = {
    "garbage-past-the-limit": ("blanks-and-garbage.hostile.alder", "acme-http", {}, False),
    "any-2xx": ("created-alone.web.alder", "acme-http", {}, True),
    "redirect-inside": ("inside.web.alder", "acme-http", {}, False),
    "odd-port": ("odd-port.web.alder", "acme-http", {}, False),
    "no-alpn": ("no-alpn.tls.alder", "acme-tls-alpn", {}, False),
    "silent-tls": ("mute.hostile.alder", "acme-tls-alpn", {}, False),
    "not-critical": ("not-critical.tls.alder", "acme-tls-alpn", {}, False),
    "two-names": ("two-san-good-first.tls.alder", "acme-tls-alpn", {}, False),
    "wildcard": ("*.control.alder", "acme-dns", {}, True),
    "address-http": ("127.0.6.1", "acme-http", {}, True),
    "address-tls": ("127.0.6.20", "acme-tls-alpn", {}, True),
    "address-persistent": ("127.0.6.1", "dns-persistent", {}, True),
    "part": ("control.alder", "dns-txt-part", {}, True),
    "part-as-whole": ("control.alder", "dns-txt-part", {"require_exact_match": True}, False),
    "no-prefix": ("control.alder", "dns-txt", {"dns_name_prefix": None}, True),
    "contact-in-capitals": ("control.alder", "contact-email-txt",
                            {"challenge_value": "DOMAINS@CONTACT.EXAMPLE"}, None),
    "https": ("https-only.web.alder", "website-change", {"url_scheme": "https"}, True),
    "pattern": ("good.web.alder", "website-change", {"match_regex": "^code: "}, True),
    "other-pattern": ("good.web.alder", "website-change", {"match_regex": "^kode: "}, False),
    "issuer-in-capitals": ("control.alder", "dns-persistent",
                           {"issuer_domain_names": ["CA.Example"]}, True),
}


@pytest.mark.parametrize("case", CASES)
def test_case(stand, case):
    target, way, changes, expected = CASES[case]
    valid, answer = control.valid(stand, target, WAYS[way], **changes)
    assert expected in (None, valid), answer


REVERSE = {"right": ("1.6.0.127.in-addr.arpa", True), "wrong": ("2.6.0.127.in-addr.arpa", False),
           "two-remotes": ("7.6.0.127.in-addr.arpa", False),
           "bogus": ("9.6.0.127.in-addr.arpa", False)}


@pytest.mark.parametrize("case", REVERSE)
def test_reverse_lookup(stand, case):
    target, expected = REVERSE[case]
    status, answer = control.mpic(stand, target, {"validation_method": "reverse-address-lookup",
                                                  "challenge_value": challenge.POINTED_TO})
    assert (status, answer["is_valid"]) == (200, expected), answer


def test_check_type_is_inferred(stand):
    status, _, answer = system.documented(stand, "POST", "/mpic", {
        "domain_or_ip_target": "control.alder",
        "dcv_check_parameters": WAYS["acme-dns"].parameters()})
    assert (status, answer["check_type"], answer["is_valid"]) == (200, "dcv", True)


def test_trace_identifier_is_echoed(stand):
    _, answer = control.mpic(stand, "control.alder", WAYS["acme-dns"].parameters(),
                             trace_identifier="trace-7")
    assert answer["trace_identifier"] == "trace-7"


# --- Bad input ------------------------------------------------------------------------------------


BAD = {
    "empty-value": ("control.alder", "dns-txt", {"challenge_value": ""}, "empty-challenge-value"),
    "empty-website-value": ("good.web.alder", "website-change", {"challenge_value": ""},
                            "empty-challenge-value"),
    "short-value": ("control.alder", "dns-txt", {"challenge_value": "abc"}, None),
    "path-upwards": ("good.web.alder", "website-change", {"http_token_path": "../x"}, None),
    "path-upwards-encoded": ("good.web.alder", "website-change",
                             {"http_token_path": "%2e%2e/x"}, None),
    "unknown-method": ("control.alder", "dns-txt", {"validation_method": "carrier-pigeon"}, None),
    "no-method": ("control.alder", "dns-txt", {"validation_method": None}, None),
    "retired-method": ("control.alder", "dns-txt", {
        "validation_method": "ip-address", "dns_record_type": "A",
        "challenge_value": "127.0.6.1"}, None),
    "no-value": ("control.alder", "dns-txt", {"challenge_value": None}, "missing"),
    "no-hash": ("control.alder", "acme-dns", {"key_authorization_hash": None}, "missing"),
    "hash-no-digest": ("control.alder", "acme-dns", {"key_authorization_hash": "abc"}, None),
    "record-type": ("control.alder", "dns-txt", {"dns_record_type": "MX"}, None),
    "prefix-without-underscore": ("control.alder", "dns-txt", {"dns_name_prefix": "code"}, None),
    "prefix-of-two-labels": ("control.alder", "dns-txt", {"dns_name_prefix": "_a._b"}, None),
    "pattern-refused": ("good.web.alder", "website-change", {"match_regex": "("}, None),
    "header-injection": ("good.web.alder", "acme-http",
                         {"http_headers": {"Accept": "x\r\nHost: evil"}}, None),
    "wildcard-http": ("*.web.alder", "acme-http", {}, None),
    "wildcard-tls": ("*.tls.alder", "acme-tls-alpn", {}, None),
    "wildcard-website": ("*.web.alder", "website-change", {}, None),
    "address-dns": ("127.0.6.1", "acme-dns", {}, None),
    "no-name": ("a..b", "acme-dns", {}, "invalid-domain-or-ip-target"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(stand, case):
    target, way, changes, kind = BAD[case]
    status, answer = control.mpic(stand, target, WAYS[way].parameters(**changes))
    assert status == 400, answer
    assert answer["error"] == "request-validation-failed"
    for issue in answer["validation_issues"]:
        assert issue.get("message") or issue.get("msg"), issue
    kinds = {issue.get("issue_type") or issue.get("type") for issue in answer["validation_issues"]}
    assert kind is None or kind in kinds, answer


def test_a_quorum_below_the_rules(stand):
    status, answer = control.mpic(stand, "control.alder", WAYS["acme-dns"].parameters(),
                                  orchestration_parameters={"quorum_count": 1})
    assert status == 400
    assert answer["validation_issues"][0]["issue_type"] == "invalid-quorum-count"


# --- POST /dcv at a perspective -------------------------------------------------------------------


PERSPECTIVE_ZONES = {"control.alder": True, "control-wrong.alder": False,
                     "control-missing.alder": False, "control-bogus.alder": False}


@pytest.mark.parametrize("zone", PERSPECTIVE_ZONES)
@pytest.mark.parametrize("way", WAYS)
def test_one_perspective(stand, way, zone):
    body = {"domain_or_ip_target": WAYS[way].name(zone),
            "dcv_check_parameters": WAYS[way].parameters(), "trace_identifier": "t"}
    status, answer = test_mpic.perspective_caa(stand, body, path="/dcv")
    assert status in (200, 500) and (status == 200 or answer["errors"]), answer
    assert answer["check_passed"] == PERSPECTIVE_ZONES[zone], answer
    assert_check_response(answer, WAYS[way])
    schemas = system.OPENAPI["components"]["schemas"]
    name = "DcvCheckResponse" if "DcvCheckResponse" in schemas else "CheckResponse"
    assert not openapi_validate.errors_of(
        system.OPENAPI, {"$ref": f"#/components/schemas/{name}"}, answer)


@pytest.mark.parametrize("parameters", [None, {}, {"validation_method": "carrier-pigeon"}],
                         ids=["none", "empty", "unknown-method"])
def test_bad_bodies_at_a_perspective(stand, parameters):
    body = {"domain_or_ip_target": "control.alder", "dcv_check_parameters": parameters}
    status, answer = test_mpic.perspective_caa(stand, body, path="/dcv")
    assert status == 422, answer
    assert answer["detail"]
