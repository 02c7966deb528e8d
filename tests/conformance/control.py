# SPDX-License-Identifier: Apache-2.0
"""What the tests of control checks share: how each method is asked for over both APIs, and what
must come of it in each of the lab's zones (lab/control.yaml)."""

import dataclasses
from datetime import datetime, timezone

import system
from parallax_lab import challenge

REMOTES = 5
QUORUM = 4
OWN_NETWORK = "127.0.9.0/24"
# Deadlines short enough that nobody waits for servers that never answer.
SETTINGS = f"""
[dns]
lookup_timeout_ms = 1000
[checks]
timeout_ms = 4500
[control]
own_networks = ["{OWN_NETWORK}"]
"""
REMOTE_SETTINGS = f"""
[dns]
lookup_timeout_ms = 1000
[control]
own_networks = ["{OWN_NETWORK}"]
"""
DIGEST = challenge.base64url(challenge.digest())
FAILED_LOOKUPS = {"control-lookup-failed", "control-timed-out"}
OUTCOMES = {"permitted", "refused", "undetermined"}


@dataclasses.dataclass(frozen=True)
class Way:
    """A method with parameters that the zones' set `right` answers."""
    method: str
    v1: dict            # members of `control`
    mpic: dict | None   # members of dcv_check_parameters, if Open MPIC knows the method
    family: str         # "dns", "http", "tls"
    host: str = ""      # label in front of the zone's name
    differs: str = "challenge-differs"

    def name(self, zone):
        return f"{self.host}.{zone}" if self.host else zone

    def control(self, **changes):
        whole = {"method": self.method, **self.v1, **changes}
        return {key: value for key, value in whole.items() if value is not None}

    def parameters(self, **changes):
        whole = {"validation_method": self.method, **self.mpic, **changes}
        return {key: value for key, value in whole.items() if value is not None}


def dns_change(prefix, record_type="TXT", value=challenge.RANDOM_VALUE, match="whole"):
    return Way("dns-change",
               {"record_type": record_type, "prefix": prefix, "value": value, "match": match},
               {"dns_record_type": record_type, "dns_name_prefix": prefix,
                "challenge_value": value, "require_exact_match": match == "whole"}, "dns")


def contact(kind, where):
    value = challenge.CONTACT_EMAIL if kind == "email" else challenge.CONTACT_PHONE
    confirmed = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Way(f"contact-{kind}-{where}", {"contact": value, "confirmed_at": confirmed},
               {"challenge_value": value}, "dns")


WAYS = {
    "dns-txt": dns_change("_code"),
    "dns-txt-at-the-name": dns_change(""),
    "dns-txt-part": dns_change("_part", match="contains"),
    "dns-txt-split": dns_change("_split"),
    "dns-cname": dns_change("_code-name", "CNAME", challenge.RANDOM_NAME),
    "dns-caa": dns_change("_code-caa", "CAA"),
    "acme-dns": Way("acme-dns-01", {"key_authorization_hash": DIGEST},
                    {"key_authorization_hash": DIGEST}, "dns"),
    "dns-account": Way("dns-account-01", {"account_uri": challenge.ACCOUNT_URI,
                                          "key_authorization_hash": DIGEST}, None, "dns"),
    "dns-persistent": Way("dns-persistent", {"account_uri": challenge.ACCOUNT_URI},
                          {"issuer_domain_names": ["ca.example"],
                           "expected_account_uri": challenge.ACCOUNT_URI}, "dns",
                          differs="record-unusable"),
    "contact-email-txt": contact("email", "txt"),
    "contact-email-caa": contact("email", "caa"),
    "contact-phone-txt": contact("phone", "txt"),
    "contact-phone-caa": contact("phone", "caa"),
    "website-change": Way("website-change", {"path": challenge.WEBSITE_PATH,
                                             "value": challenge.RANDOM_VALUE},
                          {"http_token_path": challenge.WEBSITE_PATH,
                           "challenge_value": challenge.RANDOM_VALUE}, "http"),
    "acme-http": Way("acme-http-01", {"token": challenge.TOKEN,
                                      "key_authorization": challenge.key_authorization()},
                     {"token": challenge.TOKEN,
                      "key_authorization": challenge.key_authorization()}, "http"),
    "acme-tls-alpn": Way("acme-tls-alpn-01", {"key_authorization_hash": DIGEST},
                         {"key_authorization_hash": challenge.digest().hex()}, "tls", host="tls",
                         differs="certificate-unusable"),
}


@dataclasses.dataclass(frozen=True)
class Sight:
    """What a zone brings: the outcome, why, and how many remotes agree at most and at least."""
    outcomes: set
    reason: str = ""             # "" : any
    corroborated: int | None = None  # exactly, if the quorum is met with it; else at most
    primary: str = "challenge-found"


SHOWN = Sight({"permitted"}, "challenge-found")
OUTVOTED = Sight({"permitted"}, "challenge-found", 4)
DENIED = Sight({"refused"}, "quorum-not-met", 3)
UNHEARD = Sight({"undetermined", "refused"}, "quorum-not-met", 3)


def failing(reason, *outcomes):
    return Sight(set(outcomes or ("undetermined",)), reason, None, reason)


SIGHTS = {
    "control.alder": SHOWN,
    "control-nsec3.birch": SHOWN,
    "control-unsigned.alder": SHOWN,
    "control-optout.cedar": SHOWN,
    "control-wrong.alder": failing("differs", "refused"),
    "control-missing.alder": failing("missing", "refused"),
    "control-missing-unsigned.alder": failing("missing", "refused"),
    "unregistered.alder": failing("nothing", "refused", "undetermined"),
    "control-bogus.alder": failing("bogus"),
    "control-stripped.alder": failing("bogus"),
    "control-servfail.alder": failing("failed"),
    "control-servfail-unsigned.alder": failing("failed"),
    "control-refused.alder": failing("failed"),
    "control-silent.alder": failing("failed"),
    "only-primary.alder": Sight({"refused"}, "quorum-not-met", 0),
    "all-but-one.alder": OUTVOTED,
    "all-but-two.alder": DENIED,
    "changed-at-one.alder": OUTVOTED,
    "changed-at-two.alder": DENIED,
    "changed-since.alder": Sight({"refused"}, "quorum-not-met", 0),
    "one-silence.alder": OUTVOTED,
    "two-silences.alder": UNHEARD,
    "two-failures.alder": UNHEARD,
    "one-forgery.alder": OUTVOTED,
    "two-forgeries.alder": UNHEARD,
    "primary-misled.alder": failing("missing", "refused"),
    "primary-changed.alder": failing("differs", "refused"),
    "primary-hijacked.alder": failing("bogus"),
}


def reasons(kind, way):
    """The codes that stand for a kind of failure under this method."""
    missing = {"dns": {"challenge-missing"}, "http": {"challenge-missing", "http-status"},
               "tls": {"certificate-unusable", "challenge-missing"}}[way.family]
    return {"challenge-found": {"challenge-found"}, "quorum-not-met": {"quorum-not-met"},
            "differs": {way.differs, "challenge-differs"}, "missing": missing,
            "nothing": {"challenge-missing", "control-lookup-failed"}, "bogus": {"control-bogus"},
            "failed": FAILED_LOOKUPS}[kind]


MATRIX = [(way, zone) for way in WAYS for zone in SIGHTS]
MPIC_MATRIX = [(way, zone) for way, zone in MATRIX if WAYS[way].mpic]


def identify(pair):
    return f"{pair[0]}-{pair[1]}"


# --- Over /v1 -------------------------------------------------------------------------------------


def order(cluster, name, control, kind=None, **more):
    """(status, answer) of an order of one name with control."""
    kind = kind or ("smime" if "@" in name else "tls")
    return system.order(cluster, [{"name": name, "control": control}], kind, **more)


def decided(cluster, name, control, **more):
    """The decision about one name."""
    return decision_in(*order(cluster, name, control, **more), control["method"])


def decision_in(status, answer, method):
    """The decision in the answer to an order of one name; checks what each must hold."""
    assert status == 200, answer
    (decision,) = answer["names"]
    assert decision["control"]["method"] == method
    assert decision["control"]["explanation"]
    assert decision["outcome"] in OUTCOMES and decision["control"]["outcome"] in OUTCOMES
    if decision["control"]["outcome"] != "permitted":
        assert decision["outcome"] == decision["control"]["outcome"], decision
        assert decision["control"]["reuse_until"] is None
    return decision


def primary_of(decision):
    return decision["control"]["perspectives"][0]


def corroborated(decision):
    """Checks that the quorum was met as it should be; the number of remotes."""
    control = decision["control"]
    assert control["outcome"] == "permitted", control
    assert control["corroborated"] >= QUORUM
    assert control["remotes_used"] == REMOTES
    assert control["quorum"] == f"{control['corroborated']}/{REMOTES}"
    assert len(control["rirs"]) >= 2
    assert control["reuse_until"]
    return control["corroborated"]


def shown(decision):
    """Control is shown: the control part of the decision."""
    assert decision["control"]["reason"] == "challenge-found", decision["control"]
    corroborated(decision)
    assert decision["caa"] in ("checked", "not-applicable")
    return decision["control"]


def unshown(decision, expected):
    """Control is not shown, for one of the reasons: the control part of the decision."""
    control = decision["control"]
    assert control["outcome"] != "permitted", control
    assert control["reason"] in expected, control
    assert decision["caa"] in ("not-asked", "not-applicable")
    assert decision["permission_expires"] is None
    return control


def judged(decision, expected):
    """As shown() if `expected` is None, else as unshown()."""
    return shown(decision) if expected is None else unshown(decision, expected)


def shows(cluster, name, way, **changes):
    return shown(decided(cluster, name, way.control(**changes)))


def fails(cluster, name, way, expected, **changes):
    return unshown(decided(cluster, name, way.control(**changes)), expected)


def refused(cluster, name, control, pointer, *words, **more):
    """A 400 that names the field and says why."""
    status, answer = order(cluster, name, control, **more)
    assert status == 400, answer
    assert answer["pointer"] == pointer, answer
    assert answer["detail"]
    for word in words:
        assert word.lower() in answer["detail"].lower(), answer
    return answer


def assert_seen(decision, way, zone):
    """The decision is what the method must bring in that zone of the matrix."""
    sight = SIGHTS[zone]
    control = decision["control"]
    assert control["outcome"] in sight.outcomes, control
    assert control["reason"] in reasons(sight.reason, way), control
    primary = primary_of(decision)
    assert primary["reason"] in reasons(sight.primary, way), primary
    assert [each["primary"] for each in control["perspectives"]].count(True) == 1
    if control["outcome"] == "permitted":
        assert sight.corroborated in (None, corroborated(decision)), control
        assert (decision["outcome"], decision["caa"]) == ("permitted", "checked"), decision
    else:
        assert decision["caa"] == "not-asked", decision
        assert decision["permission_expires"] is None
    if sight.reason == "quorum-not-met":
        assert control["corroborated"] <= sight.corroborated, control
        assert control["remotes_used"] == REMOTES


# --- Over /mpic -----------------------------------------------------------------------------------


def mpic(cluster, target, parameters, **more):
    """(status, answer) of an Open MPIC request for control."""
    body = {"check_type": "dcv", "domain_or_ip_target": target,
            "dcv_check_parameters": parameters, **more}
    status, _, answer = system.documented(cluster, "POST", "/mpic", body)
    return status, answer


def valid(cluster, target, way, **changes):
    """is_valid, and the whole answer."""
    status, answer = mpic(cluster, target, way.parameters(**changes))
    assert status == 200, answer
    return answer["is_valid"], answer
