# SPDX-License-Identifier: Apache-2.0
"""`parallax check control`, from one vantage and through a coordinator."""

import json
import os

import control
import pytest
import system

pytest_plugins = ["control_fixtures"]

EXIT_CODES = {"permitted": 0, "refused": 1, "undetermined": 2}
USAGE = 64
FIELDS = {"name", "type", "method", "outcome", "reason", "explanation", "adn", "dnssec", "lookups",
          "http", "tls", "quorum", "lab"}
ZONES = {"control.alder": "permitted", "control-unsigned.alder": "permitted",
         "control-wrong.alder": "refused", "control-missing.alder": "refused",
         "control-bogus.alder": "undetermined", "control-servfail.alder": "undetermined"}
PAIRS = [(way, zone) for way in control.WAYS for zone in ZONES]
PRIMARY_SOURCES = os.environ["PARALLAX_LAB_SOURCES"].split(" ")[0].split(",")


@pytest.fixture(scope="module")
def configuration(tmp_path_factory):
    file = tmp_path_factory.mktemp("vantage") / "vantage.toml"
    file.write_text(f"""\
[dns]
trust_anchors = "{os.environ['PARALLAX_LAB_TRUST_ANCHORS']}"
root_hints = "{os.environ['PARALLAX_LAB_ROOT_HINTS']}"
outgoing_interfaces = {json.dumps(PRIMARY_SOURCES)}
lookup_timeout_ms = 1000

[lab]
enabled = true

[control]
own_networks = ["{control.OWN_NETWORK}"]
""", encoding="utf-8")
    return file


def arguments(name, way, **changes):
    asked = way.control(**changes)
    if way.method == "dns-persistent":
        asked.setdefault("issuers", "ca.example")
    out = ["check", "control", name, "--type", "smime" if "@" in name else "tls", "--method",
           asked.pop("method")]
    for key, value in asked.items():
        out += ["--param", f"{key}={value}"]
    return [*out, "--json"]


@pytest.fixture(scope="module")
def answers(configuration, web_servers):
    def ask(pair):
        way = control.WAYS[pair[0]]
        return system.parallax(*arguments(way.name(pair[1]), way), "--config", configuration)
    return dict(zip(PAIRS, system.at_once(ask, PAIRS)))


@pytest.mark.parametrize("pair", PAIRS, ids=control.identify)
def test_from_one_vantage(pair, answers):
    done, expected = answers[pair], ZONES[pair[1]]
    assert done.returncode == EXIT_CODES[expected], (done.stdout, done.stderr)
    answer = json.loads(done.stdout)
    assert set(answer) == FIELDS
    assert (answer["outcome"], answer["method"]) == (expected, control.WAYS[pair[0]].method)
    assert answer["explanation"] and answer["lookups"]
    assert (answer["quorum"], answer["lab"]) == (None, True)


def through(stand, *more):
    return system.parallax(*more, "--server", f"https://127.0.0.1:{stand.port}", "--token-file",
                           stand.directory / "token", "--ca", stand.ca_file, "--issuer",
                           system.WORLD.issuer)


@pytest.mark.parametrize("zone, status", [("control.alder", 0), ("control-missing.alder", 1),
                                          ("all-but-two.alder", 1), ("control-bogus.alder", 2)])
@pytest.mark.parametrize("way", ["acme-dns", "acme-http"])
def test_through_a_coordinator(stand, way, zone, status):
    done = through(stand, *arguments(zone, control.WAYS[way]))
    assert done.returncode == status, (done.stdout, done.stderr)
    answer = json.loads(done.stdout)
    assert set(answer) == FIELDS
    assert status != 0 or answer["quorum"] in ("4/5", "5/5")


@pytest.mark.parametrize("name, more, word", [
    ("adn.alder", ["--adn", "alder"], "alder"),
    ("*.control.alder", [], "wildcard"),
    ("a..b", [], "empty"),
    ("127.0.6.1", ["--param", "novalue"], "key=value"),
    ("control.alder", ["--param", "colour=red"], "colour"),
])
def test_usage(configuration, name, more, word):
    way = control.WAYS["acme-http"]
    done = system.parallax(*arguments(name, way), *more, "--config", configuration)
    assert (done.returncode, done.stdout) == (USAGE, ""), done
    assert word in done.stderr


def test_for_people(configuration, web_servers):
    shown = arguments("control-missing.alder", control.WAYS["acme-http"])[:-1]
    done = system.parallax(*shown, "--config", configuration)
    assert done.returncode == 1
    assert "control-missing.alder  refused" in done.stdout
    assert "404" in done.stdout and "LAB" in done.stdout
