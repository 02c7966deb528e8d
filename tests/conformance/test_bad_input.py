# SPDX-License-Identifier: Apache-2.0
"""What bad input gets at each entry point: the message, the status, the field."""

import json

import pytest
import system

USAGE = 64
MALFORMED, FORBIDDEN, NOT_APPLICABLE = "malformed-request", "name-not-certifiable", "not-applicable"

# name: (text, type, kind of problem, what the message says)
NAMES = {
    "mailbox_without_domain": ("alice@", "smime", MALFORMED, "nothing stands behind the @"),
    "mailbox_without_local_part": ("@permits.alder", "smime", MALFORMED, "local part"),
    "address_literal": ("alice@[192.0.2.1]", "smime", MALFORMED, "address literal"),
    "wildcard_mailbox_domain": ("*.example.com", "smime", MALFORMED, "wildcard"),
    "local_part_too_long": ("a" * 65 + "@permits.alder", "smime", MALFORMED, "64 octets"),
    "unquoted_space": ("al ice@permits.alder", "smime", MALFORMED, "quoted"),
    "control_character": ("alice@permits.alder\0", "smime", MALFORMED, "control"),
    "mailbox_at_a_single_label": ("alice@localhost", "smime", FORBIDDEN, "Internal Name"),
    "mailbox_in_a_reverse_zone": ("alice@1.2.0.192.in-addr.arpa", "smime", FORBIDDEN,
                                  "reverse zones"),
    "mailbox_at_an_onion_name": ("alice@x.onion", "smime", NOT_APPLICABLE, "onion"),
    "mailbox_in_a_tls_order": ("alice@permits.alder", "tls", MALFORMED, "type smime"),
    "ipv4": ("192.0.2.1", "tls", NOT_APPLICABLE, "IP address 192.0.2.1"),
    "private_address": ("10.0.0.1", "tls", NOT_APPLICABLE, "IP address 10.0.0.1"),
    "ipv6": ("2001:db8::1", "tls", NOT_APPLICABLE, "IP address 2001:db8::1"),
    "empty_name": ("", "tls", MALFORMED, "empty"),
    "empty_label": ("example..com", "tls", MALFORMED, "a label is empty"),
    "300_octets": ("a." * 150, "tls", MALFORMED, "253 octets"),
    "label_of_64": ("a" * 64 + ".alder", "tls", MALFORMED, "63"),
    "hyphen_at_an_end": ("a-.alder", "tls", MALFORMED, "hyphen"),
    "space": ("a b.alder", "tls", MALFORMED, "letters, digits"),
    "url": ("https://permits.alder", "tls", MALFORMED, "URL"),
    "asterisk_inside": ("a.*.alder", "tls", MALFORMED, "asterisk"),
    "wildcard_over_a_suffix": ("*.co.uk", "tls", FORBIDDEN, "public suffix"),
    "single_label": ("com", "tls", FORBIDDEN, "Internal Name"),
    "reverse_zone": ("1.2.0.192.in-addr.arpa", "tls", FORBIDDEN, "reverse zones"),
    "onion": ("x.onion", "tls", NOT_APPLICABLE, "onion"),
}


def v1(cluster, body, **options):
    return system.documented(cluster, "POST", "/v1/corroborations", body, **options)


def problem(cluster, body, status=400, kind=MALFORMED, **options):
    got, _, answer = v1(cluster, body, **options)
    assert got == status, answer
    assert answer["type"] == f"urn:parallax:problem:{kind}"
    assert answer["status"] == status
    return answer


@pytest.mark.parametrize("case", NAMES)
def test_name_over_v1(cluster, case):
    text, kind, expected, message = NAMES[case]
    names = ["good.permits.alder", text]
    answer = problem(cluster, {"type": kind, "names": names, "issuers": ["ca.example"]},
                     kind=expected)
    assert message in answer["detail"]
    assert answer["pointer"] == "/names/1"
    assert ("rule" in answer) == (expected == FORBIDDEN)


@pytest.mark.parametrize("case", NAMES)
def test_name_over_mpic(cluster, case):
    text, kind, _, message = NAMES[case]
    status, _, answer = system.documented(cluster, "POST", "/mpic", {
        "check_type": "caa", "domain_or_ip_target": text,
        "caa_check_parameters": {"certificate_type": "s-mime" if kind == "smime" else "tls-server",
                                 "caa_domains": ["ca.example"]}})
    assert status == 400, answer
    (issue,) = answer["validation_issues"]
    assert issue["issue_type"] == "invalid-domain-or-ip-target"
    assert message in issue["message"] or "@" in text


@pytest.mark.parametrize("case", [case for case in NAMES if "\0" not in NAMES[case][0]])
def test_name_at_the_command_line(case):
    text, kind, _, message = NAMES[case]
    done = system.parallax("check", "caa", "--type", kind, "--issuer", "ca.example", "--", text)
    assert done.returncode == USAGE, done
    assert message in done.stderr or not text, done
    assert done.stdout == ""


def body(**changes):
    """A good order with changes; a member set to None is left out."""
    whole = {"type": "smime", "names": [system.PERMITTED], "issuers": ["ca.example"], **changes}
    return {key: value for key, value in whole.items() if value is not None}


MEMBERS = {
    "no_type": (body(type=None), "/type", "type"),
    "unknown_type": (body(type="code-signing"), "/type", "no certificate type"),
    "no_names": (body(names=None), "/names", "names"),
    "empty_names": (body(names=[]), "/names", "1 to 100"),
    "101_names": (body(names=[f"a{n}@permits.alder" for n in range(101)]), "/names", "101"),
    "names_as_text": (body(names="alice@permits.alder"), "/names", "array"),
    "number_as_name": (body(names=[1]), "/names/0", "object"),
    "no_issuers": (body(issuers=None), "/issuers", "issuers"),
    "empty_issuers": (body(issuers=[]), "/issuers", "at least one"),
    "malformed_issuer": (body(issuers=["ca..example"]), "/issuers/0", "label is empty"),
    "33_issuers": (body(issuers=[f"ca{n}.example" for n in range(33)]), "/issuers", "33"),
    "unknown_member": (body(quorum=1), "/quorum", "not a known member"),
    "empty_id": (body(id=""), "/id", "1 to"),
    "id_with_a_space": (body(id="a b"), "/id", "letters"),
    "reserved_id": (body(id="mpic-1"), "/id", "mpic-"),
    "number_as_id": (body(id=7), "/id", "id"),
    "account_that_is_no_uri": (body(account_uri="x"), "/account_uri", "URI"),
    "unknown_method": (body(validation_method="carrier-pigeon"), "/validation_method",
                       "validation method label"),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_member_over_v1(cluster, case):
    sent, pointer, message = MEMBERS[case]
    answer = problem(cluster, sent)
    assert answer["pointer"] == pointer
    assert message in answer["detail"]


GOOD = json.dumps(body())
DOCUMENTS = {
    "nothing": ("", "incomplete"), "cut": (GOOD[:-1], "incomplete"), "array": ("[]", "object"),
    "null": ("null", "object"), "more_behind": (GOOD + "{}", "extra"),
    "duplicate_key": (GOOD[:-1] + ', "type": "tls"}', '"type" stands twice'),
    "duplicate_key_escaped": (GOOD[:-1] + ', "\\u0074ype": "tls"}', '"type" stands twice'),
    "too_deep": ("[" * 5000, "deep"), "not_utf8": (b'{"type": "\xff"}', "JSON"),
    "lone_surrogate": (GOOD[:-1] + ', "id": "\\ud800"}', "JSON"),
    "utf16": (GOOD.encode("utf-16"), "JSON"), "xml": ("<order/>", "JSON"),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_document_over_v1(cluster, case):
    sent, message = DOCUMENTS[case]
    answer = problem(cluster, sent)
    assert message in answer["detail"]
    assert answer["pointer"] == ""


@pytest.mark.parametrize("case", DOCUMENTS)
def test_document_over_mpic(cluster, case):
    status, _, answer = system.documented(cluster, "POST", "/mpic", DOCUMENTS[case][0])
    assert status == 400, answer
    assert answer["error"] == "request-validation-failed"
    assert answer["validation_issues"][0]["type"] in ("json_invalid", "model_type")


@pytest.mark.parametrize("headers, status, kind", [
    ({"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
    ({"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
], ids=["text", "form", "gzip"])
def test_wrapping(cluster, headers, status, kind):
    problem(cluster, GOOD, status, kind, headers=headers)


def test_a_body_larger_than_an_order_needs(cluster):
    answer = problem(cluster, b" " * 1_100_000, 413, "body-too-large")
    assert "1048576" in answer["detail"]
    assert problem(cluster, b" " * 1_100_000, 413, "body-too-large", token=False) == answer
    for size in (300_000, 1_100_000):
        assert system.documented(cluster, "POST", "/mpic", b" " * size)[0] == 413


ORCHESTRATION = {
    "quorum_of_one": ({"quorum_count": 1}, "invalid-quorum-count", "Invalid quorum count: 1"),
    "quorum_of_none": ({"quorum_count": 0}, "invalid-quorum-count", "0"),
    "negative_quorum": ({"quorum_count": -1}, "invalid-quorum-count", "-1"),
    "quorum_above_the_roster": ({"quorum_count": 6}, "invalid-quorum-count", "6"),
    "quorum_of_one_as_text": ({"quorum_count": "1"}, "invalid-quorum-count", "1"),
    "one_of_few": ({"perspective_count": 2, "quorum_count": 1}, "invalid-quorum-count", "1"),
    "no_perspectives": ({"perspective_count": 0}, "invalid-perspective-count", "0"),
    "negative_perspectives": ({"perspective_count": -1}, "invalid-perspective-count", "-1"),
    "more_than_the_roster": ({"perspective_count": 6}, "invalid-perspective-count", "6"),
    "quorum_text": ({"quorum_count": "x"}, "int_parsing", "integer"),
    "quorum_fraction": ({"quorum_count": 3.5}, "int_type", "integer"),
    "no_attempts": ({"max_attempts": 0}, "invalid-max-attempts", "0"),
}


@pytest.mark.parametrize("case", ORCHESTRATION)
def test_orchestration(cluster, case):
    sent, kind, message = ORCHESTRATION[case]
    status, _, answer = system.documented(cluster, "POST", "/mpic", {
        "check_type": "caa", "domain_or_ip_target": "permits.alder",
        "orchestration_parameters": sent})
    assert status == 400, answer
    (issue,) = answer["validation_issues"]
    assert kind in (issue.get("issue_type"), issue.get("type"))
    assert message in issue.get("message", issue.get("msg"))


MPIC = {
    "no_target": ({"domain_or_ip_target": None}, "string_type"),
    "unknown_check": ({"check_type": "dance"}, "literal_error"),
    "control_without_parameters": ({"check_type": "dcv"}, "missing"),
    "no_issuers": ({"caa_check_parameters": {"caa_domains": []}}, "invalid-caa-domains"),
    "malformed_issuer": ({"caa_check_parameters": {"caa_domains": ["a..b"]}},
                         "invalid-caa-domains"),
    "certificate_type": ({"caa_check_parameters": {"certificate_type": "tls"}}, "literal_error"),
    "trace_number": ({"trace_identifier": 5}, "string_type"),
    "trace_too_long": ({"trace_identifier": "x" * 300}, "string_too_long"),
}


@pytest.mark.parametrize("case", MPIC)
def test_member_over_mpic(cluster, case):
    changes, kind = MPIC[case]
    status, _, answer = system.documented(cluster, "POST", "/mpic", {
        "check_type": "caa", "domain_or_ip_target": "permits.alder", **changes})
    assert status == 400, answer
    (issue,) = answer["validation_issues"]
    assert kind in (issue.get("issue_type"), issue.get("type")), issue


def test_unknown_members_of_mpic_are_ignored(cluster):
    status, _, answer = system.documented(cluster, "POST", "/mpic", {
        "check_type": "caa", "domain_or_ip_target": "issue.alder", "flavour": "vanilla",
        "orchestration_parameters": {"colour": 1},
        "caa_check_parameters": {"caa_domains": ["ca.example"], "size": None}})
    assert (status, answer["is_valid"]) == (200, True)


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/v1/nothing", 404), ("GET", "/v1/corroborations/a%ZZ", 404),
    ("PUT", "/v1/corroborations", 405), ("GET", "/v1/corroborations", 405),
    ("DELETE", "/v1/corroborations/x", 405)])
def test_paths_and_methods_of_v1(cluster, method, path, status):
    got, headers, answer = cluster.request(method, path)
    assert (got, answer["status"]) == (status, status)
    assert headers["Content-Type"] == "application/problem+json"
    assert ("Allow" in headers) == (status == 405)


@pytest.mark.parametrize("method, path, status, detail", [
    ("GET", "/", 404, "Not Found"), ("POST", "/dcv", 404, "Not Found"),
    ("GET", "/mpic", 405, "Method Not Allowed"), ("POST", "/healthz", 405, "Method Not Allowed")])
def test_paths_and_methods_of_open_mpic(cluster, method, path, status, detail):
    got, _, answer = cluster.request(method, path)
    assert (got, answer) == (status, {"detail": detail})
