# SPDX-License-Identifier: Apache-2.0
"""A second, plain implementation of the CAA check over Debian's libunbound, to hold the world (and
with it the expectations in lab/world.yaml) against: RFC 8659 s3-4, RFC 9495, RFC 8657."""

import dataclasses
import re
import select
import struct
import time

import unbound

LOOKUP_TIMEOUT_S = 5.0
CONCURRENT_CLIMBS = 12
TYPE_CAA = 257
ISSUER_CRITICAL = 128
SUPPORTED_TAGS = {"issue", "issuewild", "issuemail", "iodef", "contactemail", "contactphone"}
EQUAL_METHODS = {"http-01": "ca-tbr-19", "dns-01": "ca-tbr-7", "tls-alpn-01": "ca-tbr-20",
                 "dns-account-01": "ca-tbr-21", "dns-persist-01": "ca-tbr-22"}
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
PARAMETER = rf"[ \t]*({LABEL})[ \t]*=[ \t]*([\x21-\x3a\x3c-\x7e]*)[ \t]*"
ISSUE_VALUE = re.compile(
    rf"[ \t]*({LABEL}(?:\.{LABEL})*)?[ \t]*(?:;[ \t]*(?:{PARAMETER}(?:;{PARAMETER})*)?)?")
STRENGTH = ("bogus", "indeterminate", "insecure", "secure")
FAILURES = {"bogus": "bogus", "failed": "lookup-failed", "timed_out": "lookup-timed-out"}


@dataclasses.dataclass
class Lookup:
    status: str = "timed_out"  # answered, bogus, failed, timed_out
    verdict: str = "indeterminate"
    nxdomain: bool = False
    rdatas: tuple = ()


@dataclasses.dataclass
class Determination:
    outcome: str
    reason: str
    verdict: str
    found_at: str | None = None


def new_context(environment, source):
    """A validating libunbound that knows only the lab's root. `source`: addresses to send from."""
    context = unbound.ub_ctx()
    options = [("root-hints:", environment["PARALLAX_LAB_ROOT_HINTS"]),
               ("do-not-query-localhost:", "no"),
               ("val-sig-skew-min:", "0"), ("val-sig-skew-max:", "0")]
    options += [("outgoing-interface:", address) for address in source.split(",")]
    for option, value in options:
        if context.set_option(option, value) != 0:
            raise RuntimeError(f"libunbound refuses {option} {value}")
    context.set_async(True)
    if context.add_ta_file(environment["PARALLAX_LAB_TRUST_ANCHORS"]) != 0:
        raise RuntimeError("libunbound refuses the trust anchors")
    return context


def _skip_name(packet, offset):
    while packet[offset]:
        if packet[offset] >= 0xC0:
            return offset + 2
        offset += 1 + packet[offset]
    return offset + 1


def _caa_rdatas(packet):
    """RDATA of the CAA records in the answer section, as octets, malformed ones too."""
    rdatas, offset = [], 12
    questions, answers = struct.unpack_from("!HH", packet, 4)
    for _ in range(questions):
        offset = _skip_name(packet, offset) + 4
    for _ in range(answers):
        offset = _skip_name(packet, offset)
        rdtype, _, _, size = struct.unpack_from("!HHIH", packet, offset)
        offset += 10
        if rdtype == TYPE_CAA:
            rdatas.append(packet[offset:offset + size])
        offset += size
    return tuple(rdatas)


def _judge(status, result):
    if status != 0:
        return Lookup(status="failed")
    if result.bogus:
        return Lookup(status="bogus", verdict="bogus")
    packet = result.packet
    rcode = packet[3] & 15 if packet else 2
    if rcode not in (0, 3):
        return Lookup(status="failed")
    return Lookup(status="answered", verdict="secure" if result.secure else "insecure",
                  nxdomain=rcode == 3, rdatas=_caa_rdatas(packet))


class _Climb:
    """Asks CAA at `domain` and every ancestor at once."""

    def __init__(self, context, domain):
        self.context = context
        labels = domain.split(".")
        self.names = [".".join(labels[skip:]) for skip in range(len(labels))]
        self.lookups = {name: Lookup() for name in self.names}
        self.waiting = set(self.names)
        for name in self.names:
            context.resolve_async(name + ".", name, self._done, TYPE_CAA)

    def _done(self, name, status, result):
        self.lookups[name] = _judge(status, result)
        self.waiting.discard(name)


def climb_all(environment, tasks):
    """Climbs for (source, domain) in `tasks`, several at a time, each in a context of its own;
    for each the [(name, Lookup)], nearest first."""
    results = []
    for first in range(0, len(tasks), CONCURRENT_CLIMBS):
        climbs = [_Climb(new_context(environment, source), domain)
                  for source, domain in tasks[first:first + CONCURRENT_CLIMBS]]
        deadline = time.monotonic() + LOOKUP_TIMEOUT_S
        while time.monotonic() < deadline:
            pending = {climb.context.get_fd(): climb for climb in climbs if climb.waiting}
            if not pending:
                break
            ready, _, _ = select.select(list(pending), [], [], deadline - time.monotonic())
            for descriptor in ready:
                pending[descriptor].context.process()
        results += [[(name, climb.lookups[name]) for name in climb.names] for climb in climbs]
    return results


def _properties(rdatas):
    for rdata in rdatas:
        size = rdata[1] if len(rdata) > 1 else 0
        tag = rdata[2:2 + size].decode("latin-1")
        if not size or len(rdata) < 2 + size or not re.fullmatch("[A-Za-z0-9]+", tag):
            yield None
        else:
            yield rdata[0], tag.lower(), rdata[2 + size:].decode("latin-1")


def _satisfied(parameters, case):
    """Whether account and method are those the parameters ask for (RFC 8657)."""
    values = {}
    for tag, value in parameters:
        values.setdefault(tag.lower(), []).append(value)
    accounts = values.get("accounturi", [])
    if accounts and accounts != [case.account_uri]:
        return False
    methods = values.get("validationmethods", [])
    if not methods:
        return True
    allowed = {EQUAL_METHODS.get(label, label) for label in methods[0].split(",")}
    return len(methods) == 1 and EQUAL_METHODS.get(case.method, case.method) in allowed


def evaluate(rdatas, case, issuer):
    """(outcome, reason) of a non-empty relevant set."""
    properties = list(_properties(rdatas))
    if None in properties:
        return "refused", "malformed-record"
    if any(flags & ISSUER_CRITICAL and tag not in SUPPORTED_TAGS for flags, tag, _ in properties):
        return "refused", "critical-property"
    kind = "issuemail" if case.type == "smime" else "issue"
    if case.name.startswith("*.") and any(tag == "issuewild" for _, tag, _ in properties):
        kind = "issuewild"
    values = [value for _, tag, value in properties if tag == kind]
    if not values:
        return "permitted", "no-restricting-property"
    reason = "issuance-forbidden"
    for value in values:
        match = ISSUE_VALUE.fullmatch(value)
        if not match or not match[1]:
            continue
        if match[1].lower() != issuer:
            reason = "issuer-not-authorized" if reason == "issuance-forbidden" else reason
        elif _satisfied(re.findall(PARAMETER, value.partition(";")[2]), case):
            return "permitted", "issuer-authorized"
        else:
            reason = "parameters-not-satisfied"
    return "refused", reason


def determine(lookups, case, issuer):
    """What the facts of one climb amount to, lookup failures not excused."""
    weakest = "secure"
    for name, lookup in lookups:
        weakest = min(weakest, lookup.verdict, key=STRENGTH.index)
        if lookup.status in FAILURES:
            return Determination("undetermined", FAILURES[lookup.status], lookup.verdict)
        if lookup.rdatas:
            outcome, reason = evaluate(lookup.rdatas, case, issuer)
            return Determination(outcome, reason, weakest, name)
    if lookups[-1][1].nxdomain and lookups[-1][1].verdict == "secure":
        return Determination("refused", "internal-name", "secure")
    return Determination("permitted", "no-caa-records", weakest)
