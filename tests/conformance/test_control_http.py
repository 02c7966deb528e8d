# SPDX-License-Identifier: Apache-2.0
"""Control shown by a document on a web server, over /v1: TLS BR 3.2.2.4.18, .19, 3.2.2.5.1 and
3.2.2.5.6, against nginx and against servers that no nginx is."""

import control
import pytest
import system
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

ACME, WEBSITE = control.WAYS["acme-http"], control.WAYS["website-change"]
HTTP_MATRIX = [pair for pair in control.MATRIX if control.WAYS[pair[0]].family == "http"]
DIFFERS, MISSING = {"challenge-differs"}, {"challenge-missing", "http-status"}
REDIRECT, ADDRESS = {"redirect-refused"}, {"address-refused"}
BROKEN = {"protocol-error", "connection-failed"}
UNREACHED = {"connection-failed", "control-timed-out"}


@pytest.mark.parametrize("pair", HTTP_MATRIX, ids=control.identify)
def test_every_zone(pair, v1_matrix):
    way = control.WAYS[pair[0]]
    decision = control.decision_in(*v1_matrix[pair], way.method)
    control.assert_seen(decision, way, pair[1])
    if decision["control"]["outcome"] == "permitted":
        last = control.primary_of(decision)["http"]["hops"][-1]
        assert (last["status"], last["failure"]) == (200, "")
        assert last["address"] in ("127.0.6.1", "fd00:6::1")


# host: reasons why not, or None if control is shown
ACME_HOSTS = {
    "good.web": None, "newline.web": None, "created-alone.web": None, "alias.web": None,
    "moved-301.web": None, "moved-302.web": None, "moved-307.web": None, "moved-308.web": None,
    "moved-relative.web": None, "moved-https.web": None, "moved-address.web": None,
    "moved-ipv6-address.web": None, "moved-port-22.web": None, "moved-port-25.web": None,
    "ten-steps.web": None, "agent.web": None, "half-inside.web": None,
    "ipv6-only.web": None, "ipv6-closed.web": None, "ipv6-lost.web": None,
    "no-length.hostile": None,
    "garbage-behind.web": DIFFERS, "garbage-before.web": DIFFERS, "other.web": DIFFERS,
    "created.web": DIFFERS, "empty.web": DIFFERS | MISSING, "no-content.web": DIFFERS | MISSING,
    "forbidden.web": MISSING, "not-found.web": MISSING, "error.web": MISSING,
    "unavailable.web": MISSING, "language.web": MISSING,
    "moved-303.web": REDIRECT, "eleven-steps.web": REDIRECT, "loop.web": REDIRECT,
    "loop-of-two.web": REDIRECT, "endless.web": REDIRECT, "odd-port.web": REDIRECT,
    "odd-tls-port.web": REDIRECT, "ftp.web": REDIRECT, "file.web": REDIRECT,
    "gopher.web": REDIRECT, "userinfo.web": REDIRECT, "bad-name.web": REDIRECT,
    "no-location.hostile": REDIRECT, "control-location.hostile": REDIRECT | BROKEN,
    "long-location.hostile": REDIRECT | BROKEN,
    "no-such-name.web": {"control-lookup-failed", "challenge-missing"},
    "bogus-name.web": {"control-bogus"},
    "inside.web": ADDRESS, "inside-by-name.web": ADDRESS, "inside-in-ipv6.web": ADDRESS,
    "intranet.web": ADDRESS, "alias-to-inside.web": ADDRESS,
    "no-address.web": {"control-lookup-failed", "challenge-missing"},
    "closed.web": UNREACHED, "https-only.web": UNREACHED, "lost.web": UNREACHED,
    "ipv6-wrong.web": DIFFERS,
    "truncated.hostile": BROKEN | DIFFERS, "truncated-chunk.hostile": BROKEN | DIFFERS,
    "truncated-head.hostile": BROKEN, "garbage.hostile": BROKEN, "goodbye.hostile": BROKEN,
    "reset.hostile": BROKEN, "http2-only.hostile": BROKEN, "smtp.hostile": BROKEN,
    "http-0-9.hostile": BROKEN, "bad-status.hostile": BROKEN, "two-lengths.hostile": BROKEN,
    "huge-head.hostile": BROKEN, "endless-head.hostile": BROKEN, "switch.hostile": BROKEN | MISSING,
    "continues.hostile": BROKEN | {"control-timed-out"},
    "mute.hostile": {"control-timed-out"}, "drip.hostile": {"control-timed-out"},
    "drip-body.hostile": {"control-timed-out"}, "huge.hostile": DIFFERS, "utf-16.hostile": DIFFERS,
    "blanks-and-garbage.hostile": DIFFERS, "gzip.hostile": DIFFERS | BROKEN,
    "declared-utf-16.hostile": None, "byte-order-mark.hostile": DIFFERS,
    "zero-in-front.hostile": DIFFERS,
    "nginx-http2-only.web": BROKEN, "nginx-tls-on-80.web": MISSING,
    "failing-name.web": control.FAILED_LOOKUPS, "silent-name.web": control.FAILED_LOOKUPS,
}
WEBSITE_HOSTS = {
    "good.web": None, "created.web": None, "moved-301.web": None, "moved-https.web": None,
    "upper-case.web": DIFFERS, "other.web": DIFFERS, "not-found.web": MISSING,
    "error.web": MISSING, "empty.web": DIFFERS | MISSING,
    "echo-in-query.web": REDIRECT | DIFFERS, "echo-in-path.web": REDIRECT | DIFFERS,
    "inside.web": ADDRESS, "loop.web": REDIRECT, "odd-port.web": REDIRECT,
    "mute.hostile": {"control-timed-out"}, "garbage.hostile": BROKEN,
    "nginx-http2-only.web": BROKEN, "nginx-tls-on-80.web": MISSING,
    "bogus-name.web": {"control-bogus"}, "inside-by-name.web": ADDRESS,
    "inside-in-ipv6.web": ADDRESS, "ipv6-only.web": None, "ipv6-closed.web": None,
    "ipv6-lost.web": None,
}
# Here the value may stand among other things: these servers show the key authorization.
HOSTILE_WEBSITES = {
    "no-length.hostile": None, "blanks-and-garbage.hostile": None, "huge.hostile": None,
    "declared-utf-16.hostile": None, "byte-order-mark.hostile": None,
    "zero-in-front.hostile": None, "utf-16.hostile": DIFFERS, "gzip.hostile": DIFFERS | BROKEN,
    "truncated.hostile": BROKEN, "truncated-chunk.hostile": BROKEN,
    "truncated-head.hostile": BROKEN, "reset.hostile": BROKEN, "two-lengths.hostile": BROKEN,
    "huge-head.hostile": BROKEN, "endless-head.hostile": BROKEN, "bad-status.hostile": BROKEN,
    "http-0-9.hostile": BROKEN, "smtp.hostile": BROKEN, "http2-only.hostile": BROKEN,
    "goodbye.hostile": BROKEN, "no-location.hostile": REDIRECT,
    "control-location.hostile": REDIRECT | BROKEN, "long-location.hostile": REDIRECT | BROKEN,
    "continues.hostile": BROKEN | {"control-timed-out"},
    "drip-body.hostile": {"control-timed-out"}, "switch.hostile": BROKEN | MISSING,
}
TLS_HOSTS = {
    "good.web": None, "https-only.web": None, "tls-1-2.web": None,
    "plain-on-443.web": BROKEN, "old-tls.web": BROKEN, "closed.web": UNREACHED,
    "garbage.hostile": BROKEN, "http2-only.hostile": BROKEN, "mute.hostile": {"control-timed-out"},
    "goodbye.hostile": BROKEN, "intranet.web": ADDRESS,
    "nginx-http2-beside.web": None, "nginx-tls-on-80.web": UNREACHED,
}
RIGHT = challenge.key_authorization()
# name: (hosts and what must come of each, method, its changes over /v1 and over /mpic)
TABLES = {
    "acme-http": (ACME_HOSTS, ACME, {}, {}),
    "website": (WEBSITE_HOSTS, WEBSITE, {}, {}),
    "hostile-website": (HOSTILE_WEBSITES, WEBSITE, {"value": RIGHT}, {"challenge_value": RIGHT}),
    "website-over-tls": (TLS_HOSTS, WEBSITE, {"scheme": "https"}, {"url_scheme": "https"}),
}
PLACES = [(table, host) for table in TABLES for host in TABLES[table][0]]


@pytest.fixture(scope="module")
def answers(stand):
    """{(API, table, host): (status, answer)}, all asked at once: some answer late, or never."""
    def ask(question):
        api, table, host = question
        _, way, v1, mpic = TABLES[table]
        if api == "v1":
            return control.order(stand, f"{host}.alder", way.control(**v1))
        return control.mpic(stand, f"{host}.alder", way.parameters(**mpic))
    questions = [(api, *place) for place in PLACES for api in ("v1", "mpic")]
    return dict(zip(questions, system.at_once(ask, questions)))


@pytest.mark.parametrize("place", PLACES, ids=control.identify)
def test_host(place, answers):
    hosts, way, *_ = TABLES[place[0]]
    control.judged(control.decision_in(*answers["v1", *place], way.method), hosts[place[1]])


# What Open MPIC calls them; all else is a failed lookup, or no error at all.
MPIC_ERRORS = {"redirect-refused": "mpic_error:redirect:invalid", "http-status": "mpic_error:http",
               "challenge-differs": None}


@pytest.mark.parametrize("place", PLACES, ids=control.identify)
def test_host_over_mpic(place, answers):
    status, answer = answers["mpic", *place]
    assert (status, answer["is_valid"]) == (200, TABLES[place[0]][0][place[1]] is None), answer
    reason = answers["v1", *place][1]["names"][0]["control"]["reason"]
    errors = answer["perspectives"][0]["check_response"]["errors"]
    if reason in MPIC_ERRORS:
        assert (errors and errors[0]["error_type"]) == MPIC_ERRORS[reason], errors
    elif reason != "challenge-found":
        assert errors and errors[0]["error_message"], errors


CHALLENGES = {
    "pattern-that-matches": ({"pattern": "code: [a-z0-9A-Z-]+"}, None),
    "pattern-that-does-not": ({"pattern": "^kode"}, DIFFERS),
    "another-value": ({"value": challenge.OTHER_RANDOM_VALUE}, DIFFERS),
    "another-path": ({"path": "another.txt"}, MISSING),
    "header-on-the-list": ({"headers": {"Accept-Language": "de-DE"}}, None),
}


@pytest.mark.parametrize("case", CHALLENGES)
def test_challenge(stand, case):
    changes, expected = CHALLENGES[case]
    control.judged(control.decided(stand, "good.web.alder", WEBSITE.control(**changes)), expected)


def test_a_header_given_reaches_the_server(stand):
    control.shows(stand, "language.web.alder", ACME, headers={"Accept-Language": "de-DE"})


def test_another_token_is_another_document(stand):
    token = challenge.TOKEN[:-1] + "2"
    control.fails(stand, "good.web.alder", ACME, MISSING, token=token,
                  key_authorization=challenge.key_authorization(token))


def test_another_account_key_differs(stand):
    found = control.fails(stand, "good.web.alder", ACME, DIFFERS,
                          key_authorization=f"{challenge.TOKEN}.{'A' * 43}")
    assert "good.web.alder" in found["explanation"]


# --- Addresses ------------------------------------------------------------------------------------


ADDRESSES = {
    "right": ("127.0.6.1", None), "ipv6": ("fd00:6::1", None), "wrong": ("127.0.6.7", DIFFERS),
    "missing": ("127.0.6.8", MISSING), "closed": ("127.0.6.5", UNREACHED),
    "lost": ("127.0.6.6", UNREACHED), "inside": ("127.0.9.1", ADDRESS),
}


@pytest.mark.parametrize("way", [ACME, WEBSITE], ids=lambda way: way.method)
@pytest.mark.parametrize("case", ADDRESSES)
def test_address(stand, case, way):
    address, expected = ADDRESSES[case]
    if expected is not None:
        control.fails(stand, address, way, expected)
        return
    decision = control.decided(stand, address, way.control())
    assert (decision["outcome"], decision["caa"]) == ("permitted", "not-applicable"), decision
    control.corroborated(decision)


# --- What the answer tells ------------------------------------------------------------------------


def seen(stand, host, way=ACME, **changes):
    decision = control.decided(stand, f"{host}.alder", way.control(**changes))
    return control.primary_of(decision), decision["control"]


def test_every_hop_is_told(stand):
    primary, _ = seen(stand, "moved-302.web")
    first, last = primary["http"]["hops"]
    assert (first["status"], last["status"]) == (302, 200)
    assert first["url"].startswith("http://moved-302.web.alder/.well-known/acme-challenge/")
    assert first["location"] == last["url"]
    assert primary["http"]["body"] == challenge.key_authorization()


def test_what_was_found_instead_is_told_within_bounds(stand):
    primary, told = seen(stand, "blanks-and-garbage.hostile")
    assert len(primary["http"]["body"]) <= len("...") + 512
    assert primary["http"]["body_truncated"] is True
    assert len(told["explanation"]) < 4096
    assert told["explanation"].isprintable()


@pytest.mark.parametrize("host, way, changes, word", [
    ("http2-only.hostile", ACME, {}, "HTTP/2"),
    ("nginx-http2-only.web", ACME, {}, "HTTP/2"),
    ("nginx-http2-only.web", WEBSITE, {}, "HTTP/2"),
    ("nginx-tls-on-80.web", ACME, {}, "400"),
    ("plain-on-443.web", WEBSITE, {"scheme": "https"}, "plain HTTP"),
    ("odd-port.web", ACME, {}, "8080"),
    ("inside.web", ACME, {}, "127.0.9.1"),
    ("not-found.web", ACME, {}, "404"),
])
def test_the_explanation_names_the_fault(stand, host, way, changes, word):
    _, told = seen(stand, host, way, **changes)
    assert word in told["explanation"], told["explanation"]


@pytest.mark.parametrize("host, word", [
    ("http2-only.hostile", "HTTP/2"), ("nginx-http2-only.web", "HTTP/2"), ("odd-port.web", "8080"),
    ("inside.web", "127.0.9.1"), ("not-found.web", "404"), ("loop.web", "loop")])
def test_the_error_message_over_mpic_names_the_fault(host, word, answers):
    _, answer = answers["mpic", "acme-http", host]
    (error,) = answer["perspectives"][0]["check_response"]["errors"]
    assert word in error["error_message"], error


def test_ipv6_comes_first(stand):
    primary, _ = seen(stand, "good.web")
    assert primary["http"]["hops"][0]["address"] == "fd00:6::1"
    primary, _ = seen(stand, "ipv6-closed.web")
    assert primary["http"]["hops"][0]["address"] == "127.0.6.1"


def test_nothing_inside_is_connected_to(stand):
    for host in ("inside-by-name.web", "half-inside.web"):
        primary, _ = seen(stand, host)
        assert all(hop["address"] != "127.0.9.1" for hop in primary["http"]["hops"])
