# SPDX-License-Identifier: Apache-2.0
"""What the caller states about control, and until when what comes of it may be relied on."""

from datetime import datetime, timedelta, timezone

import control
import pytest

pytest_plugins = ["control_fixtures"]

CONTACTS = sorted(way for way in control.WAYS if way.startswith("contact-"))
HOUSE_WINDOW = timedelta(hours=8)
ADDRESS = "127.0.6.1"


def instant(text):
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)


def text(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return datetime.now(timezone.utc)


@pytest.mark.parametrize("way", CONTACTS)
def test_a_contact_that_is_published_permits_nothing(stand, way):
    way = control.WAYS[way]
    name = way.name("control.alder")
    status, answer = control.order(stand, name, way.control(confirmed_at=None))
    decision = control.decision_in(status, answer, way.method)
    assert (answer["outcome"], answer["permission_expires"]) == ("undetermined", None)
    found = decision["control"]
    assert (found["outcome"], found["reason"]) == ("undetermined", "contact-unconfirmed")
    assert "confirmed_at" in decision["explanation"]
    assert (decision["caa"], found["confirmed_at"]) == ("not-asked", None)
    assert found["corroborated"] >= control.QUORUM  # that it is published


@pytest.mark.parametrize("way", CONTACTS)
def test_open_mpic_is_told_that_the_contact_is_published(stand, way):
    way = control.WAYS[way]
    assert control.valid(stand, way.name("control.alder"), way)[0]


def test_reuse_counts_from_the_confirmation(stand):
    way = control.WAYS["contact-email-txt"]
    confirmed = now() - timedelta(days=20)
    found = control.shows(stand, way.name("control.alder"), way, confirmed_at=text(confirmed))
    assert instant(found["confirmed_at"]) == confirmed.replace(microsecond=0)
    assert instant(found["reuse_until"]) <= confirmed + timedelta(days=200)


@pytest.mark.parametrize("when, word", [
    (timedelta(hours=1), "future"), (timedelta(days=-31), "30 days")])
def test_a_confirmation_that_cannot_be(stand, when, word):
    way = control.WAYS["contact-email-txt"]
    control.refused(stand, way.name("control.alder"),
                    way.control(confirmed_at=text(now() + when)),
                    "/names/0/control/confirmed_at", word)


def test_the_adn_that_the_caller_used_is_recorded(stand):
    decision = control.decided(stand, "www.nocaa.alder",
                               {"method": "constructed-email", "adn": "nocaa.alder"})
    found = decision["control"]
    assert found["adn_path"] == ["www.nocaa.alder", "nocaa.alder"]
    assert (found["adn"], found["adn_steps"]) == ("nocaa.alder", ["prune"])


@pytest.mark.parametrize("adn", ["nocaa.birch", "alder", "below.www.nocaa.alder"])
def test_an_adn_that_the_caller_cannot_have_used(stand, adn):
    control.refused(stand, "www.nocaa.alder", {"method": "constructed-email", "adn": adn},
                    "/names/0/control/adn", adn)


def test_the_domain_contact_is_for_registrars(stand):
    control.refused(stand, "nocaa.alder", {"method": "domain-contact"},
                    "/names/0/control/method", "registrar")


@pytest.mark.parametrize("asked", [
    {"method": "ip-contact-email"}, {"method": "ip-contact-phone"},
    control.WAYS["acme-http"].control()])
def test_permission_for_an_address_lasts_hours(stand, asked):
    before = now()
    status, answer = control.order(stand, ADDRESS, asked)
    decision = control.decision_in(status, answer, asked["method"])
    assert decision["outcome"] == "permitted", decision
    end = instant(answer["permission_expires"])
    assert answer["permission_expires"] == decision["permission_expires"]
    assert before - timedelta(seconds=1) <= end - HOUSE_WINDOW <= now()


def test_the_end_does_not_depend_on_the_order_of_the_names(stand):
    names = ["nocaa.alder", {"name": ADDRESS, "control": {"method": "ip-contact-email"}}]
    for each in (names, names[::-1]):
        status, answer = control.system.order(stand, each, "tls")
        assert (status, answer["outcome"]) == (200, "permitted")
        ends = [name["permission_expires"] for name in answer["names"]]
        assert answer["permission_expires"] == min(ends)
