# SPDX-License-Identifier: Apache-2.0
"""Control of IP addresses shown in the DNS, over /v1: the reverse zone (TLS BR 3.2.2.5.8), and the
name that an address points to with control of that name (3.2.2.5.3)."""

import json

import control
import pytest
import test_control_cli
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

DNS_TXT, PERSISTENT = control.WAYS["dns-txt"], control.WAYS["dns-persistent"]


def reverse(way, name=challenge.POINTED_TO):
    """3.2.2.5.3: the address points to the name, of which control is shown that way."""
    return control.Way("reverse-address-lookup", {"name": name, "control": way.control()}, None,
                       way.family)


REVERSE = reverse(DNS_TXT)
ADDRESSES = {
    "right": ("127.0.6.1", None, 0), "ipv6": ("fd00:6::1", None, 0),
    "wrong": ("127.0.6.2", {"challenge-differs", "record-unusable"}, 0),
    "one-of-several": ("127.0.6.3", None, 0), "classless": ("127.0.6.4", None, 0),
    "missing": ("127.0.6.5", {"challenge-missing"}, 0),
    "two-remotes-differ": ("127.0.6.7", {"quorum-not-met"}, 3),
    "one-remote-differs": ("127.0.6.8", None, 4), "bogus": ("127.0.6.9", {"control-bogus"}, 0),
    "servfail": ("127.0.6.10", control.FAILED_LOOKUPS, 0),
    "silent": ("127.0.6.11", control.FAILED_LOOKUPS, 0),
    "only-primary": ("127.0.6.12", {"quorum-not-met"}, 0),
}
NO_PERSISTENT = {"one-of-several", "classless"}  # these have PTR records alone


@pytest.mark.parametrize("way", [REVERSE, PERSISTENT], ids=lambda way: way.method)
@pytest.mark.parametrize("case", ADDRESSES)
def test_address(stand, case, way):
    if way is PERSISTENT and case in NO_PERSISTENT:
        control.fails(stand, ADDRESSES[case][0], way, {"challenge-missing"})
        return
    address, expected, remotes = ADDRESSES[case]
    if expected is not None:
        found = control.fails(stand, address, way, expected)
        assert found["corroborated"] <= remotes
        return
    decision = control.decided(stand, address, way.control())
    assert (decision["outcome"], decision["caa"]) == ("permitted", "not-applicable"), decision
    assert remotes in (0, control.corroborated(decision))
    assert decision["control"]["adn"] == (challenge.POINTED_TO if way is REVERSE else None)


@pytest.mark.parametrize("inner", ["dns-txt", "dns-cname", "acme-dns", "dns-account",
                                   "dns-persistent", "contact-email-txt", "contact-phone-caa",
                                   "website-change", "acme-http"])
def test_the_name_of_an_address_by_every_kind_of_method(stand, inner):
    way = control.WAYS[inner]
    found = control.shows(stand, "127.0.6.1", reverse(way))
    assert (found["adn"], found["adn_path"], found["adn_steps"]) \
        == (challenge.POINTED_TO, [challenge.POINTED_TO], [])
    assert found["rule"]["section"] == "3.2.2.5.3"
    assert found["name_method"]["method"] == way.method
    assert found["name_method"]["rule"]["section"].startswith("3.2.2.4.")
    purposes = [each["purpose"] for each in found["perspectives"][0]["lookups"]]
    assert purposes[0] == "reverse" and len(purposes) > 1


# What the PTR points to: (address, outcome and reasons, remotes that agree)
POINTED = {
    "missing": ("127.0.6.201", "control-missing.alder", {"challenge-missing"}, 0),
    "wrong": ("127.0.6.202", "control-wrong.alder", {"challenge-differs"}, 0),
    "all-but-one": ("127.0.6.203", "all-but-one.alder", None, 4),
    "all-but-two": ("127.0.6.204", "all-but-two.alder", {"quorum-not-met"}, 3),
    "only-primary": ("127.0.6.205", "only-primary.alder", {"quorum-not-met"}, 0),
    "bogus": ("127.0.6.206", "control-bogus.alder", {"control-bogus"}, 0),
    "servfail": ("127.0.6.207", "control-servfail.alder", control.FAILED_LOOKUPS, 0),
    "unsigned": ("127.0.6.208", "control-unsigned.alder", None, 5),
    # The value is there, and the address points elsewhere: half of it is none.
    "another-name": ("127.0.6.201", "control.alder", {"challenge-differs"}, 0),
    "a-name-below": ("127.0.6.1", "www.control.alder", {"challenge-differs"}, 0),
}


@pytest.mark.parametrize("case", POINTED)
def test_control_of_the_name_that_an_address_points_to(stand, case):
    address, name, expected, remotes = POINTED[case]
    decision = control.decided(stand, address, reverse(DNS_TXT, name).control())
    found = control.judged(decision, expected)
    assert found["corroborated"] <= remotes if expected else \
        found["corroborated"] >= control.QUORUM
    if case == "unsigned":
        assert found["dnssec"] == "insecure"
    if case == "another-name":
        lookups = found["perspectives"][0]["lookups"]
        assert {each["purpose"] for each in lookups} == {"reverse"}


BAD_POINTED = {
    "the-ptr-alone": ({"control": None}, "/control/control", "malformed-request", "3.2.2.5.3"),
    "no-name": ({"name": None}, "/control/name", "malformed-request", "3.2.2.5"),
    "reverse-zone": ({"name": "1.6.0.127.in-addr.arpa"}, "/control/name", "control-refused",
                     "4.2.2"),
    "internal-name": ({"name": "printer.local"}, "/control/name", "control-refused", "4.2.2"),
    "public-suffix": ({"name": "co.uk"}, "/control/name", "control-refused", "3.2.2.5.3"),
    "callers-method": ({"control": {"method": "constructed-email"}}, "/control/control/method",
                       "control-refused", "3.2.2.4"),
    "retired-method": ({"control": {"method": "ip-address"}}, "/control/control/method",
                       "control-refused", "3.2.2.4"),
    "ptr-behind-ptr": ({"control": {"method": "reverse-address-lookup", "name": "a.alder"}},
                       "/control/control/method", "control-refused", "3.2.2.4"),
    "adn-inside": ({"control": DNS_TXT.control(adn="alder")}, "/control/control/adn",
                   "malformed-request", "3.2.2.5"),
    "short-value": ({"control": DNS_TXT.control(value="abc")}, "/control/control/value",
                    "control-refused", "1.6.1"),
}


@pytest.mark.parametrize("case", BAD_POINTED)
def test_the_name_of_an_address_is_refused(stand, case):
    changes, pointer, kind, rule = BAD_POINTED[case]
    answer = control.refused(stand, "127.0.6.1", REVERSE.control(**changes), "/names/0" + pointer)
    assert answer["type"] == f"urn:parallax:problem:{kind}"
    assert rule in answer["rule"], answer


def test_issuers_of_a_persistent_record_behind_an_address_are_those_of_the_client(stand):
    inner = PERSISTENT.control(issuers=["other.example"])
    status, answer = control.order(stand, "127.0.6.1", REVERSE.control(control=inner))
    assert (status, answer["type"]) == (403, "urn:parallax:problem:issuer-not-bound"), answer


def test_by_the_command(stand):
    parameters = {"name": challenge.POINTED_TO, "control.method": "dns-change",
                  "control.prefix": "_code", "control.value": challenge.RANDOM_VALUE}
    done = test_control_cli.through(
        stand, "check", "control", "127.0.6.1", "--type", "tls", "--method",
        "reverse-address-lookup", "--json",
        *[each for pair in parameters.items() for each in ("--param", "=".join(pair))])
    assert done.returncode == 0, (done.stdout, done.stderr)
    answer = json.loads(done.stdout)
    assert (answer["outcome"], answer["adn"]) == ("permitted", challenge.POINTED_TO)
