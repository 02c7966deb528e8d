# SPDX-License-Identifier: Apache-2.0
"""`parallax check caa` from one vantage against every case of the lab's world."""

import json
import os
import pathlib
import subprocess

import pytest
from parallax_lab import world as description
from parallax_lab import zones

WORLD = description.load()
ROOT = pathlib.Path(__file__).resolve().parents[2]
PARALLAX = pathlib.Path(os.environ.get("PARALLAX", ROOT / "build" / "release" / "parallax"))
PRIMARY_SOURCES = os.environ["PARALLAX_LAB_SOURCES"].split(" ")[0].split(",")
EXIT_CODES = {"permitted": 0, "refused": 1, "undetermined": 2}
FIELDS = {"name", "type", "outcome", "reason", "explanation", "found_at", "records", "ttl_s",
          "permission_expires", "dnssec", "lookups", "quorum", "lab"}
CHECK_TIMEOUT_S = 60
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
    command = [PARALLAX, "check", "caa", case.name, "--type", case.type,
               "--issuer", WORLD.issuer, "--config", configuration, "--json"]
    if case.account_uri:
        command += ["--account-uri", case.account_uri]
    if case.method:
        command += ["--method", case.method]
    done = subprocess.run(command, capture_output=True, text=True, timeout=CHECK_TIMEOUT_S,
                          check=False)
    assert done.returncode in EXIT_CODES.values(), done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("case", WORLD.cases, ids=lambda case: case.id)
def test_check(case, configurations):
    status, answer = check(case, configurations["strict"])
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


@pytest.mark.parametrize("case", [case for case in WORLD.cases if case.outcome == "undetermined"],
                         ids=lambda case: case.id)
def test_failure_is_excused_only_if_proved_insecure(case, configurations):
    status, answer = check(case, configurations["lenient"])
    assert answer["outcome"] == case.lenient_outcome, answer
    assert answer["found_at"] == case.lenient_found_at, answer
    assert answer["reason"] in case.lenient_reasons, answer
    assert case.lenient_verdict in (None, answer["dnssec"]), answer
    assert status == EXIT_CODES[case.lenient_outcome]


def test_a_thousand_and_one_records(configurations):
    case = next(case for case in WORLD.cases if case.domain == "thousand.alder")
    _, answer = check(case, configurations["strict"])
    assert len(answer["records"]) == 1001
