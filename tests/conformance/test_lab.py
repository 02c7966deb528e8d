# SPDX-License-Identifier: Apache-2.0
"""The lab holds what it says: every case of the world against libunbound by itself."""

import os

import dns.dnssec
import dns.message
import dns.query
import dns.rdatatype
import pytest
import reference
from parallax_lab import world as description

WORLD = description.load()
SOURCES = os.environ["PARALLAX_LAB_SOURCES"].split(" ")


LIED_TO = [case for case in WORLD.cases if case.corroborated]


def determine_all(cases, sources):
    """What each source sees of each case, by (case id, source)."""
    tasks = [(case, source) for case in cases for source in sources]
    climbs = reference.climb_all(os.environ, [
        (source, ".".join(label.lower().encode("idna").decode() for label in
                          case.domain.split("."))) for case, source in tasks])
    return {(case.id, source): reference.determine(lookups, case, WORLD.issuer)
            for (case, source), lookups in zip(tasks, climbs)}


@pytest.fixture(scope="module")
def seen_by_primary():
    return determine_all(WORLD.cases, SOURCES[:1])


@pytest.fixture(scope="module")
def seen_by_remotes():
    return determine_all(LIED_TO, SOURCES[1:6])


@pytest.mark.parametrize("case", WORLD.cases, ids=lambda case: case.id)
def test_primary_sees(case, seen_by_primary):
    seen = seen_by_primary[case.id, SOURCES[0]]
    assert (seen.outcome, seen.found_at) == (case.outcome, case.found_at), seen
    assert seen.reason in case.reasons, seen
    assert case.verdict in (None, seen.verdict), seen


@pytest.mark.parametrize("case", LIED_TO, ids=lambda case: case.id)
def test_remotes_see(case, seen_by_remotes):
    corroborated = sum(seen_by_remotes[case.id, source].outcome == "permitted"
                       for source in SOURCES[1:6])
    assert case.corroborated.split(" ")[1:] in ([], [f"{corroborated}/5"])


# What the proofs of insecurity behind the lenient expectations rest on.
DENIALS_OF_DS = [("alder", "nsec"), ("birch", "nsec3"), ("cedar", "optout")]


@pytest.mark.parametrize("tld, denial", DENIALS_OF_DS)
def test_delegation_is_denied_a_ds(tld, denial):
    query = dns.message.make_query(f"servfail-insecure.{tld}.", "DS", want_dnssec=True)
    answer = dns.query.udp(query, WORLD.servers["tld"].addresses[0], timeout=5)
    records = [(rrset.name, rdata) for rrset in answer.authority for rdata in rrset]
    nsec = [rdata for _, rdata in records if rdata.rdtype == dns.rdatatype.NSEC]
    nsec3 = [rdata for _, rdata in records if rdata.rdtype == dns.rdatatype.NSEC3]
    digest = dns.dnssec.nsec3_hash(f"servfail-insecure.{tld}.", "", 0, 1).lower()
    matches = any(str(name).lower().startswith(digest) for name, _ in records)
    assert not answer.answer
    assert bool(nsec) == (denial == "nsec")
    assert bool(nsec3) == (denial != "nsec")
    assert matches == (denial == "nsec3")
    assert all(rdata.flags == (denial == "optout") for rdata in nsec3)
