# SPDX-License-Identifier: Apache-2.0
"""Control of mailboxes through their domain (SBR 3.2.2.1) and through the operator of their mail
server (SBR 3.2.2.3, RFC 5321 s5.1), over /v1."""

import control
import pytest

pytest_plugins = ["control_fixtures"]

ACME_DNS, ACME_HTTP = control.WAYS["acme-dns"], control.WAYS["acme-http"]
UNUSABLE = {"mail-server-unusable"}
NOTHING = UNUSABLE | {"challenge-missing", "control-lookup-failed"}

# domain: (SMTP host; or the reasons why not)
SELECTIONS = {
    "single.mail.alder": "mx1.postal.alder",
    "lowest.mail.alder": "mx1.postal.alder",
    "ipv6.mail.alder": "ipv6.postal.alder",
    "alias.mail.alder": "mx1.postal.alder",
    "implicit.mail.alder": "implicit.mail.alder",
    "implicit-alias.mail.alder": "implicit.mail.alder",
    "control.alder": "mail.control.alder",
    "control-unsigned.alder": "mail.control-unsigned.alder",
    "all-but-one.alder": "mail.all-but-one.alder",
    "one-silence.alder": "mail.one-silence.alder",
    "mail-other-at-one.alder": "mx1.postal.alder",
    "mail-equal-at-two.alder": "mx1.postal.alder",
    "lowest-bare.mail.alder": {"challenge-missing"},
    "alias-target.mail.alder": UNUSABLE, "dname-target.mail.alder": UNUSABLE,
    "null.mail.alder": UNUSABLE, "null-beside.mail.alder": UNUSABLE,
    "no-address.mail.alder": UNUSABLE, "no-such-host.mail.alder": NOTHING,
    "unusable-first.mail.alder": UNUSABLE, "address-as-name.mail.alder": NOTHING,
    "malformed.mail.alder": NOTHING | {"record-unusable"},
    "implicit-bare.mail.alder": UNUSABLE, "not-implicit.mail.alder": NOTHING,
    "nothing.mail.alder": NOTHING, "unregistered.alder": NOTHING,
    "bogus-host.mail.alder": {"control-bogus"}, "control-bogus.alder": {"control-bogus"},
    "failing-host.mail.alder": control.FAILED_LOOKUPS,
    "silent-host.mail.alder": control.FAILED_LOOKUPS,
    "control-servfail.alder": control.FAILED_LOOKUPS,
    "control-silent.alder": control.FAILED_LOOKUPS,
    "control-missing.alder": {"challenge-missing"}, "control-wrong.alder": {"challenge-differs"},
    "mail-other-at-two.alder": {"quorum-not-met"}, "all-but-two.alder": {"quorum-not-met"},
    "only-primary.alder": {"quorum-not-met"}, "two-silences.alder": {"quorum-not-met"},
    "primary-misled.alder": {"challenge-missing"},
}


@pytest.mark.parametrize("domain", SELECTIONS)
def test_mail_server(stand, domain):
    expected = SELECTIONS[domain]
    if isinstance(expected, set):
        control.fails(stand, f"alice@{domain}", ACME_DNS, expected, mail_server=True)
        return
    found = control.shows(stand, f"alice@{domain}", ACME_DNS, mail_server=True)
    assert found["smtp_host"] == expected
    asked = {(each["purpose"], each["type"]) for each in found["perspectives"][0]["lookups"]}
    assert ("mx", "MX") in asked


def test_a_mail_server_inside_is_not_connected_to(stand):
    found = control.fails(stand, "alice@inside.mail.alder", ACME_HTTP, {"address-refused"},
                          mail_server=True)
    assert found["smtp_host"] == "intranet.web.alder"


@pytest.mark.parametrize("domain", ["single.mail.alder", "implicit.mail.alder", "equal.mail.alder"])
def test_a_web_server_on_the_mail_server(stand, domain):
    control.shows(stand, f"alice@{domain}", ACME_HTTP, mail_server=True)


def test_one_of_equal_preference_is_chosen_at_random_and_told(stand):
    chosen = {control.shows(stand, "alice@equal.mail.alder", ACME_DNS, mail_server=True)
              ["smtp_host"] for _ in range(24)}
    assert chosen == {"mx1.postal.alder", "mx2.postal.alder"}
    found = control.shows(stand, "alice@equal.mail.alder", ACME_DNS, mail_server=True)
    assert (found["equal_preference"], found["mail_servers"]) == (2, sorted(chosen))
    assert found["adn"] == found["smtp_host"]


def test_the_remotes_follow_the_primarys_selection(stand):
    found = control.shows(stand, "alice@equal.mail.alder", ACME_DNS, mail_server=True)
    expected = f"_acme-challenge.{found['smtp_host']}"
    for each in found["perspectives"]:
        names = {seen["name"] for seen in each["lookups"] if seen["purpose"] == "challenge"}
        assert names in ({expected}, set()) and (names or each["result"] == "pending")


@pytest.mark.parametrize("way", sorted(control.WAYS))
def test_every_method_serves_the_domain_of_a_mailbox(stand, way):
    way = control.WAYS[way]
    found = control.shows(stand, f"alice@{way.name('control.alder')}", way)
    assert found["smtp_host"] is None


def test_the_local_part_stays_at_home(stand):
    decision = control.decided(stand, "very.private@control.alder", ACME_DNS.control())
    for each in decision["control"]["perspectives"]:
        assert "very.private" not in str(each)


def test_caa_is_searched_at_the_mail_domain(stand):
    decision = control.decided(stand, "alice@single.mail.alder",
                               ACME_DNS.control(mail_server=True))
    assert decision["caa"] == "checked"
    asked = {each["name"] for each in decision["perspectives"][0]["lookups"]}
    assert "single.mail.alder" in asked
    assert not any("postal" in name for name in asked)


def test_several_mailboxes_of_one_domain(stand):
    names = [{"name": f"user-{n}@control.alder", "control": ACME_DNS.control()} for n in range(10)]
    status, answer = control.system.order(stand, names)
    assert (status, answer["outcome"]) == (200, "permitted"), answer
