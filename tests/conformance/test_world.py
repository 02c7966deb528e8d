# SPDX-License-Identifier: Apache-2.0
"""`parallax check caa` from one vantage against every case of the lab's world."""

import json
import os

import pytest
import system
from parallax_lab import zones

WORLD = system.WORLD
UNDETERMINED = [case for case in WORLD.cases if case.outcome == "undetermined"]
PRIMARY_SOURCES = os.environ["PARALLAX_LAB_SOURCES"].split(" ")[0].split(",")
EXIT_CODES = {"permitted": 0, "refused": 1, "undetermined": 2}
FIELDS = {"name", "type", "outcome", "reason", "explanation", "found_at", "records", "ttl_s",
          "permission_expires", "dnssec", "lookups", "quorum", "lab"}
MODES = ("strict", "lenient")


@pytest.fixture(scope="session")
def configurations(tmp_path_factory):
    """Configuration files: failures excused (lenient) or, by default, not."""
    directory = tmp_path_factory.mktemp("configurations")
    text = f"""\
[dns]
trust_anchors = "{os.environ['PARALLAX_LAB_TRUST_ANCHORS']}"
root_hints = "{os.environ['PARALLAX_LAB_ROOT_HINTS']}"
outgoing_interfaces = {json.dumps(PRIMARY_SOURCES)}

[lab]
enabled = true
"""
    extra = {"strict": "", "lenient": '\n[caa]\nlookup_failure = "permit-if-insecure"\n'}
    files = {mode: directory / f"{mode}.toml" for mode in MODES}
    for mode, file in files.items():
        file.write_text(text + extra[mode], encoding="utf-8")
    return files


def check(case, configuration):
    """Runs the check; (exit code, the JSON object)."""
    arguments = ["check", "caa", case.name, "--type", case.type, "--issuer", WORLD.issuer,
                 "--config", configuration, "--json"]
    if case.account_uri:
        arguments += ["--account-uri", case.account_uri]
    if case.method:
        arguments += ["--method", case.method]
    done = system.parallax(*arguments)
    assert done.returncode in EXIT_CODES.values(), done.stderr
    return done.returncode, json.loads(done.stdout)


def check_all(cases, configuration):
    answers = system.at_once(lambda case: check(case, configuration), cases)
    return {case.id: answer for case, answer in zip(cases, answers)}


@pytest.fixture(scope="module")
def strict(configurations):
    return check_all(WORLD.cases, configurations["strict"])


@pytest.fixture(scope="module")
def lenient(configurations):
    return check_all(UNDETERMINED, configurations["lenient"])


@pytest.mark.parametrize("case", WORLD.cases, ids=lambda case: case.id)
def test_check(case, strict):
    status, answer = strict[case.id]
    assert set(answer) == FIELDS
    assert (answer["outcome"], answer["found_at"]) == (case.outcome, case.found_at), answer
    assert answer["reason"] in case.reasons, answer
    assert case.verdict in (None, answer["dnssec"]), answer
    assert status == EXIT_CODES[case.outcome]
    assert answer["type"] == case.type
    assert answer["explanation"]
    assert answer["lookups"]
    assert answer["lab"] is True
    assert answer["quorum"] is None
    assert bool(answer["permission_expires"]) == (case.outcome == "permitted")
    assert bool(answer["records"]) == (case.found_at is not None) or "malformed" in answer["reason"]
    assert answer["ttl_s"] == (zones.TTL_S if case.found_at else 0)


@pytest.mark.parametrize("case", UNDETERMINED, ids=lambda case: case.id)
def test_failure_is_excused_only_if_proved_insecure(case, lenient):
    status, answer = lenient[case.id]
    assert answer["outcome"] == case.lenient_outcome, answer
    assert answer["found_at"] == case.lenient_found_at, answer
    assert answer["reason"] in case.lenient_reasons, answer
    assert case.lenient_verdict in (None, answer["dnssec"]), answer
    assert status == EXIT_CODES[case.lenient_outcome]


def test_a_thousand_and_one_records(strict):
    case = next(case for case in WORLD.cases if case.domain == "thousand.alder")
    _, answer = strict[case.id]
    assert len(answer["records"]) == 1001
