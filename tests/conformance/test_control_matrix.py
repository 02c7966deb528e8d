# SPDX-License-Identifier: Apache-2.0
"""Every method of control in every case it can meet, over /v1 and, where Open MPIC knows the
method, over /mpic: the tables of control_matrix.py."""

import control
import control_matrix as matrix
import pytest
import system

pytest_plugins = ["control_fixtures"]

WORLD = system.WORLD
CELLS_MIN = 150  # over each API


def place_of(row, case):
    row = matrix.ROWS[row]
    return matrix.places(WORLD, row.kind, row.way.family)[case]


CELLS = [(row, case) for row in matrix.ROWS for case in matrix.CASES
         if not isinstance(place_of(row, case), matrix.Without)]
MPIC_CELLS = [(row, case) for row, case in CELLS if matrix.ROWS[row].over_mpic]


def answers_to(cells, known, ask):
    """{cell: answer}; what was asked before, for the zones, is not asked again."""
    new = [cell for cell in cells if (cell[0], place_of(*cell)) not in known]
    asked = dict(zip(new, system.at_once(ask, new)))
    return {cell: asked[cell] if cell in asked else known[cell[0], place_of(*cell)]
            for cell in cells}


@pytest.fixture(scope="module")
def v1_answers(stand, v1_matrix):
    def ask(cell):
        row = matrix.ROWS[cell[0]]
        return control.order(stand, row.target(place_of(*cell)), row.control())
    return answers_to(CELLS, v1_matrix, ask)


@pytest.fixture(scope="module")
def mpic_answers(stand, mpic_matrix):
    def ask(cell):
        row = matrix.ROWS[cell[0]]
        return control.mpic(stand, row.mpic_target(place_of(*cell)), row.way.parameters())
    return answers_to(MPIC_CELLS, mpic_matrix, ask)


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_v1(cell, v1_answers):
    row, expected = matrix.ROWS[cell[0]], matrix.expected(matrix.ROWS[cell[0]], cell[1])
    decision = control.decision_in(*v1_answers[cell], row.way.method)
    found = decision["control"]
    assert found["outcome"] in expected.outcomes, found
    assert found["reason"] in expected.reasons, found
    assert control.primary_of(decision)["reason"] in expected.primary, found
    assert found["corroborated"] in expected.corroborated, found
    assert found["explanation"].isprintable()
    assert decision["caa"] == ("not-applicable" if row.kind == "address" else
                               "checked" if found["outcome"] == "permitted" else "not-asked")
    assert (decision["permission_expires"] is None) == (decision["outcome"] != "permitted")
    if found["reason"] in matrix.FOUND | matrix.DENIED:
        assert found["remotes_used"] == control.REMOTES


@pytest.mark.parametrize("cell", MPIC_CELLS, ids="-".join)
def test_mpic(cell, mpic_answers):
    expected = matrix.expected(matrix.ROWS[cell[0]], cell[1])
    status, answer = mpic_answers[cell]
    assert status == 200, answer
    assert answer["is_valid"] == (expected.outcomes == {"permitted"}), answer
    primary, *others = (each["check_response"] for each in answer["perspectives"])
    assert primary["check_passed"] == (expected.primary == matrix.FOUND), primary
    assert sum(each["check_passed"] for each in others) in expected.corroborated, answer
    if not primary["check_passed"]:
        assert primary["check_completed"] == (expected.outcomes == {"refused"}), primary


# Which remote it is that differs; lab/control.yaml names them.
DISSENTERS = {"all-but-one": {system.REMOTES[1]}, "timeout-at-one": {system.REMOTES[2]},
              "all-but-two": set(system.REMOTES[1:3]), "timeout-at-two": set(system.REMOTES[1:3]),
              "only-primary": set(system.REMOTES[:5]), "changed": set(system.REMOTES[:5])}


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell[1] in DISSENTERS], ids="-".join)
def test_who_dissents(cell, v1_answers):
    """An early end may leave some pending: neither among those who agree nor among the others."""
    _, answer = v1_answers[cell]
    seen = answer["names"][0]["control"]["perspectives"][1:]
    agreeing = {each["code"] for each in seen if each["result"] == "corroborated"}
    dissenting = {each["code"] for each in seen} - agreeing
    dissenting -= {each["code"] for each in seen if each["result"] == "pending"}
    assert not agreeing & DISSENTERS[cell[1]], seen
    assert dissenting <= DISSENTERS[cell[1]], seen


# --- That nothing is missing ----------------------------------------------------------------------


def methods_in(schema, member):
    return set(system.OPENAPI["components"]["schemas"][schema]["properties"][member]["enum"])


# Nothing is looked for: the CA carries these out, or the rules retired them.
CARRIED_OUT_BY_THE_CA = {"constructed-email", "domain-contact", "ip-contact-email",
                         "ip-contact-phone", "mailbox-email", "acme-email-reply-00"}
RETIRED = {"ip-address"}


def test_every_method_has_its_rows():
    by_kind = {}
    for row in matrix.ROWS.values():
        by_kind.setdefault(row.kind, set()).add(row.way.method)
    documented = methods_in("ControlRequest", "method") - CARRIED_OUT_BY_THE_CA - RETIRED
    assert by_kind["domain"] | {"reverse-address-lookup"} == documented
    assert by_kind["mailbox"] == by_kind["mail-server"] == by_kind["domain"]
    assert by_kind["address"] == set(matrix.ADDRESS_SECTIONS)
    assert by_kind["server"] == {"website-change", "acme-http-01", "acme-tls-alpn-01"}
    over_mpic = {row.way.method for row in matrix.ROWS.values() if row.over_mpic}
    assert over_mpic == methods_in("DcvParametersRequest", "validation_method") - RETIRED


def test_each_record_type_of_a_dns_change_has_its_row():
    types = {row.way.v1["record_type"] for row in matrix.ROWS.values()
             if row.way.method == "dns-change"}
    assert types == {"TXT", "CNAME", "CAA"}


@pytest.mark.parametrize("row", matrix.ROWS)
def test_every_row_has_every_case_or_says_why_not(row):
    row = matrix.ROWS[row]
    there = matrix.places(WORLD, row.kind, row.way.family)
    assert set(there) == set(matrix.CASES)
    for place in there.values():
        assert place.reason if isinstance(place, matrix.Without) else place
    targets = [place for place in there.values() if not isinstance(place, matrix.Without)]
    assert len(set(targets)) == len(targets)  # no place stands for two cases


def test_the_places_are_in_the_lab():
    assert set(matrix.ZONES.values()) - set(WORLD.zones) == {matrix.ZONES["nxdomain"]}
    assert set(matrix.ROUTES.values()) <= set(WORLD.web.routes)
    sites = {address for site in WORLD.web.sites.values() for address in site.addresses}
    assert set(matrix.REDIRECTS_OF_ADDRESSES.values()) <= sites


def test_there_are_enough():
    assert min(len(CELLS), len(MPIC_CELLS)) >= CELLS_MIN
