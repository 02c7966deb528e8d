# SPDX-License-Identifier: Apache-2.0
"""The challenges that the lab's world answers: the same at each start, so that tests need not ask.

The account key is anybody's; it is made from a number here so that third-party ACME software can
hold it too and compute the key authorization by itself.
"""

import base64
import functools
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric import ec

ACCOUNT_KEY_NUMBER = 0x706172616C6C6178
COORDINATE_SIZE = 32
TOKEN = "DGyRejmCefe7v4NfDGDKfA-parallax-lab-token-0"
RANDOM_VALUE = "r4nd0m-Value-of-the-lab-7d1f0a93c2"
OTHER_RANDOM_VALUE = "another-Value-altogether-55e0b8d641"
RANDOM_NAME = "r4nd0m-value-7d1f0a93c2.validation.example"
ACCOUNT_URI = "https://ca.example/acct/1"
OTHER_ACCOUNT_URI = "https://ca.example/acct/2"
CONTACT_EMAIL = "domains@contact.example"
CONTACT_PHONE = "+1 555 123 4567"
HASHED_NAME = "hashed.persist.alder"
HASH_PREFIX = "https://ca.example/account-hash/"
WEBSITE_PATH = "parallax/code.txt"  # below /.well-known/pki-validation/
POINTED_TO = "control.alder"        # what the good PTR records point to: every challenge is there


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


@functools.cache
def account_key():
    return ec.derive_private_key(ACCOUNT_KEY_NUMBER, ec.SECP256R1())


@functools.cache
def key_authorization(token=TOKEN):
    """RFC 8555 s8.1: the token, a dot, and the thumbprint of the account key (RFC 7638)."""
    numbers = account_key().public_key().public_numbers()
    members = {"crv": "P-256", "kty": "EC",
               "x": base64url(numbers.x.to_bytes(COORDINATE_SIZE, "big")),
               "y": base64url(numbers.y.to_bytes(COORDINATE_SIZE, "big"))}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode("ascii")
    return f"{token}.{base64url(hashlib.sha256(canonical).digest())}"


def digest():
    """SHA-256 of the key authorization."""
    return hashlib.sha256(key_authorization().encode("ascii")).digest()


def thumbprint():
    """RFC 7638, of the account key."""
    return key_authorization().rpartition(".")[2]


def hashed_account(domain=HASHED_NAME, account_uri=ACCOUNT_URI):
    """The accounturi of a hashed persistent record (draft-ietf-acme-dns-persist-02 s4.1)."""
    octets = bytes([len(domain)]) + (domain + thumbprint() + account_uri).encode("ascii")
    return f"{HASH_PREFIX}sha-256/{base64url(hashlib.sha256(octets).digest())}"


def account_label(account_uri=ACCOUNT_URI):
    """The label of dns-account-01 (draft-ietf-acme-dns-account-label-00)."""
    name = base64.b32encode(hashlib.sha256(account_uri.encode("ascii")).digest()[:10])
    return "_" + name.decode("ascii").lower()


@functools.cache
def _values():
    return {
        "TOKEN": TOKEN, "RANDOM": RANDOM_VALUE, "OTHER_RANDOM": OTHER_RANDOM_VALUE,
        "RANDOM_NAME": RANDOM_NAME, "KEY_AUTHORIZATION": key_authorization(),
        "DIGEST": base64url(digest()),
        "OTHER_DIGEST": base64url(hashlib.sha256(b"another").digest()),
        "ACCOUNT": ACCOUNT_URI, "OTHER_ACCOUNT": OTHER_ACCOUNT_URI,
        "ACCOUNT_LABEL": account_label(), "OTHER_ACCOUNT_LABEL": account_label(OTHER_ACCOUNT_URI),
        "HASHED_NAME": HASHED_NAME, "HASHED": hashed_account(), "HASHED_ANY": hashed_account("*"),
        "EMAIL": CONTACT_EMAIL, "PHONE": CONTACT_PHONE, "POINTED_TO": POINTED_TO,
        "HTTP01": f"/.well-known/acme-challenge/{TOKEN}",
        "WEBSITE": f"/.well-known/pki-validation/{WEBSITE_PATH}",
    }


def fill_in(text):
    """`text` with every <PLACEHOLDER> replaced."""
    for name, value in _values().items():
        text = text.replace(f"<{name}>", value)
    return text
