# SPDX-License-Identifier: Apache-2.0
"""Control with seven remotes, of which two may see otherwise (TLS BR 3.2.2.9): the very cases that
five remotes refuse."""

import control
import pytest
import system

pytest_plugins = ["control_fixtures"]

REMOTES = 7
HTTP, ALPN = control.WAYS["acme-http"], control.WAYS["acme-tls-alpn"]
DNS, WEBSITE = control.WAYS["acme-dns"], control.WAYS["website-change"]
# name: (target, method, outcome, remotes that agree)
CASES = {
    "dns-all-but-two": ("all-but-two.alder", DNS, "permitted", 5),
    "dns-changed-at-two": ("changed-at-two.alder", DNS, "permitted", 5),
    "dns-two-silences": ("two-silences.alder", DNS, "permitted", 5),
    "dns-two-forgeries": ("two-forgeries.alder", DNS, "permitted", 5),
    "dns-only-primary": ("only-primary.alder", DNS, "refused", 0),
    "http-all-but-two": ("all-but-two.routes.alder", HTTP, "permitted", 5),
    "http-two-closed": ("two-closed.routes.alder", HTTP, "permitted", 5),
    "http-all-but-three": ("all-but-three.routes.alder", HTTP, "refused", 4),
    "website-changed-at-two": ("changed-at-two.routes.alder", WEBSITE, "permitted", 5),
    "website-all-but-three": ("all-but-three.routes.alder", WEBSITE, "refused", 4),
    "tls-all-but-two": ("all-but-two.routes.alder", ALPN, "permitted", 5),
    "tls-all-but-three": ("all-but-three.routes.alder", ALPN, "refused", 4),
}


@pytest.fixture(scope="module")
def seven(tmp_path_factory, web_servers):
    with system.new_cluster(tmp_path_factory.mktemp("seven"), control.SETTINGS, offset=970,
                            remotes=REMOTES, remote_settings=control.REMOTE_SETTINGS) as cluster:
        yield cluster


@pytest.mark.parametrize("case", CASES)
def test_v1(seven, case):
    target, way, outcome, agreeing = CASES[case]
    found = control.decided(seven, target, way.control())["control"]
    assert (found["outcome"], found["remotes_used"]) == (outcome, REMOTES), found
    if outcome == "permitted":
        assert found["quorum"] == f"{agreeing}/{REMOTES}"
    assert found["corroborated"] <= agreeing


@pytest.mark.parametrize("case", CASES)
def test_mpic(seven, case):
    target, way, outcome, agreeing = CASES[case]
    valid, answer = control.valid(seven, target, way)
    assert valid == (outcome == "permitted"), answer
    assert answer["actual_orchestration_parameters"]["quorum_count"] == 5
    passed = [each["check_response"]["check_passed"] for each in answer["perspectives"][1:]]
    assert sum(passed) <= agreeing
