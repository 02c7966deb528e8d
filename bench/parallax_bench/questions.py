# SPDX-License-Identifier: Apache-2.0
"""What the loads ask, over which interface, and what bare libunbound is asked beside it."""

import base64
import dataclasses
import json

from parallax_lab import challenge
from parallax_lab.bench import WEB_ADDRESSES
from parallax_lab.cluster import ISSUER

NAME, ORDER_ID, NONCE = "<NAME>", "<ID>", "<NONCE>"
OBSERVE_DEADLINE_MS = 14_000
HTTP01_PATH = f"/.well-known/acme-challenge/{challenge.TOKEN}"
DIGEST = challenge.base64url(challenge.digest())


@dataclasses.dataclass(frozen=True)
class Question:
    path: str
    body: str      # <NAME>, <ID> and <NONCE> are filled in by the load
    expected: str  # every good answer holds it

    def arguments(self):
        return ["--path", self.path, "--body", self.body, "--expect", self.expected]


@dataclasses.dataclass(frozen=True)
class Control:
    """A question of control through the whole, and its counterpart."""
    key: str
    what: str
    concurrency: tuple
    question: Question
    bare: tuple        # arguments of the baseline
    bare_what: str


def _order(kind, name):
    body = {"id": ORDER_ID, "type": kind, "names": [name], "issuers": [ISSUER]}
    # Null unless permitted.
    return Question("/v1/corroborations", json.dumps(body), '"permission_expires":"2')


def _observe(check, expected):
    body = {"request": {"order": ORDER_ID, "attempt": 1, "nonce": NONCE, "check": check},
            "deadline_ms": OBSERVE_DEADLINE_MS}
    return Question("/v1/observe", json.dumps(body), expected)


def _mpic(method, **parameters):
    """Control alone: an order over /v1 goes on to CAA."""
    body = {"check_type": "dcv", "domain_or_ip_target": NAME,
            "dcv_check_parameters": {"validation_method": method, **parameters}}
    return Question("/mpic", json.dumps(body), '"is_valid":true')


def _observe_http(target, expected):
    return _observe(
        {"kind": "control",
         "control": {"method": "acme-http-01", "applied_for": target,
                     "follow_cnames": False,
                     "challenge": {"kind": "http", "scheme": "http", "path": HTTP01_PATH,
                                   "value": challenge.key_authorization(), "headers": []}}},
        expected)


CAA_ORDER = _order("smime", f"user@{NAME}")
CAA_OBSERVATION = _observe({"kind": "caa", "domain": NAME, "prove_insecure": False},
                           r'\"tag\":\"issuemail\"')
# The body of a document stands in the statement in base64.
_BODY = base64.b64encode(challenge.key_authorization().encode("ascii")).decode("ascii")
HTTP_OBSERVATION = _observe_http({"domain": NAME}, _BODY)
# What a perspective says of a server that is too slow (net/impl/guarded_connection.cc).
DRIP_OBSERVATION = _observe_http({"ip": NAME}, "octets its answer was not whole in time")

_TXT = ("--ask", "txt", "--label")
_GET = ("--get", WEB_ADDRESSES[1], "--get-path", HTTP01_PATH,
        "--get-expect", challenge.key_authorization())

CONTROL = (
    Control("acme-dns-01", "acme-dns-01, coordinator and five remotes", (1, 8, 32),
            _mpic("acme-dns-01", key_authorization_hash=DIGEST),
            (*_TXT, "_acme-challenge"), "six bare TXT lookups"),
    Control("dns-persistent", "dns-persistent, coordinator and five remotes", (8,),
            _mpic("dns-persistent", issuer_domain_names=[ISSUER],
                  expected_account_uri=challenge.ACCOUNT_URI),
            (*_TXT, "_validation-persist"), "six bare TXT lookups (_validation-persist)"),
    Control("acme-http-01", "acme-http-01, coordinator and five remotes", (1, 8, 32),
            _mpic("acme-http-01", token=challenge.TOKEN,
                  key_authorization=challenge.key_authorization()),
            ("--ask", "addresses", *_GET), "six bare A and AAAA lookups and GETs"),
    Control("order", "one order: acme-dns-01, then CAA", (8,),
            _order("tls", {"name": NAME, "control": {"method": "acme-dns-01",
                                                     "key_authorization_hash": DIGEST}}),
            ("--ask", "txt", "--ask", "caa", "--label", "_acme-challenge"),
            "six bare TXT and CAA lookups"),
)
