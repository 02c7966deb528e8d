# SPDX-License-Identifier: Apache-2.0
"""Control shown in the DNS, over /v1: TLS BR 3.2.2.4.7, .13, .14, .16, .17, .21, .22, and
the way to the Authorization Domain Name."""

from datetime import datetime, timedelta, timezone

import control
import pytest
import system
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

DNS_MATRIX = [pair for pair in control.MATRIX if control.WAYS[pair[0]].family == "dns"]
ACME_DNS, DNS_TXT = control.WAYS["acme-dns"], control.WAYS["dns-txt"]
PERSISTENT = control.WAYS["dns-persistent"]
UNSHOWN = {"challenge-missing", "challenge-differs", "record-unusable"}


@pytest.mark.parametrize("pair", DNS_MATRIX, ids=control.identify)
def test_every_method_in_every_zone(pair, v1_matrix):
    way = control.WAYS[pair[0]]
    decision = control.decision_in(*v1_matrix[pair], way.method)
    control.assert_seen(decision, way, pair[1])
    looked = control.primary_of(decision)["lookups"]
    assert looked and {each["purpose"] for each in looked} <= {"challenge", "adn", "address"}


@pytest.mark.parametrize("way", [way for way in control.WAYS if control.WAYS[way].family == "dns"])
@pytest.mark.parametrize("zone, verdict", [("control.alder", "secure"),
                                           ("control-nsec3.birch", "secure"),
                                           ("control-unsigned.alder", "insecure"),
                                           ("control-optout.cedar", "insecure"),
                                           ("control-bogus.alder", "bogus")])
def test_dnssec_verdict(way, zone, verdict, v1_matrix):
    status, answer = v1_matrix[way, zone]
    assert status == 200
    assert answer["names"][0]["control"]["dnssec"] == verdict


# --- Where the value stands, and what it is -------------------------------------------------------


VALUES = {
    "wildcard-record": ("any.wild.control.alder", {"prefix": None}, None),
    "wildcard-name": ("*.control.alder", {}, None),
    "wildcard-name-at-the-name": ("*.control.alder", {"prefix": ""}, None),
    "through-an-alias-at-the-label": ("control.alder", {"prefix": "_alias"}, None),
    "part-of-a-whole": ("control.alder", {"prefix": "_part"}, {"challenge-differs"}),
    "not-inherited": ("host.control.alder", {}, {"challenge-missing"}),
    "another-label": ("control.alder", {"prefix": "_other"}, {"challenge-missing"}),
    "another-type": ("control.alder", {"record_type": "CAA"}, {"challenge-missing"}),
    "cname-is-not-followed-for-its-value": (
        "control.alder", {"record_type": "CNAME", "prefix": "_alias",
                          "value": "r4nd0m-value-7d1f0a93c2.elsewhere.example"},
        {"challenge-differs"}),
    "upper-case": ("control.alder", {"value": challenge.RANDOM_VALUE.upper()},
                   {"challenge-differs"}),
    "longer": ("control.alder", {"value": challenge.RANDOM_VALUE + "0"}, {"challenge-differs"}),
    "shorter": ("control.alder", {"value": challenge.RANDOM_VALUE[:-1]}, {"challenge-differs"}),
    "half-of-it-contained": ("control.alder", {"value": challenge.RANDOM_VALUE[:-1],
                                               "match": "contains"}, None),
    "with-spaces-around": ("control.alder", {"value": f" {challenge.RANDOM_VALUE} "},
                           {"challenge-differs"}),
}


@pytest.mark.parametrize("case", VALUES)
def test_value(stand, case):
    name, changes, expected = VALUES[case]
    control.judged(control.decided(stand, name, DNS_TXT.control(**changes)), expected)


CNAME_VALUES = {
    "upper-case": (challenge.RANDOM_NAME.upper(), None),
    "trailing-dot": (challenge.RANDOM_NAME + ".", None),
    "another": ("r4nd0m-value-7d1f0a93c3.validation.example", {"challenge-differs"}),
}


@pytest.mark.parametrize("case", CNAME_VALUES)
def test_cname_values_compare_as_names(stand, case):
    value, expected = CNAME_VALUES[case]
    way = control.WAYS["dns-cname"]
    control.judged(control.decided(stand, "control.alder", way.control(value=value)), expected)


LABELS = {
    "alias": ("alias-at-label.alder", None),
    "chain-of-aliases": ("chain.alias-at-label.alder", None),
    "alias-to-bogus": ("bogus.alias-at-label.alder", {"control-bogus"}),
    "alias-to-nothing": ("nowhere.alias-at-label.alder", {"challenge-missing"}),
    "alias-loop": ("loop.alias-at-label.alder", control.FAILED_LOOKUPS),
}


@pytest.mark.parametrize("case", LABELS)
def test_aliases_at_the_label_itself_are_followed(stand, case):
    name, expected = LABELS[case]
    if expected is None:
        found = control.shows(stand, name, ACME_DNS)
        assert found["adn_steps"] == []
    else:
        control.fails(stand, name, ACME_DNS, expected)


def test_another_account_has_another_label(stand):
    control.fails(stand, "control.alder", control.WAYS["dns-account"], {"challenge-missing"},
                  account_uri=challenge.OTHER_ACCOUNT_URI)


# --- The Authorization Domain Name ----------------------------------------------------------------


ADNS = {
    # name: (asked for, ADN, method, steps; or the reasons why not)
    "itself": ("adn.alder", "adn.alder", "acme-dns", []),
    "parent": ("www.adn.alder", "adn.alder", "acme-dns", ["prune"]),
    "grandparent": ("a.b.adn.alder", "adn.alder", "acme-dns", ["prune", "prune"]),
    "wildcard-parent": ("*.a.adn.alder", "adn.alder", "acme-dns", ["prune"]),
    "one-alias": ("one.adn.alder", "www.chained.birch", "acme-dns", ["cname"]),
    "alias-then-parent": ("one.adn.alder", "chained.birch", "acme-dns", ["cname", "prune"]),
    "two-aliases": ("two.adn.alder", "chained.birch", "dns-txt", ["cname"] * 2 + ["prune"]),
    "three-aliases": ("three.adn.alder", "www.chained.birch", "acme-dns", ["cname"] * 3),
    # Asked for a CNAME that a signed DNAME makes, libunbound 1.17 takes its own DS lookup for
    # bogus: closed, where it could be open.
    "dname": ("www.tree.adn.alder", "www.chained.birch", "acme-dns", {"control-bogus"}),
    "alias-for-a-contact": ("one.adn.alder", "chained.birch", "contact-email-txt",
                            ["cname", "prune"]),
    "parent-for-persistent": ("www.chained.birch", "chained.birch", "dns-persistent", ["prune"]),
    "parent-for-account": ("www.chained.birch", "chained.birch", "dns-account", ["prune"]),
    "parent-of-a-name-that-is-not": ("no.such.adn.alder", "adn.alder", "acme-dns",
                                     ["prune", "prune"]),
    "alias-beyond-the-bound": ("long-0.adn.alder", "www.chained.birch", "acme-dns",
                               {"adn-not-reached", "control-lookup-failed"}),
    "alias-loop": ("loop.adn.alder", "chained.birch", "acme-dns",
                   {"adn-not-reached"} | control.FAILED_LOOKUPS),
    "alias-elsewhere": ("elsewhere.adn.alder", "chained.birch", "acme-dns", {"adn-not-reached"}),
    "no-alias-at-all": ("www.adn.alder", "chained.birch", "acme-dns", {"adn-not-reached"}),
    "alias-into-a-bogus-zone": ("bogus.adn.alder", "control-bogus.alder", "acme-dns",
                                {"control-bogus"}),
    "alias-into-a-failing-zone": ("servfail.adn.alder", "control-servfail.alder", "acme-dns",
                                  control.FAILED_LOOKUPS),
    "alias-into-an-unsigned-zone": ("unsigned.adn.alder", "control-unsigned.alder", "acme-dns",
                                    ["cname", "prune"]),
}


@pytest.mark.parametrize("case", ADNS)
def test_way_to_the_authorization_domain_name(stand, case):
    name, adn, way, steps = ADNS[case]
    if isinstance(steps, set):
        control.fails(stand, name, control.WAYS[way], steps, adn=adn)
        return
    found = control.shows(stand, name, control.WAYS[way], adn=adn)
    assert found["adn"] == adn
    assert found["adn_steps"] == steps
    assert found["adn_path"][0] == name.removeprefix("*.")
    assert found["adn_path"][-1] == adn
    assert len(found["adn_path"]) == len(steps) + 1


# name: (asked for, ADN, method, what the message says)
NO_ADNS = {
    "public-suffix": ("adn.alder", "alder", "acme-dns"),
    "child": ("adn.alder", "www.adn.alder", "dns-persistent"),
    "stranger-without-cname-step": ("adn.alder", "chained.birch", "dns-persistent"),
    "stranger-for-account": ("one.adn.alder", "chained.birch", "dns-account"),
    "wildcard-takes-no-cname-step": ("*.one.adn.alder", "chained.birch", "acme-dns"),
    "no-pruning-for-http": ("www.adn.alder", "adn.alder", "acme-http"),
    "no-pruning-for-tls": ("www.adn.alder", "adn.alder", "acme-tls-alpn"),
    "no-pruning-for-website": ("www.adn.alder", "adn.alder", "website-change"),
}


@pytest.mark.parametrize("case", NO_ADNS)
def test_names_that_are_no_authorization_domain_name(stand, case):
    name, adn, way = NO_ADNS[case]
    control.refused(stand, name, control.WAYS[way].control(adn=adn), "/names/0/control/adn", adn)


# --- Persistent values ----------------------------------------------------------------------------


PERSISTENT_RECORDS = {
    "future": None, "unknown": None, "case": None, "spaces": None, "several": None, "split": None,
    "expired": UNSHOWN, "until-text": UNSHOWN, "issuer": UNSHOWN, "similar": UNSHOWN,
    "bare": UNSHOWN, "empty": UNSHOWN, "twice": UNSHOWN, "semicolon": UNSHOWN, "garbage": UNSHOWN,
}


@pytest.mark.parametrize("case", PERSISTENT_RECORDS)
def test_persistent_record(stand, case):
    name = f"{case}.persist.alder"
    expected = PERSISTENT_RECORDS[case]
    control.judged(control.decided(stand, name, PERSISTENT.control()), expected)


# The hashed form (draft-ietf-acme-dns-persist-02): a wildcard needs policy=wildcard.
HASHED = {
    "itself": ("hashed.persist.alder", None), "wildcard": ("*.hashed.persist.alder", None),
    "any-domain": ("hashed-any.persist.alder", None),
    "any-domain-wildcard": ("*.hashed-any.persist.alder", None),
    "without-policy": ("hashed-self.persist.alder", None),
    "without-policy-wildcard": ("*.hashed-self.persist.alder", {"record-unusable"}),
    "clear-text": ("future.persist.alder", {"record-unusable"}),
}


@pytest.mark.parametrize("case", HASHED)
def test_hashed_persistent_record(stand, case):
    name, expected = HASHED[case]
    asked = PERSISTENT.control(form="hashed", account_hash_prefix=challenge.HASH_PREFIX,
                               key_thumbprints=[challenge.thumbprint()])
    found = control.judged(control.decided(stand, name, asked), expected)
    if case == "without-policy-wildcard":
        assert "policy=wildcard" in found["explanation"]


def test_persistent_values_are_reused_for_ten_days_at_most(stand):
    found = control.shows(stand, "control.alder", PERSISTENT)
    limit = datetime.fromisoformat(found["reuse_until"][:19]).replace(tzinfo=timezone.utc)
    assert limit <= datetime.now(timezone.utc) + timedelta(days=10)


def test_persistent_issuers_may_be_given(stand):
    control.shows(stand, "future.persist.alder", PERSISTENT, issuers=["ca.example"])


def test_persistent_issuers_are_those_of_the_client(stand):
    status, answer = control.order(stand, "issuer.persist.alder",
                                   PERSISTENT.control(issuers=["other.example"]))
    assert status == 403, answer
    assert answer["type"] == "urn:parallax:problem:issuer-not-bound"


# --- Contacts -------------------------------------------------------------------------------------


EMAIL_TXT, EMAIL_CAA = control.WAYS["contact-email-txt"], control.WAYS["contact-email-caa"]
PHONE_TXT, PHONE_CAA = control.WAYS["contact-phone-txt"], control.WAYS["contact-phone-caa"]
CONTACTS = {
    "caa-found-by-the-climb": ("below.contacts.alder", EMAIL_CAA, None),
    "caa-phone-found-by-the-climb": ("below.contacts.alder", PHONE_CAA, None),
    "caa-hidden-by-a-nearer-set": ("hides.contacts.alder", EMAIL_CAA, UNSHOWN),
    "caa-one-of-several": ("several.contacts.alder", EMAIL_CAA, None),
    "txt-does-not-climb": ("below.contacts.alder", EMAIL_TXT, {"challenge-missing"}),
    "txt-one-of-several": ("several.contacts.alder", EMAIL_TXT, None),
    "txt-domain-in-capitals": ("case.contacts.alder", EMAIL_TXT, None),
    "txt-with-more-behind": ("more.contacts.alder", EMAIL_TXT, UNSHOWN),
    "txt-no-mailbox": ("no-mailbox.contacts.alder", EMAIL_TXT, UNSHOWN),
    "txt-number-with-dashes": ("dashes.contacts.alder", PHONE_TXT, None),
    "txt-no-number": ("no-number.contacts.alder", PHONE_TXT, UNSHOWN),
}


@pytest.mark.parametrize("case", CONTACTS)
def test_contact(stand, case):
    name, way, expected = CONTACTS[case]
    if expected is None:
        found = control.shows(stand, name, way)
        assert found["standing"] == "discouraged"
    else:
        control.fails(stand, name, way, expected)


# --- CAA beside control ---------------------------------------------------------------------------


def test_caa_is_asked_for_all_the_same_if_wanted(stand):
    decision = control.decided(stand, "control-missing.alder", DNS_TXT.control(),
                               caa_regardless=True)
    assert (decision["outcome"], decision["caa"]) == ("refused", "checked")
    assert decision["reason"] == "challenge-missing"


def test_caa_prohibits_though_control_was_shown(stand):
    decision = control.decided(stand, "control-denied.alder", DNS_TXT.control())
    assert decision["control"]["outcome"] == "permitted"
    assert (decision["outcome"], decision["reason"]) == ("refused", "issuer-not-authorized")


@pytest.mark.parametrize("way, permitted", [
    ("acme-dns", True), ("dns-txt", True), ("acme-http", False), ("website-change", False),
    ("dns-persistent", False), ("dns-account", False), ("acme-tls-alpn", False)])
def test_validationmethods_holds_the_method_that_validated_this_name(stand, way, permitted):
    name = control.WAYS[way].name("control-methods.alder")
    decision = control.decided(stand, name, control.WAYS[way].control())
    assert decision["control"]["outcome"] == "permitted", decision["control"]
    assert (decision["outcome"] == "permitted") == permitted, decision
    assert permitted or decision["reason"] == "parameters-not-satisfied"


def test_names_of_one_order_are_shown_by_methods_of_their_own(stand):
    names = [{"name": control.WAYS[way].name("control.alder"),
              "control": control.WAYS[way].control()} for way in ("acme-dns", "acme-tls-alpn")]
    names.append({"name": "control-missing.alder", "control": DNS_TXT.control()})
    names.append("permits.alder")
    status, answer = system.order(stand, names, "tls")
    assert status == 200, answer
    outcomes = [each["outcome"] for each in answer["names"]]
    assert outcomes == ["permitted", "permitted", "refused", "permitted"]
    assert [each["control"] is None for each in answer["names"]] == [False] * 3 + [True]
    assert answer["outcome"] == "refused" and answer["permission_expires"] is None


# --- Shown by the caller --------------------------------------------------------------------------


@pytest.mark.parametrize("method, name", [
    ("constructed-email", "nocaa.alder"),
    ("mailbox-email", "alice@permits.alder"), ("acme-email-reply-00", "alice@permits.alder"),
    ("ip-contact-email", "127.0.6.1"), ("ip-contact-phone", "127.0.6.1")])
def test_what_the_caller_showed_needs_no_perspective(stand, method, name):
    decision = control.decided(stand, name, {"method": method})
    found = decision["control"]
    assert (decision["outcome"], found["reason"]) == ("permitted", "shown-by-caller"), decision
    assert (found["perspectives"], found["quorum"], found["remotes_used"]) == ([], "", 0)
    assert found["without_remotes"]
    assert decision["permission_expires"]
    if "@" in name:  # SBR 3.2.2.2, 3.2.2.4: CAA at the Primary alone
        assert (decision["caa"], decision["remotes_used"]) == ("checked", 0)


def test_caa_still_holds_for_what_the_caller_showed(stand):
    decision = control.decided(stand, "alice@denies.alder", {"method": "mailbox-email"})
    assert (decision["outcome"], decision["reason"]) == ("refused", "issuer-not-authorized")
