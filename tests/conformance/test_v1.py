# SPDX-License-Identifier: Apache-2.0
"""POST /v1/corroborations over every case of the lab's world: one primary, five remotes."""

import pytest
import system
from parallax_lab import zones

CASES = system.WORLD.cases
UNDETERMINED = [case for case in CASES if case.outcome == "undetermined"]
REMOTES = 5
QUORUM = 4
FINAL = {"corroborated", "denied", "lookup-failed", "bogus", "timed-out", "unreachable",
         "wrong-identity", "bad-signature", "pending"}


def ask(cluster, case):
    more = {}
    if case.account_uri:
        more["account_uri"] = case.account_uri
    if case.method:
        more["validation_method"] = case.method
    return system.order(cluster, [case.name], case.type, **more)


def ask_all(cluster, cases):
    answers = system.at_once(lambda case: ask(cluster, case), cases)
    return {case.id: answer for case, answer in zip(cases, answers)}


@pytest.fixture(scope="module")
def answers(cluster):
    return ask_all(cluster, CASES)


@pytest.fixture(scope="module")
def lenient_answers(tmp_path_factory):
    settings = '[caa]\nlookup_failure = "permit-if-insecure"\n'
    with system.new_cluster(tmp_path_factory.mktemp("lenient"), settings, offset=100) as cluster:
        return ask_all(cluster, UNDETERMINED)


def expected_outcomes(outcome, corroborated):
    """The outcomes that primary and remotes together may come to."""
    if corroborated and corroborated.startswith("not-permitted"):
        return {"refused", "undetermined"}
    return {outcome}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_decision(case, answers):
    status, answer = answers[case.id]
    assert status == 200, answer
    assert answer["lab"] is True
    (name,) = answer["names"]
    assert answer["outcome"] == name["outcome"]
    assert name["outcome"] in expected_outcomes(case.outcome, case.corroborated), name
    assert name["found_at"] == case.found_at, name
    assert case.verdict in (None, name["dnssec"]), name
    assert name["explanation"]
    assert name["ttl_s"] == (zones.TTL_S if case.found_at else 0)
    assert bool(name["permission_expires"]) == (name["outcome"] == "permitted")
    assert answer["permission_expires"] == name["permission_expires"]
    if case.outcome == "permitted" and name["outcome"] != "permitted":
        assert name["reason"] == "quorum-not-met", name
    else:
        assert name["reason"] in case.reasons, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_quorum(case, answers):
    _, answer = answers[case.id]
    (name,) = answer["names"]
    assert name["remotes_used"] == REMOTES
    assert name["quorum"] == f"{name['corroborated']}/{REMOTES}"
    results = [finding["result"] for finding in name["perspectives"]]
    assert set(results) <= FINAL
    assert [finding["primary"] for finding in name["perspectives"]] == [True] + [False] * REMOTES
    assert results[1:].count("corroborated") >= name["corroborated"]
    if name["outcome"] == "permitted":
        assert name["corroborated"] >= QUORUM
        assert len(name["rirs"]) >= 2
    if case.corroborated:
        count = int((case.corroborated.split() + [f"{REMOTES}/"])[1].partition("/")[0])
        assert name["corroborated"] <= count, name
        if name["outcome"] == "permitted":
            assert name["corroborated"] == count, name


@pytest.mark.parametrize("case", UNDETERMINED, ids=lambda case: case.id)
def test_failure_is_excused_only_if_proved_insecure(case, lenient_answers):
    status, answer = lenient_answers[case.id]
    assert status == 200, answer
    (name,) = answer["names"]
    assert name["outcome"] in expected_outcomes(case.lenient_outcome, case.corroborated), name
    assert name["reason"] in case.lenient_reasons, name
    assert name["found_at"] == case.lenient_found_at, name
    assert case.lenient_verdict in (None, name["dnssec"]), name


def test_several_names_are_decided_one_by_one(cluster):
    names = [system.PERMITTED, system.DENIED, "alice@nocaa.alder", "bob@permits.alder",
             "alice@PERMITS.alder"]
    status, answer = system.order(cluster, names)
    assert status == 200
    assert answer["outcome"] == "refused"
    assert answer["permission_expires"] is None
    outcomes = {name["name"]: name["outcome"] for name in answer["names"]}
    assert outcomes == {system.PERMITTED: "permitted", system.DENIED: "refused",
                        "alice@nocaa.alder": "permitted", "bob@permits.alder": "permitted"}


def test_an_order_is_permitted_until_its_first_name_expires(cluster):
    _, answer = system.order(cluster, [system.PERMITTED, "alice@nocaa.alder"])
    assert answer["outcome"] == "permitted"
    expiries = [name["permission_expires"] for name in answer["names"]]
    assert answer["permission_expires"] == min(expiries)


def test_a_hundred_names(cluster):
    names = [f"user-{n}@host-{n}.permits.alder" for n in range(100)]
    status, answer = system.order(cluster, names)
    assert status == 200
    assert answer["outcome"] == "permitted"
    assert [name["name"] for name in answer["names"]] == names


def test_the_document_is_served(cluster):
    status, _, document = system.documented(cluster, "GET", "/openapi.json", token=False)
    assert status == 200
    assert document == system.OPENAPI
