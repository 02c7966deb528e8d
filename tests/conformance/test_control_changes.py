# SPDX-License-Identifier: Apache-2.0
"""What changes between the primary's look and the remotes', over both APIs: servers that answer by
the number of requests they had, and routes that lead some perspectives elsewhere beside those of
the matrix."""

import contextlib
import http.server
import threading

import control
import pytest
import system
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


# --- Routes ---------------------------------------------------------------------------------------


MISSING = {"challenge-missing", "certificate-unusable"}
# route: (outcome, reasons, remotes that agree)
ROUTES = {
    "changed-at-one": ("permitted", {"challenge-found"}, range(4, 5)),
    "changed-at-two": ("refused", {"quorum-not-met"}, range(0, 4)),
    "two-closed": ("undetermined", {"quorum-not-met"}, range(0, 4)),
    "all-but-three": ("refused", {"quorum-not-met"}, range(0, 3)),
    "primary-misled": ("refused", MISSING, range(0, 1)),
    "primary-changed": ("refused", {"challenge-differs"}, range(0, 1)),
    "primary-silence": ("undetermined", {"control-timed-out"}, range(0, 1)),
}
BY_SERVER = [name for name, way in control.WAYS.items() if way.family != "dns"]
PLACES = [(way, route, kind) for way in BY_SERVER for route in ROUTES
          for kind in ("name", "address")]


def target_of(place):
    _, route, kind = place
    return f"{route}.routes.alder" if kind == "name" else system.WORLD.web.routes[route].address


@pytest.fixture(scope="module")
def answers(stand):
    """{(API, place): (status, answer)}, all asked at once: some answer late."""
    def ask(question):
        api, place = question
        way, target = control.WAYS[place[0]], target_of(place)
        if api == "v1":
            return control.order(stand, target, way.control())
        return control.mpic(stand, target, way.parameters())
    questions = [(api, place) for place in PLACES for api in ("v1", "mpic")]
    return dict(zip(questions, system.at_once(ask, questions)))


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_route(place, answers):
    outcome, reasons, remotes = ROUTES[place[1]]
    way = control.WAYS[place[0]]
    found = control.decision_in(*answers["v1", place], way.method)["control"]
    assert found["outcome"] == outcome and found["reason"] in reasons, found
    assert found["corroborated"] in remotes, found


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_route_over_mpic(place, answers):
    outcome, reasons, remotes = ROUTES[place[1]]
    status, answer = answers["mpic", place]
    assert (status, answer["is_valid"]) == (200, outcome == "permitted"), answer
    primary, *others = (each["check_response"] for each in answer["perspectives"])
    assert primary["check_passed"] == bool(reasons & {"challenge-found", "quorum-not-met"}), primary
    assert sum(each["check_passed"] for each in others) in remotes, answer
