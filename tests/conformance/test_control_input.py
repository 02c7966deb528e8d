# SPDX-License-Identifier: Apache-2.0
"""What bad control requests get over /v1: 400, the field, the reason and the rule."""

import control
import pytest
import system
from parallax_lab import challenge

pytest_plugins = ["control_fixtures"]

NAME, MEMBER = "/names/0/name", "/names/0/control"
TXT, DNS, WEB = control.WAYS["dns-txt"], control.WAYS["acme-dns"], control.WAYS["website-change"]
HTTP, ALPN = control.WAYS["acme-http"], control.WAYS["acme-tls-alpn"]
PERSISTENT, ACCOUNT = control.WAYS["dns-persistent"], control.WAYS["dns-account"]
EMAIL, PHONE = control.WAYS["contact-email-txt"], control.WAYS["contact-phone-caa"]
HOST = "control.alder"

# name: (name asked for, control, member, words of the message)
CASES = {
    "no_method": (HOST, TXT.control(method=None), "/method", ()),
    "unknown_method": (HOST, TXT.control(method="carrier-pigeon"), "/method", ("carrier-pigeon",)),
    "method_in_capitals": (HOST, TXT.control(method="DNS-CHANGE"), "/method", ()),
    "retired_method": (HOST, {"method": "ip-address"}, "/method", ("2026-03-15", "SC-090")),
    "unknown_member": (HOST, TXT.control(colour="red"), "/colour", ()),
    "member_of_another_method": (HOST, DNS.control(token="x"), "/token", ()),
    "no_value": (HOST, TXT.control(value=None), "/value", ()),
    "empty_value": (HOST, TXT.control(value=""), "/value", ("empty",)),
    "value_too_short": (HOST, TXT.control(value="abcdefgh"), "/value", ("112",)),
    "hex_too_short": (HOST, TXT.control(value="0123456789abcdef01234567890"), "/value", ("112",)),
    "digits_too_short": (HOST, TXT.control(value="1" * 33), "/value", ("112",)),
    "value_too_long": (HOST, TXT.control(value="a" * 5000), "/value", ()),
    "value_with_control": (HOST, TXT.control(value=challenge.RANDOM_VALUE + "\x07"), "/value", ()),
    "website_value_too_short": (HOST, WEB.control(value="abc"), "/value", ("112",)),
    "prefix_without_underscore": (HOST, TXT.control(prefix="code"), "/prefix", ("underscore",)),
    "prefix_of_two_labels": (HOST, TXT.control(prefix="_a._b"), "/prefix", ("one label",)),
    "prefix_too_long": (HOST, TXT.control(prefix="_" + "a" * 63), "/prefix", ()),
    "record_type": (HOST, TXT.control(record_type="MX"), "/record_type", ("TXT", "CNAME", "CAA")),
    "match": (HOST, TXT.control(match="regex"), "/match", ("whole", "contains")),
    "cname_value_no_name": (HOST, control.WAYS["dns-cname"].control(value="a..b" + "c" * 30),
                            "/value", ()),
    "hash_too_short": (HOST, DNS.control(key_authorization_hash="abc"), "/key_authorization_hash",
                       ("SHA-256",)),
    "hash_in_hex": (HOST, DNS.control(key_authorization_hash=challenge.digest().hex()),
                    "/key_authorization_hash", ("SHA-256",)),
    "hash_with_padding": (HOST, DNS.control(key_authorization_hash=control.DIGEST + "="),
                          "/key_authorization_hash", ()),
    "tls_hash_too_short": (HOST, ALPN.control(key_authorization_hash="abc"),
                           "/key_authorization_hash", ()),
    "account_no_uri": (HOST, ACCOUNT.control(account_uri="x"), "/account_uri", ("URI",)),
    "persistent_account_no_uri": (HOST, PERSISTENT.control(account_uri=""), "/account_uri", ()),
    "no_issuers": (HOST, PERSISTENT.control(issuers=[]), "/issuers", ()),
    "malformed_issuer": (HOST, PERSISTENT.control(issuers=["a..b"]), "/issuers", ()),
    "form": (HOST, PERSISTENT.control(form="sealed"), "/form", ("plain", "hashed")),
    "contact_no_mailbox": (HOST, EMAIL.control(contact="nobody"), "/contact", ("e-mail",)),
    "contact_no_number": (HOST, PHONE.control(contact="call me"), "/contact", ("number",)),
    "empty_contact": (HOST, EMAIL.control(contact=""), "/contact", ()),
    "path_upwards": (HOST, WEB.control(path="../secret.txt"), "/path", ()),
    "path_upwards_inside": (HOST, WEB.control(path="a/../../b"), "/path", ()),
    "path_upwards_encoded": (HOST, WEB.control(path="%2e%2e/b"), "/path", ()),
    "path_with_a_slash_in_front": (HOST, WEB.control(path="/etc/passwd"), "/path", ()),
    "path_with_query": (HOST, WEB.control(path="a?b=c"), "/path", ()),
    "path_with_fragment": (HOST, WEB.control(path="a#b"), "/path", ()),
    "path_with_line_end": (HOST, WEB.control(path="a\r\nHost: b"), "/path", ()),
    "path_with_space": (HOST, WEB.control(path="a b"), "/path", ()),
    "empty_path": (HOST, WEB.control(path=""), "/path", ()),
    "path_too_long": (HOST, WEB.control(path="a" * 600), "/path", ()),
    "path_that_tells_the_value": (HOST, WEB.control(path=challenge.RANDOM_VALUE), "/path", ()),
    "scheme": (HOST, WEB.control(scheme="ftp"), "/scheme", ()),
    "pattern_that_does_not_compile": (HOST, WEB.control(pattern="("), "/pattern", ()),
    "pattern_with_backreference": (HOST, WEB.control(pattern=r"(a)\1"), "/pattern", ()),
    "pattern_too_long": (HOST, WEB.control(pattern="a" * 600), "/pattern", ()),
    "token_with_slash": (HOST, HTTP.control(token="../x"), "/token", ()),
    "empty_token": (HOST, HTTP.control(token=""), "/token", ()),
    "empty_key_authorization": (HOST, HTTP.control(key_authorization=""), "/key_authorization", ()),
    "key_authorization_of_another_token": (
        HOST, HTTP.control(key_authorization=f"another-token-{'x' * 20}.{'A' * 43}"),
        "/token", ("another token",)),
    "header_injection_in_value": (HOST, HTTP.control(headers={"Accept": "a\r\nHost: b"}),
                                  "/headers", ()),
    "header_injection_in_name": (HOST, HTTP.control(headers={"Accept\r\nHost": "b"}),
                                 "/headers", ()),
    "header_off_the_list": (HOST, HTTP.control(headers={"Cookie": "a=b"}), "/headers", ("Cookie",)),
    "host_header": (HOST, HTTP.control(headers={"Host": "evil.example"}), "/headers", ()),
    "user_agent": (HOST, HTTP.control(headers={"User-Agent": "Mozilla"}), "/headers", ()),
    "headers_as_list": (HOST, HTTP.control(headers=["Accept"]), "/headers", ()),
    "header_number": (HOST, HTTP.control(headers={"Accept": 1}), "/headers", ()),
    "wildcard_by_http": ("*.control.alder", HTTP.control(), "/method", ("wildcard",)),
    "wildcard_by_tls": ("*.control.alder", ALPN.control(), "/method", ("wildcard",)),
    "wildcard_by_website": ("*.control.alder", WEB.control(), "/method", ("wildcard",)),
    "address_by_dns": ("127.0.6.1", DNS.control(), "/method", ()),
    "address_by_contact": ("127.0.6.1", EMAIL.control(), "/method", ()),
    "name_by_reverse_lookup": (HOST, {"method": "reverse-address-lookup", "name": HOST,
                                      "control": TXT.control()},
                               "/method", ()),
    "address_with_adn": ("127.0.6.1", HTTP.control(adn=HOST), "/adn", ()),
    "adn_no_name": (HOST, DNS.control(adn="a..b"), "/adn", ()),
    "mail_server_in_a_tls_order": (HOST, DNS.control(mail_server=True), "/mail_server",
                                   ("S/MIME",)),
    "mail_server_with_adn": (f"a@{HOST}", DNS.control(mail_server=True, adn=HOST), "/adn", ()),
    "mailbox_method_for_a_domain": (HOST, {"method": "mailbox-email"}, "/method", ()),
    "domain_method_for_an_address": ("127.0.6.1", {"method": "constructed-email"}, "/method", ()),
    "address_method_for_a_domain": (HOST, {"method": "ip-contact-email"}, "/method", ()),
    "surplus_for_what_the_caller_does": (HOST, {"method": "constructed-email", "value": "x"},
                                         "/value", ()),
    "method_as_number": (HOST, {"method": 7}, "/method", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_control(stand, case):
    name, asked, member, words = CASES[case]
    answer = control.refused(stand, name, asked, MEMBER + member, *words)
    assert answer["type"].startswith("urn:parallax:problem:")


RULES = {"value_too_short": "1.6.1", "prefix_without_underscore": "3.2.2.4.7",
         "retired_method": "3.2.2.4.8", "wildcard_by_http": "3.2.2.4.19",
         "path_upwards": "3.2.2.4.18"}


@pytest.mark.parametrize("case", RULES)
def test_the_rule_is_named(stand, case):
    name, asked, member, _ = CASES[case]
    answer = control.refused(stand, name, asked, MEMBER + member)
    assert RULES[case] in answer["rule"] + answer["detail"], answer


NAMES = {
    "control_as_text": ([{"name": HOST, "control": "dns-change"}], MEMBER),
    "no_name": ([{"control": DNS.control()}], NAME),
    "name_as_number": ([{"name": 1, "control": DNS.control()}], NAME),
    "unknown_member": ([{"name": HOST, "control": DNS.control(), "size": 1}], "/names/0/size"),
    "second_of_two": ([HOST, {"name": "other.alder", "control": TXT.control(value="")}],
                      "/names/1/control/value"),
}


@pytest.mark.parametrize("case", NAMES)
def test_names(stand, case):
    names, pointer = NAMES[case]
    status, answer = system.order(stand, names, "tls")
    assert (status, answer["pointer"]) == (400, pointer), answer


@pytest.mark.parametrize("name, kind, word", [
    ("x.onion", "tls", "onion"), ("alder", "tls", "Internal Name"),
    ("1.6.0.127.in-addr.arpa", "tls", "reverse"), ("*.co.uk", "tls", "public suffix"),
    ("a b.alder", "tls", "letters")], ids=lambda value: value.replace(" ", "-"))
def test_names_that_get_no_certificate(stand, name, kind, word):
    status, answer = control.order(stand, name, DNS.control(), kind)
    assert status == 400, answer
    assert answer["pointer"].startswith("/names/0")
    assert word in answer["detail"], answer


def test_caa_regardless_is_a_boolean(stand):
    status, answer = control.order(stand, HOST, DNS.control(), caa_regardless="yes")
    assert (status, answer["pointer"]) == (400, "/caa_regardless")


def test_an_address_without_control_is_still_refused(stand):
    status, answer = system.order(stand, ["127.0.6.1"], "tls")
    assert status == 400, answer


def test_discouraged_methods_may_be_switched_off(tmp_path, web_servers):
    settings = control.SETTINGS + 'discouraged_methods = "refuse"\n'
    with system.new_cluster(tmp_path, settings, offset=940,
                            remote_settings=control.REMOTE_SETTINGS) as cluster:
        control.refused(cluster, HOST, EMAIL.control(), MEMBER + "/method", "2026-03-15")
        control.shows(cluster, HOST, DNS)
