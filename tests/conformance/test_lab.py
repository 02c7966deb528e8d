# SPDX-License-Identifier: Apache-2.0
"""The lab holds what it says: every case of the world against libunbound by itself."""

import os

import pytest
import reference
from parallax_lab import world as description

WORLD = description.load()
SOURCES = os.environ["PARALLAX_LAB_SOURCES"].split(" ")


def determine(case, source):
    domain = ".".join(label.lower().encode("idna").decode() for label in case.domain.split("."))
    context = reference.new_context(os.environ, source)
    return reference.determine(reference.climb(context, domain), case, WORLD.issuer)


@pytest.mark.parametrize("case", WORLD.cases, ids=lambda case: case.id)
def test_primary_sees(case):
    seen = determine(case, SOURCES[0])
    assert (seen.outcome, seen.found_at) == (case.outcome, case.found_at), seen
    assert seen.reason in case.reasons, seen
    assert case.verdict in (None, seen.verdict), seen


@pytest.mark.parametrize("case", [case for case in WORLD.cases if case.corroborated],
                         ids=lambda case: case.id)
def test_remotes_see(case):
    corroborated = sum(determine(case, source).outcome == "permitted" for source in SOURCES[1:6])
    assert case.corroborated.split(" ")[1:] in ([], [f"{corroborated}/5"])
