# SPDX-License-Identifier: Apache-2.0
"""What the applicant's servers choose (how long documents are, what redirects carry) and what a
client chooses (regular expressions) has bounds that no order breaks: nothing gets too large to be
on record, nothing costs more than it may, and nobody is told that his request was at fault."""

import hashlib
import http.server
import json
import threading
import urllib.parse

import control
import pytest
import system
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

VALUE = challenge.RANDOM_VALUE
FOLDER = "/.well-known/pki-validation/"
MANY = [f"127.0.10.{last}" for last in range(1, 61)]
ECHO = "127.0.10.61"
LONG = b"x" * 65_000


def document(path):
    """What is served at a path under the folder; None where nothing is."""
    value = VALUE.encode()
    return {
        "value-first": value + LONG[len(value):],
        "value-in-the-middle": LONG[:40_000] + value + LONG[:20_000],
        "value-last": LONG + value,
        "value-behind-the-bound": LONG + LONG + value,
        "long-and-without": LONG,
        "token": b"token=" + value,
        "token-and-more": b"token=" + value + b"\n" + LONG + LONG,
        "token-and-some-more": b"token=" + value + b"\n" + LONG[:9000],
    }.get(path.removeprefix(FOLDER))


class Site(http.server.BaseHTTPRequestHandler):
    """Documents, redirects that carry the value, and an echo of what they carry."""

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        if parts.path == "/echo":
            self.answer(200, urllib.parse.unquote(urllib.parse.unquote(parts.query)).encode())
        elif parts.path.startswith(FOLDER + "echo-"):
            times = int(parts.path.removeprefix(FOLDER + "echo-"))
            query = VALUE
            for _ in range(times):
                query = "".join(f"%{ord(c):02x}" for c in query)
            self.answer(302, b"", "/echo?" + query)
        else:
            body = document(parts.path)
            self.answer(404 if body is None else 200, body or b"")

    def answer(self, status, body, location=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def sites():
    servers = [http.server.ThreadingHTTPServer((address, 80), Site) for address in [*MANY, ECHO]]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    for server in servers:
        server.shutdown()
        server.server_close()


def asked(path, **more):
    return {"method": "website-change", "path": path, "value": VALUE, **more}


def test_sixty_long_documents_fit_into_one_record(stand, sites):
    names = [{"name": address, "control": asked("value-first")} for address in MANY]
    status, answer = system.order(stand, names, "tls", id="sixty-long-documents")
    assert status == 200, answer
    assert answer["outcome"] == "permitted"
    again, recalled = stand.request("GET", "/v1/corroborations/sixty-long-documents")[:2]
    assert again == 200, recalled
    body = system.evidence_body(stand, "sixty-long-documents")
    assert len(body["checks"]) == len(MANY)
    assert len(json.dumps(body)) < 16 * 1024 * 1024 * len(MANY) // 100


@pytest.mark.parametrize("path", ["value-first", "value-in-the-middle", "value-last"])
def test_the_value_is_kept_wherever_it_stands(stand, sites, path):
    decision = control.decided(stand, ECHO, asked(path), id=f"kept-{path}")
    control.corroborated(decision)
    primary = control.primary_of(decision)
    assert VALUE in primary["http"]["body"]
    assert primary["http"]["body_truncated"] is True
    (check,) = system.evidence_body(stand, f"kept-{path}")["checks"]
    whole = document(FOLDER + path)
    for report in [check["primary"], *check["remotes"]]:
        if report["observation"] is None:
            continue
        seen = json.loads(report["observation"]["statement"])["control"]["http"]
        assert seen["body_sha256"] == hashlib.sha256(whole).hexdigest()
        assert len(seen["body"]) < 8 * 1024


@pytest.mark.parametrize("path", ["value-behind-the-bound", "long-and-without"])
def test_what_is_not_looked_at_is_not_found(stand, sites, path):
    control.fails(stand, ECHO, control.WAYS["website-change"], {"challenge-differs"}, path=path)


@pytest.mark.parametrize("path, outcome", [
    ("token", "permitted"), ("token-and-more", "refused"), ("token-and-some-more", "refused")])
def test_a_pattern_is_held_against_a_whole_document(stand, sites, path, outcome):
    decision = control.decided(stand, ECHO, asked(path, pattern="^token=[A-Za-z0-9_-]+"))
    assert decision["control"]["outcome"] == outcome, decision["control"]["explanation"]
    if outcome == "refused":
        assert decision["control"]["reason"] == "challenge-differs"


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_value_from_the_request_shows_nothing(stand, sites, times):
    decision = control.decided(stand, ECHO, asked(f"echo-{times}"))
    assert decision["control"]["outcome"] == "refused", decision["control"]["explanation"]
    assert decision["control"]["reason"] == "redirect-refused"


@pytest.mark.parametrize("pattern", ["(a?){500}a{500}b$", "((a{10}){10}){10}x"])
def test_a_pattern_that_costs_too_much_is_refused(stand, pattern):
    control.refused(stand, ECHO, asked("token", pattern=pattern), "/names/0/control/pattern",
                    "instructions")
