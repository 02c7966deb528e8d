# SPDX-License-Identifier: Apache-2.0
"""Documents that change between the primary's look and the remotes': the server answers by the
number of requests it had, over both APIs."""

import contextlib
import http.server
import threading

import control
import pytest
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

HOST, ADDRESS = "third-party.web.alder", "127.0.6.40"
RIGHT, OTHER = challenge.key_authorization(), challenge.OTHER_RANDOM_VALUE
WAYS = {"acme-http": ({}, {}),
        "website-change": ({"value": RIGHT}, {"challenge_value": RIGHT})}
# name: (what the first requests get, what all later ones get, outcome, reason, remotes that agree)
CASES = {
    "stays": ([RIGHT], RIGHT, "permitted", "challenge-found", range(4, 6)),
    "after-the-primary": ([RIGHT], OTHER, "refused", "quorum-not-met", range(0, 1)),
    "gone-after-the-primary": ([RIGHT], None, "refused", "quorum-not-met", range(0, 1)),
    "after-two-remotes": ([RIGHT] * 3, OTHER, "refused", "quorum-not-met", range(0, 3)),
    "too-late-for-the-primary": ([OTHER], RIGHT, "refused", "challenge-differs", range(0, 1)),
}


@contextlib.contextmanager
def serving(first, then):
    """Meanwhile a server gives the answers of `first` in their order, then `then`; None is 404."""
    waiting, lock = list(first), threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with lock:
                body = waiting.pop(0) if waiting else then
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body or "")))
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((ADDRESS, 80), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("target", [HOST, ADDRESS], ids=["name", "address"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_v1(stand, case, way, target):
    first, then, outcome, reason, remotes = CASES[case]
    way, changes = control.WAYS[way], WAYS[way][0]
    with serving(first, then):
        found = control.decided(stand, target, way.control(**changes))["control"]
    assert (found["outcome"], found["reason"]) == (outcome, reason), found
    assert found["corroborated"] in remotes, found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_mpic(stand, case, way):
    first, then, outcome, _, remotes = CASES[case]
    way, changes = control.WAYS[way], WAYS[way][1]
    with serving(first, then):
        valid, answer = control.valid(stand, HOST, way, **changes)
    assert valid == (outcome == "permitted"), answer
    primary, *others = (each["check_response"]["check_passed"] for each in answer["perspectives"])
    assert primary == (first == [RIGHT] * len(first))
    assert sum(others) in remotes, answer
