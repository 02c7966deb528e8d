# SPDX-License-Identifier: Apache-2.0
"""Bad input to control checks, each item over /v1 and over /mpic: 400 with field, reason and rule,
and nothing looked up. The one table is for both, so that neither is missing."""

import dataclasses
import json
import re

import control
import pytest
import system
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

HOST, WILDCARD, ADDRESS = "control.alder", "*.control.alder", "127.0.6.1"
ABSENT = None
# member of /v1: member of /mpic
MPIC = {"method": "validation_method", "value": "challenge_value", "path": "http_token_path",
        "pattern": "match_regex", "headers": "http_headers", "prefix": "dns_name_prefix",
        "record_type": "dns_record_type", "scheme": "url_scheme", "contact": "challenge_value",
        "account_uri": "expected_account_uri", "issuers": "issuer_domain_names"}
EVIL = "a\r\nHost: evil.example"


@dataclasses.dataclass(frozen=True)
class Item:
    target: str
    way: str
    member: str | None      # of /v1: what is changed, and where the answer points
    value: object = ABSENT
    rule: str = ""
    words: tuple = ()
    points: str = ""        # where the answer points, if not to the member


def wildcards():
    return {f"wildcard-{way}": Item(WILDCARD, way, None, rule=rule, words=("wildcard",),
                                    points="method")
            for way, rule in (("acme-http", "3.2.2.4.19"), ("acme-tls-alpn", "3.2.2.4.20"),
                              ("website-change", "3.2.2.4.18"))}


def methods():
    return {"method-unknown": Item(HOST, "dns-txt", "method", "carrier-pigeon",
                                   words=("carrier-pigeon",)),
            "method-absent": Item(HOST, "dns-txt", "method"),
            "method-empty": Item(HOST, "dns-txt", "method", ""),
            "method-retired": Item(HOST, "dns-txt", "method", "ip-address", "3.2.2.4.8",
                                   ("2026-03-15", "SC-090"))}


# way: members that it cannot do without
REQUIRED = {"dns-txt": ["value"], "acme-dns": ["key_authorization_hash"],
            "dns-persistent": ["account_uri"], "website-change": ["path", "value"],
            "acme-http": ["token", "key_authorization"],
            "acme-tls-alpn": ["key_authorization_hash"], "contact-email-txt": ["contact"],
            "contact-email-caa": ["contact"], "contact-phone-txt": ["contact"],
            "contact-phone-caa": ["contact"]}
CHALLENGES = {"value", "key_authorization_hash", "key_authorization", "account_uri", "contact"}


def required():
    out = {}
    for way, members in REQUIRED.items():
        for member in members:
            out[f"absent-{way}-{member}"] = Item(HOST, way, member)
            if member in CHALLENGES:
                out[f"empty-{way}-{member}"] = Item(HOST, way, member, "")
    return out


# One character too few to carry 112 bits.
TOO_SHORT = {"decimal": "0123456789" * 3 + "012", "hex": "0123456789abcdef" + "0" * 11,
             "base32": "abcdefghijklmnopqrstuv", "base32-in-capitals": "ABCDEFGHIJKLMNOPQRSTUV",
             "one-case": "0189abcdefghijklmnopq", "base64url": "aB-_cdefghijklmnop"}
LAST = {"decimal": "3", "hex": "0", "base32": "z", "base32-in-capitals": "Z", "one-case": "z",
        "base64url": "z"}


def random_values():
    return {f"too-short-{alphabet}-{way}": Item(HOST, way, "value", value, "1.6.1", ("112",))
            for alphabet, value in TOO_SHORT.items() for way in ("dns-txt", "website-change")}


def injections():
    out = {f"injection-header-{way}-{where}": Item(HOST, way, "headers", headers,
                                                   words=("header",))
           for way in ("acme-http", "website-change")
           for where, headers in (("value", {"Pragma": EVIL}), ("line-feed", {"Pragma": "a\nb: c"}),
                                  ("null", {"Pragma": "a\0b"}),
                                  ("name", {"Pragma\r\nHost": "evil.example"}))}
    out["injection-token"] = Item(HOST, "acme-http", "token", EVIL)
    out["injection-key-authorization"] = Item(HOST, "acme-http", "key_authorization", EVIL)
    out["injection-path"] = Item(HOST, "website-change", "path", EVIL, "3.2.2.4.18")
    out["injection-value"] = Item(HOST, "website-change", "value",
                                  challenge.RANDOM_VALUE + "\r\nx", "1.6.1")
    for header in ("Accept", "Cookie", "Host", "User-Agent", "Authorization", "Connection"):
        out[f"header-{header}"] = Item(HOST, "acme-http", "headers", {header: "x"},
                                       words=(header, "may not be set"))
    return out


TRAVERSALS = {"plain": "../x", "inside": "a/../../x", "encoded": "%2e%2e/x",
              "encoded-in-capitals": "%2E%2E%2Fx", "half-encoded": ".%2e/x",
              "slash-encoded": "..%2fx", "twice-encoded": "%252e%252e%252fx",
              "backslash": "..\\x", "backslash-encoded": "..%5cx", "overlong": "%c0%ae%c0%ae/x",
              "dot": "./x", "at-the-end": "a/.."}


def traversals():
    out = {}
    for kind, path in TRAVERSALS.items():
        out[f"traversal-{kind}"] = Item(HOST, "website-change", "path", path, "3.2.2.4.18")
        out[f"traversal-{kind}-token"] = Item(HOST, "acme-http", "token", path)
    return out


PATTERNS = {"open-group": "(", "backreference": r"(a)\1", "lookahead": "(?=a)", "repeat": "a**",
            "too-much-repeated": "a{2000}", "bad-class": "[z-a]"}


def patterns():
    return {f"pattern-{kind}": Item(HOST, "website-change", "pattern", pattern)
            for kind, pattern in PATTERNS.items()}


def literals():
    out = {f"address-by-{way}": Item(ADDRESS, way, None, points="method", words=(ADDRESS,))
           for way in ("dns-txt", "acme-dns", "contact-email-txt", "contact-phone-caa")}
    out |= {f"{kind}-as-name": Item(target, "acme-dns", None, points="name")
            for kind, target in (("bracketed", "[::1]"), ("with-port", "127.0.6.1:80"),
                                 ("short", "127.1"), ("number", "2130706433"),
                                 ("hex", "0x7f000001"), ("octal", "0177.0.0.1"),
                                 ("prefix", "127.0.6.0/24"), ("zone", "fe80::1%eth0"))}
    out["issuer-is-an-address"] = Item(HOST, "dns-persistent", "issuers", ["127.0.0.1"])
    return out


ITEMS = (wildcards() | methods() | required() | random_values() | injections() | traversals()
         | patterns() | literals())


@pytest.mark.parametrize("case", ITEMS)
def test_v1(stand, case):
    item = ITEMS[case]
    changes = {item.member: item.value} if item.member else {}
    if case == "method-retired":
        asked = {"method": "ip-address"}
    else:
        asked = control.WAYS[item.way].control(**changes)
    points = item.points or item.member
    pointer = "/names/0/name" if points == "name" else f"/names/0/control/{points}"
    # A token is the end of a path and the beginning of what is found there.
    pointers = {pointer, "/names/0/control/key_authorization"} if points == "token" else {pointer}
    status, answer = control.order(stand, item.target, asked)
    assert status == 400, answer
    assert answer["pointer"] in pointers, answer
    assert answer["type"].startswith("urn:parallax:problem:")
    assert points == "name" or item.rule in answer["rule"], answer
    for word in item.words:
        assert word in answer["detail"], answer


def mpic_parameters(item):
    """The same in the words of Open MPIC."""
    way = control.WAYS[item.way]
    if item.member is None:
        return way.parameters()
    if item.value == "ip-address":
        return {"validation_method": "ip-address", "dns_record_type": "A",
                "challenge_value": "127.0.6.1"}
    return way.parameters(**{MPIC.get(item.member, item.member): item.value})


@pytest.mark.parametrize("case", ITEMS)
def test_mpic(stand, case):
    item = ITEMS[case]
    status, answer = control.mpic(stand, item.target, mpic_parameters(item))
    assert status == 400, answer
    assert answer["error"] == "request-validation-failed"
    assert answer["validation_issues"], answer
    told = repr(answer["validation_issues"])
    points = item.points or item.member
    member = "domain_or_ip_target" if points == "name" else MPIC.get(points, points)
    assert member in told or points == "token" and "key_authorization" in told, answer
    if item.rule:
        assert item.rule in told, answer
    for word in item.words:
        assert word in told, answer


# --- What is just good enough ---------------------------------------------------------------------


@pytest.mark.parametrize("way", ["dns-txt", "website-change"])
@pytest.mark.parametrize("alphabet", TOO_SHORT)
def test_exactly_112_bits_are_looked_for(stand, way, alphabet):
    value = TOO_SHORT[alphabet] + LAST[alphabet]
    control.fails(stand, HOST, control.WAYS[way], {"challenge-differs"}, value=value)
    status, answer = control.mpic(stand, HOST,
                                  control.WAYS[way].parameters(challenge_value=value))
    assert (status, answer["is_valid"]) == (200, False), answer


def documented_headers():
    text = (system.ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"`headers` of the HTTP methods are out of (.*?), each once", text)
    return re.findall(r"`([a-z-]+)`", sentence)


@pytest.mark.parametrize("header", documented_headers())
def test_headers_that_may_be_set(stand, header):
    control.shows(stand, HOST, control.WAYS["acme-http"], headers={header.title(): "x"})
    described = system.OPENAPI["components"]["schemas"]["ControlRequest"]["properties"]["headers"]
    assert header in described["description"]


def test_the_refusal_lists_the_documented_headers(stand):
    status, answer = control.order(stand, HOST,
                                   control.WAYS["acme-http"].control(headers={"Accept": "x"}))
    assert status == 400
    assert set(re.findall(r"[a-z-]+", answer["detail"].split("these may: ")[1])) \
        == set(documented_headers())


# --- Targets outside the lab ----------------------------------------------------------------------


# The stands here run in lab mode, where such addresses are all there is. The command does not.
RESERVED = {"loopback": "127.0.0.1", "private-10": "10.1.2.3", "private-172": "172.16.0.1",
            "private-192": "192.168.1.1", "link-local": "169.254.169.254", "this-host": "0.0.0.0",
            "shared": "100.64.0.1", "multicast": "224.0.0.1", "broadcast": "255.255.255.255",
            "loopback-6": "::1", "unspecified-6": "::", "unique-local": "fd00::1",
            "link-local-6": "fe80::1", "multicast-6": "ff02::1", "mapped": "::ffff:10.0.0.1",
            "mapped-public": "::ffff:9.9.9.9", "nat64": "64:ff9b::a00:1", "6to4": "2002:a00:1::",
            "teredo": "2001:0:a00:1::", "documentation": "2001:db8::1"}


@pytest.mark.parametrize("method", ["acme-http-01", "acme-tls-alpn-01", "reverse-address-lookup"])
@pytest.mark.parametrize("kind", RESERVED)
def test_reserved_addresses(kind, method):
    parameters = {
        "acme-http-01": [f"token={challenge.TOKEN}",
                         f"key_authorization={challenge.key_authorization()}"],
        "acme-tls-alpn-01": [f"key_authorization_hash={control.DIGEST}"],
        "reverse-address-lookup": ["name=control.alder", "control.method=dns-change",
                                   f"control.value={challenge.RANDOM_VALUE}"],
    }[method]
    done = system.parallax("check", "control", RESERVED[kind], "--type", "tls", "--method", method,
                           *[each for one in parameters for each in ("--param", one)], "--json")
    assert done.returncode == 64, (done.stdout, done.stderr)
    assert "special-purpose" in done.stderr + done.stdout
    assert "TLS BR 4.2.2" in done.stderr + done.stdout


# --- Large orders ---------------------------------------------------------------------------------


BODY_MAX = 1024 * 1024
VALUE_MAX = 4096


def large_order(size):
    """A body of so many octets: 100 names with the largest values there are."""
    way = control.WAYS["dns-txt"]
    names = [{"name": f"host-{number}.unregistered.alder",
              "control": way.control(value="zZ" * (VALUE_MAX // 2))} for number in range(100)]
    body = json.dumps({"type": "tls", "issuers": [system.WORLD.issuer], "names": names}).encode()
    assert len(body) < size
    return body + b" " * (size - len(body))


def test_a_hundred_names_with_the_largest_values(stand):
    status, _, answer = system.documented(stand, "POST", "/v1/corroborations",
                                          large_order(BODY_MAX))
    assert (status, len(answer["names"])) == (200, 100), answer
    assert {name["control"]["outcome"] for name in answer["names"]} == {"refused"}


def test_one_octet_more_than_a_body_may_have(stand):
    status, _, answer = system.documented(stand, "POST", "/v1/corroborations",
                                          large_order(BODY_MAX + 1))
    assert (status, answer["type"]) == (413, "urn:parallax:problem:body-too-large")
    assert str(BODY_MAX) in answer["detail"]


@pytest.mark.parametrize("excess, status", [(0, 200), (1, 400)])
def test_the_largest_value(stand, excess, status):
    value = "zZ" * (VALUE_MAX // 2) + "z" * excess
    got, answer = control.order(stand, HOST, control.WAYS["dns-txt"].control(value=value))
    assert got == status, answer
    if excess:
        assert answer["pointer"] == "/names/0/control/value"
        assert str(VALUE_MAX) in answer["detail"]
