# SPDX-License-Identifier: Apache-2.0
"""Nothing inside is connected to: networks of the operator's own however their addresses are
written, and, without lab mode, whatever the registries keep for special purposes.

A perspective without lab mode needs the Internet's own root; here it does not start. Its refusals
come before any query, and the executable shows them.
"""

import control
import pytest
import system

pytest_plugins = ["control_fixtures"]

ACME, WEBSITE = control.WAYS["acme-http"], control.WAYS["website-change"]
ALPN, PERSISTENT = control.WAYS["acme-tls-alpn"], control.WAYS["dns-persistent"]
REDIRECTOR, OWN = "127.0.6.13", "127.0.9.1"
IANA_ANCHORS = "/usr/share/dns/root.key"
UNDETERMINED, USAGE = 2, 64

# The operator's own network is 127.0.9.0/24 (control.OWN_NETWORK); each of these leads into it.
FORMS = {
    "as-it-is": OWN, "mapped": "::ffff:127.0.9.1", "compatible": "::127.0.9.1",
    "translated": "::ffff:0:7f00:901", "nat64": "64:ff9b::7f00:901",
    "local-nat64": "64:ff9b:1::7f00:901", "six-to-four": "2002:7f00:901::1",
    "teredo": "2001:0:7f00:901::1", "isatap": "fe80::5efe:7f00:901",
}
# No addresses by RFC 3986, though some libraries take them for such.
NO_ADDRESSES = {"decimal": "2130708737", "hexadecimal": "0x7f000901", "octal": "0177.0.011.01",
                "short": "127.2305"}
NOT_FOUND = {"redirect-refused", "challenge-missing", "control-lookup-failed"}


def assert_nobody_went_inside(found):
    for each in found["perspectives"]:
        hops = each["http"]["hops"] if each["http"] else []
        assert all(hop["address"] in (REDIRECTOR, "", None) for hop in hops), hops


@pytest.mark.parametrize("case", FORMS | NO_ADDRESSES)
def test_redirect(stand, case):
    place = (FORMS | NO_ADDRESSES)[case]
    reasons = {"address-refused"} if case in FORMS else NOT_FOUND
    decision = control.decided(stand, REDIRECTOR, WEBSITE.control(path=f"to-{place}"))
    assert_nobody_went_inside(control.unshown(decision, reasons))


@pytest.mark.parametrize("case", FORMS)
def test_redirect_over_mpic(stand, case):
    valid, answer = control.valid(stand, REDIRECTOR, WEBSITE, http_token_path=f"to-{FORMS[case]}")
    errors = answer["perspectives"][0]["check_response"]["errors"]
    assert not valid and errors[0]["error_type"] == "mpic_error:redirect:invalid", answer


def test_the_redirector_redirects(stand):
    """Else the cases above prove nothing."""
    decision = control.decided(stand, REDIRECTOR, WEBSITE.control(path="to-127.0.6.1"))
    assert control.shown(decision)["perspectives"][0]["http"]["hops"][-1]["address"] == "127.0.6.1"


@pytest.mark.parametrize("way", [ACME, WEBSITE, ALPN], ids=lambda way: way.method)
@pytest.mark.parametrize("case", FORMS)
def test_target(stand, case, way):
    control.fails(stand, FORMS[case], way, {"address-refused"})
    valid, answer = control.valid(stand, FORMS[case], way)
    assert not valid, answer


# --- Without lab mode -----------------------------------------------------------------------------


SPECIAL = {
    "loopback": "127.0.6.1", "private-10": "10.0.0.1", "private-172": "172.16.0.1",
    "private-192": "192.168.0.1", "link-local": "169.254.169.254", "shared": "100.64.0.1",
    "this-network": "0.0.0.0", "documentation": "192.0.2.1", "benchmarking": "198.18.0.1",
    "multicast": "224.0.0.1", "reserved": "240.0.0.1", "broadcast": "255.255.255.255",
    "ipv6-loopback": "::1", "ipv6-unspecified": "::", "ipv6-unique-local": "fd00:6::1",
    "ipv6-link-local": "fe80::1", "ipv6-multicast": "ff02::1",
    "ipv6-documentation": "2001:db8::1", "mapped": "::ffff:127.0.6.1", "nat64": "64:ff9b::7f00:601",
    "six-to-four": "2002:7f00:601::1",
}
PUBLIC = "45.0.0.1"


@pytest.fixture(scope="module")
def without_lab(tmp_path_factory):
    file = tmp_path_factory.mktemp("no-lab") / "vantage.toml"
    file.write_text(f'[dns]\ntrust_anchors = "{IANA_ANCHORS}"\nlookup_timeout_ms = 1000\n')
    return file


def check(configuration, address, way):
    asked = way.control()
    parts = ["check", "control", address, "--type", "tls", "--method", asked.pop("method")]
    if way is PERSISTENT:
        asked["issuers"] = system.WORLD.issuer
    for key, value in asked.items():
        parts += ["--param", f"{key}={value}"]
    return system.parallax(*parts, "--json", "--config", configuration)


@pytest.mark.parametrize("way", [ACME, WEBSITE, ALPN, PERSISTENT], ids=lambda way: way.method)
@pytest.mark.parametrize("case", SPECIAL)
def test_special_purpose_target(without_lab, case, way):
    done = check(without_lab, SPECIAL[case], way)
    assert (done.returncode, done.stdout) == (USAGE, ""), done
    assert SPECIAL[case] in done.stderr and "special-purpose" in done.stderr, done.stderr


def test_no_root_no_check(without_lab):
    """A public address is asked about no further than the root, which IANA's anchors do not fit."""
    done = check(without_lab, PUBLIC, ACME)
    assert (done.returncode, done.stdout) == (UNDETERMINED, ""), done
    assert "the root's DNSKEY set does not validate" in done.stderr


def test_a_perspective_does_not_start(tmp_path):
    def edit(_name, text):
        lines = [line for line in text.splitlines()
                 if line not in ("[lab]", "enabled = true") and not line.startswith("root_hints")]
        return "\n".join(f'trust_anchors = "{IANA_ANCHORS}"' if line.startswith("trust_anchors")
                         else line for line in lines) + "\n"

    cluster = system.new_cluster(tmp_path, offset=980, edit=edit)
    cluster.make_pki()
    with pytest.raises(system.lab_cluster.DidNotStart, match="root's DNSKEY set does not validate"):
        try:
            cluster.start_remote(0)
        finally:
            cluster.stop()
