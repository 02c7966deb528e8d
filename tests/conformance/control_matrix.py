# SPDX-License-Identifier: Apache-2.0
"""The matrix of control checks: every method, each case that it can meet, both APIs. The tests are
made from these tables (test_control_matrix.py), so that no combination can be missing without a
word why.

Rows are ways to use a method; columns are the cases; a place says where in the lab's Internet a
kind of row meets a case.
"""

import dataclasses

import control
from parallax_lab import challenge

FOUND, DENIED = {"challenge-found"}, {"quorum-not-met"}
MISSING = {"challenge-missing"}
UNREACHED = {"control-timed-out"}
FAILED, BOGUS = {"control-lookup-failed"}, {"control-bogus"}
NO_MAIL = {"mail-server-unusable"}

# case: what it is
CASES = {
    "pass": "everybody sees the right value",
    "wrong": "everybody sees another value",
    "missing": "nobody sees a value",
    "only-primary": "seen by the primary only",
    "all-but-one": "seen by all but one remote",
    "all-but-two": "seen by all but two remotes",
    "changed": "the primary sees the right value, every remote another",
    "nxdomain": "a name that does not exist",
    "timeout": "nobody gets an answer in time",
    "servfail": "the DNS fails",
    "bogus": "DNSSEC validation fails",
    "timeout-at-one": "one remote gets no answer in time",
    "timeout-at-two": "two remotes get no answer in time",
}


@dataclasses.dataclass(frozen=True)
class Without:
    """Why a kind of row cannot meet a case."""
    reason: str


NO_NAME = Without("a handshake with an address involves no name: nothing is looked up")
NO_REDIRECT = Without("a handshake leads nowhere else: the name itself fails in the row `domain`")

# The DNS answers differently.
ZONES = {
    "pass": "control.alder", "wrong": "control-wrong.alder", "missing": "control-missing.alder",
    "only-primary": "only-primary.alder", "all-but-one": "all-but-one.alder",
    "all-but-two": "all-but-two.alder", "changed": "changed-since.alder",
    "nxdomain": "unregistered.alder", "timeout": "control-silent.alder",
    "servfail": "control-servfail.alder", "bogus": "control-bogus.alder",
    "timeout-at-one": "one-silence.alder", "timeout-at-two": "two-silences.alder",
}
# The DNS is as it should be; the servers differ.
ROUTES = {
    "pass": "right", "wrong": "wrong", "missing": "missing", "only-primary": "only-primary",
    "all-but-one": "all-but-one", "all-but-two": "all-but-two", "changed": "changed",
    "timeout": "silent", "timeout-at-one": "one-silence", "timeout-at-two": "two-silences",
}
REDIRECTS_OF_NAMES = {"nxdomain": "no-such-name.web.alder", "servfail": "failing-name.web.alder",
                      "bogus": "bogus-name.web.alder"}
REDIRECTS_OF_ADDRESSES = {"nxdomain": "127.0.6.30", "servfail": "127.0.6.31", "bogus": "127.0.6.32"}
REVERSE_ZONES = {
    "pass": "127.0.6.1", "wrong": "127.0.6.2", "missing": "127.0.6.13",
    "only-primary": "127.0.6.12", "all-but-one": "127.0.6.15", "all-but-two": "127.0.6.16",
    "changed": "127.0.6.14", "nxdomain": "127.0.6.5", "timeout": "127.0.6.11",
    "servfail": "127.0.6.10", "bogus": "127.0.6.9", "timeout-at-one": "127.0.6.17",
    "timeout-at-two": "127.0.6.18",
}
REVERSE = control.Way("reverse-address-lookup",
                      {"name": challenge.POINTED_TO, "control": control.WAYS["dns-txt"].control()},
                      {"challenge_value": challenge.POINTED_TO}, "dns")


def _routes(world, addressed):
    return {case: world.web.routes[route].address if addressed else f"{route}.routes.alder"
            for case, route in ROUTES.items()}


def places(world, kind, family):
    """{case: target or Without} of a kind of row with a method of that family."""
    if kind in ("domain", "mailbox", "mail-server"):
        return ZONES
    if kind == "address" and family == "dns":
        return REVERSE_ZONES
    addressed = kind == "address"
    if family == "tls":
        absent = dict.fromkeys(("nxdomain", "servfail", "bogus"),
                               NO_NAME if addressed else NO_REDIRECT)
        return _routes(world, addressed) | absent
    redirects = REDIRECTS_OF_ADDRESSES if addressed else REDIRECTS_OF_NAMES
    return _routes(world, addressed) | redirects


@dataclasses.dataclass(frozen=True)
class Row:
    way: control.Way
    kind: str            # "domain", "server", "address", "mailbox", "mail-server"
    sections: tuple      # of the rules

    def target(self, place):
        if self.kind == "mail-server":
            return f"alice@post{'-' + self.way.host if self.way.host else ''}.{place}"
        if self.kind == "mailbox":
            return f"alice@{self.way.name(place)}"
        return self.way.name(place) if self.kind == "domain" else place

    def mpic_target(self, place):
        """As target(), for Open MPIC, which has a reverse lookup's name as its target."""
        if self.way is not REVERSE:
            return self.target(place)
        return ".".join(reversed(place.split("."))) + ".in-addr.arpa"

    def control(self):
        return self.way.control(mail_server=True if self.kind == "mail-server" else None)

    @property
    def reached_by_routes(self):
        """The servers differ, not the DNS."""
        return self.kind in ("server", "address") and self.way.family != "dns"

    @property
    def over_mpic(self):
        """Open MPIC knows no mailboxes here."""
        return self.way.mpic is not None and self.kind in ("domain", "server", "address")


SECTIONS = {
    "dns-change": "3.2.2.4.7", "acme-dns-01": "3.2.2.4.7", "dns-account-01": "3.2.2.4.21",
    "dns-persistent": "3.2.2.4.22", "contact-email-caa": "3.2.2.4.13",
    "contact-email-txt": "3.2.2.4.14", "contact-phone-txt": "3.2.2.4.16",
    "contact-phone-caa": "3.2.2.4.17", "website-change": "3.2.2.4.18",
    "acme-http-01": "3.2.2.4.19", "acme-tls-alpn-01": "3.2.2.4.20",
}
ADDRESS_SECTIONS = {
    "website-change": "3.2.2.5.1", "reverse-address-lookup": "3.2.2.5.3",
    "acme-http-01": "3.2.2.5.6", "acme-tls-alpn-01": "3.2.2.5.7", "dns-persistent": "3.2.2.5.8",
}


def _rows():
    out = {}
    for name, way in control.WAYS.items():
        section = SECTIONS[way.method]
        out[name] = Row(way, "domain", (section,))
        out[f"{name}-mailbox"] = Row(way, "mailbox", ("SBR 3.2.2.1", section))
        out[f"{name}-mail-server"] = Row(way, "mail-server", ("SBR 3.2.2.3", section))
        if way.family != "dns":
            out[f"{name}-server"] = Row(way, "server", (section,))
        if way.method in ADDRESS_SECTIONS:
            out[f"{name}-address"] = Row(way, "address", (ADDRESS_SECTIONS[way.method],))
    out["reverse-lookup-address"] = Row(REVERSE, "address", ("3.2.2.5.3",))
    return out


ROWS = _rows()


@dataclasses.dataclass(frozen=True)
class Expected:
    outcomes: set
    reasons: set          # why, of control as a whole
    primary: set          # what the primary found
    corroborated: range   # how many remotes agree


QUORUM_MET = range(control.QUORUM, control.REMOTES + 1)
NOT_ASKED = range(0, 1)  # the primary failed, so no remote is asked


def _alone(outcome, reasons):
    return Expected({outcome}, reasons, reasons, NOT_ASKED)


def expected(row, case):
    """What a row brings in a case."""
    by_quorum = {
        "pass": Expected({"permitted"}, FOUND, FOUND, QUORUM_MET),
        "only-primary": Expected({"refused"}, DENIED, FOUND, range(0, 1)),
        "all-but-one": Expected({"permitted"}, FOUND, FOUND, range(4, 5)),
        "all-but-two": Expected({"refused"}, DENIED, FOUND, range(0, 4)),
        "changed": Expected({"refused"}, DENIED, FOUND, range(0, 1)),
        "timeout-at-one": Expected({"permitted"}, FOUND, FOUND, range(4, 5)),
        "timeout-at-two": Expected({"undetermined"}, DENIED, FOUND, range(0, 4)),
    }
    if case in by_quorum:
        return by_quorum[case]
    mail = row.kind == "mail-server"
    if case == "wrong":
        tls = row.way.family == "tls"
        return _alone("refused", {"challenge-differs"} if tls else {row.way.differs})
    if case == "missing":
        return _alone("refused", {"certificate-unusable"} if row.way.family == "tls" else MISSING)
    if case == "nxdomain":
        return _alone("refused", NO_MAIL if mail else MISSING)
    # A resolver that has given up on a silent name server fails at once; one that asks a failing
    # server again and again may run out of time.
    failure = UNREACHED | FAILED
    silence = UNREACHED if row.reached_by_routes else failure
    return _alone("undetermined", {"timeout": silence, "servfail": failure, "bogus": BOGUS}[case])
