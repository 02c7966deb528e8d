# SPDX-License-Identifier: Apache-2.0
"""What does not start, and what it says; what `parallax config check` says before."""

import pytest
import system
from parallax_lab.cluster import PRIMARY, REMOTES, Cluster

USAGE, IN_ORDER, IN_BREACH = 64, 0, 1
KSK_2017 = (". IN DS 20326 8 2 "
            "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n")
FOREIGN = ". IN DS 12345 13 2 " + "AB" * 32 + "\n"


@pytest.fixture
def paper(tmp_path):
    """A cluster that exists on paper: files, no processes."""
    cluster = Cluster(tmp_path, port=8743, first_remote_port=9741)
    cluster.make_pki()
    return cluster


def start(paper, edit=lambda text: text):
    path = paper.directory / "coordinator.toml"
    path.write_text(edit(paper.coordinator_config()))
    return system.parallax("coordinator", "--config", path)


def without_lab(text):
    lines = [line for line in text.splitlines() if not line.startswith(("enabled =", "[lab]"))]
    return "\n".join(lines) + "\n"


def anchors(paper, content):
    path = paper.directory / "anchors"
    path.write_text(content)
    return lambda text: "\n".join(f'trust_anchors = "{path}"' if line.startswith("trust_anchors")
                                  else line for line in text.splitlines()) + "\n"


def with_remotes(paper, count):
    paper.remotes = paper.remotes[:count]
    return lambda text: text


ROSTERS = {
    "too_small": (lambda text: "[[remotes]]".join(text.split("[[remotes]]")[:4]),
                  ["3 remote Network Perspectives are configured, 4 are required"]),
    "two_too_near": (lambda text: text.replace("39.04, -77.49", "48.85, 2.35"),
                     ["primary-fra and us-ashburn", "km apart, 500 km are required"]),
    "two_resolvers_too_near": (
        lambda text: text.replace('location = "39.04, -77.49"',
                                  'location = "39.04, -77.49"\nresolver_location = "48.85, 2.35"'),
        ["resolvers", "primary-fra and us-ashburn"]),
    "resolver_in_another_region": (
        lambda text: text.replace('location = "39.04, -77.49"',
                                  'location = "39.04, -77.49"\nresolver_rir = "LACNIC"'),
        ["resolver of us-ashburn", "LACNIC"]),
    "one_region": (
        lambda text: text.replace('rir = "ARIN"', 'rir = "APNIC"')
        .replace('rir = "LACNIC"', 'rir = "APNIC"').replace('rir = "AFRINIC"', 'rir = "APNIC"')
        .replace('rir = "RIPE NCC"', 'rir = "APNIC"'), ["1 RIR service region", "2"]),
}


@pytest.mark.parametrize("roster", ROSTERS)
def test_a_roster_that_cannot_meet_the_rules(paper, roster):
    edit, words = ROSTERS[roster]
    done = start(paper, edit)
    assert done.returncode == USAGE, done
    for word in words:
        assert word in done.stderr, done.stderr


MISTAKES = {
    "unknown_key": (lambda text: text.replace("[server]", "[server]\nworker = 2"),
                    ["server.worker", "server.workers"]),
    "not_toml": (lambda text: text + "= 1", ["TOML", "line"]),
    "unknown_registry": (lambda text: text.replace('rir = "LACNIC"', 'rir = "MARS"'), ["MARS"]),
    "code_twice": (lambda text: text.replace('code = "br-saopaulo"', 'code = "us-ashburn"'),
                   ["us-ashburn"]),
    "plain_url": (lambda text: text.replace("https://127.0.0.1:9741", "http://127.0.0.1:9741"),
                  ["https://"]),
    "no_key": (lambda text: text.replace("public_key", "#"), ["public_key"]),
    "workers_out_of_range": (lambda text: text.replace("workers = 1", "workers = 1000"),
                             ["server.workers"]),
    "policy_that_does_not_exist": (lambda text: text + '[caa]\nlookup_failure = "permit"\n',
                                   ["caa.lookup_failure", "permit-if-insecure"]),
    "no_certificate_there": (lambda text: text.replace("server.crt", "nothing.crt"),
                             ["nothing.crt"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_configuration_with_a_mistake(paper, mistake):
    edit, words = MISTAKES[mistake]
    done = start(paper, edit)
    assert done.returncode == USAGE, done
    for word in words:
        assert word in done.stderr, done.stderr


KEYS = {"server": "server.key", "peer": "coordinator.key",
        "signing": f"{PRIMARY[0]}.signing.key"}


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o602], ids=oct)
@pytest.mark.parametrize("key", KEYS)
def test_a_private_key_that_others_can_reach(paper, key, mode):
    path = paper.pki / KEYS[key]
    path.chmod(mode)
    done = start(paper)
    assert done.returncode == USAGE, done
    assert str(path) in done.stderr and "chmod 600" in done.stderr, done.stderr


@pytest.mark.parametrize("suffix", [".key", ".signing.key"])
def test_a_perspectives_key_that_others_can_reach(paper, suffix):
    key = paper.pki / (REMOTES[0][0] + suffix)
    key.chmod(0o644)
    path = paper.directory / "remote.toml"
    path.write_text(paper.remote_config(0))
    done = system.parallax("perspective", "--config", path)
    assert done.returncode == USAGE, done
    assert str(key) in done.stderr and "chmod 600" in done.stderr, done.stderr


def test_anchors_of_a_lab_need_the_lab_enabled(paper):
    done = start(paper, without_lab)
    assert done.returncode == USAGE, done
    assert "others need a lab" in done.stderr


def test_without_ksk_2024_there_is_no_start(paper):
    done = start(paper, lambda text: without_lab(anchors(paper, KSK_2017)(text)))
    assert done.returncode == USAGE, done
    assert "38696" in done.stderr


@pytest.mark.parametrize("content", [FOREIGN, "", "; nothing\n"],
                         ids=["foreign", "empty", "comment_only"])
def test_a_root_that_does_not_validate(paper, content):
    done = start(paper, anchors(paper, content))
    assert done.returncode != 0, done
    assert "serving" not in done.stderr
    assert "anchor" in done.stderr or "root" in done.stderr, done.stderr


def test_a_perspective_with_foreign_anchors(paper):
    path = paper.directory / "remote.toml"
    path.write_text(anchors(paper, FOREIGN)(paper.remote_config(0)))
    done = system.parallax("perspective", "--config", path)
    assert done.returncode != 0
    assert "serving" not in done.stderr


def check(paper, *arguments):
    path = paper.directory / "coordinator.toml"
    path.write_text(paper.coordinator_config())
    return system.parallax("config", "check", "--config", path, *arguments)


def test_config_check(paper):
    done = check(paper)
    assert done.returncode == IN_ORDER, done
    assert "in order" in done.stdout


def test_config_check_warns_of_a_rule_to_come(paper):
    with_remotes(paper, 4)
    done = check(paper, "--at", "2026-11-22")
    assert done.returncode == IN_ORDER, done
    assert "warning: from 2026-12-15 on: 4 remote Network Perspectives are configured, " \
        "5 are required" in done.stdout


def test_config_check_on_the_day_of_the_rule(paper):
    with_remotes(paper, 4)
    done = check(paper, "--at", "2026-12-15")
    assert done.returncode == IN_BREACH, done
    assert "breach: 4 remote Network Perspectives are configured, 5 are required" in done.stdout
    assert "in breach on 2026-12-15" in done.stdout


def test_five_remotes_last_beyond_the_day(paper):
    assert check(paper, "--at", "2026-12-15").returncode == IN_ORDER


def test_config_check_with_a_date_that_is_none(paper):
    done = check(paper, "--at", "2026-13-01")
    assert done.returncode == USAGE
    assert "2026-13-01" in done.stderr


def test_a_region_that_does_not_fit_the_place_is_a_warning(paper):
    path = paper.directory / "coordinator.toml"
    path.write_text(paper.coordinator_config().replace('rir = "LACNIC"', 'rir = "ARIN"'))
    done = system.parallax("config", "check", "--config", path)
    assert done.returncode == IN_ORDER
    assert "warning: br-saopaulo is declared in the region of ARIN" in done.stdout
