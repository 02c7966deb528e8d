# SPDX-License-Identifier: Apache-2.0
"""DNSSEC signatures and denial of existence, sound or broken on purpose (RFC 4034, 5155)."""

import base64
import hashlib
import secrets
import struct
import time

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from dns.rdtypes.ANY.NSEC3PARAM import NSEC3PARAM
from dns.rdtypes.ANY.RRSIG import RRSIG

IN = dns.rdataclass.IN
T = dns.rdatatype
UNSUPPORTED_ALGORITHM = 200  # unassigned at IANA
UNSUPPORTED_DIGEST = 200     # unassigned at IANA
SECURE_ENTRY_POINT_KEY = 257
DAY_S = 86400
OPT_OUT = 1
RSA_BITS = 1024  # these keys live for minutes, and longer ones take long to find
NSEC3_SHA1 = 1


class Key:
    """One key that signs everything in a zone (RFC 6781 s3.1.2, Single-Type Signing Scheme)."""

    def __init__(self, algorithm):
        self.algorithm = UNSUPPORTED_ALGORITHM if algorithm == "unsupported" else algorithm
        if self.algorithm == 8:
            self._private = rsa.generate_private_key(65537, RSA_BITS)
            numbers = self._private.public_key().public_numbers()
            public = b"\x03" + numbers.e.to_bytes(3, "big")  # RFC 3110 s2
            public += numbers.n.to_bytes(RSA_BITS // 8, "big")
        elif self.algorithm == 13:
            self._private = ec.generate_private_key(ec.SECP256R1())
            numbers = self._private.public_key().public_numbers()
            public = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        elif self.algorithm == 15:
            self._private = ed25519.Ed25519PrivateKey.generate()
            public = self._private.public_key().public_bytes(
                serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        else:
            self._private = None
            public = secrets.token_bytes(32)
        self.dnskey = DNSKEY(IN, T.DNSKEY, SECURE_ENTRY_POINT_KEY, 3, self.algorithm, public)
        self.tag = dns.dnssec.key_id(self.dnskey)

    def sign(self, data):
        if self.algorithm == 8:
            return self._private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if self.algorithm == 13:
            r, s = utils.decode_dss_signature(self._private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.algorithm == 15:
            return self._private.sign(data)
        return secrets.token_bytes(64)

    def pem(self):
        """The private key for software that signs by itself."""
        return self._private.private_bytes(serialization.Encoding.PEM,
                                           serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption())

    def ds(self, owner, digest_type=2):
        """The DS of this key at `owner` (RFC 4034 s5.1.4)."""
        data = owner.canonicalize().to_wire() + self.dnskey.to_wire()
        return DS(IN, T.DS, self.tag, self.algorithm, digest_type, hashlib.sha256(data).digest())


class Signer:
    """Signs the RRsets of one zone, or spoils the signatures the way `fault` says."""

    def __init__(self, origin, key, fault=None, fault_type=None, lifetime_s=30 * DAY_S):
        self._origin = origin
        self._key = key
        self._fault = fault
        self._fault_type = T.from_text(fault_type) if fault_type else None
        self._stranger = Key(key.algorithm) if fault == "stranger" else None
        now = int(time.time())
        self._sound = (now - 3600, now + lifetime_s)
        # Near enough that an allowance for skewed clocks would accept them.
        self._expired = (now - 30 * DAY_S, now - 7200)
        self._not_yet = (now + 7200, now + 30 * DAY_S)

    def sign(self, owner, rdataset):
        """The RRSIG over an RRset (RFC 4034 s3.1.8.1), or None where it shall be missing."""
        fault = self._fault if self._fault_type in (None, rdataset.rdtype) else None
        if fault == "missing":
            return None
        inception, expiration = {"expired": self._expired,
                                 "not-yet": self._not_yet}.get(fault, self._sound)
        key = self._stranger if fault == "stranger" else self._key
        labels = len(owner) - 1 - (1 if owner.is_wild() else 0)
        fields = dict(type_covered=rdataset.rdtype, algorithm=key.algorithm, labels=labels,
                      original_ttl=rdataset.ttl, expiration=expiration, inception=inception,
                      key_tag=key.tag, signer=self._origin)
        template = RRSIG(IN, T.RRSIG, signature=b"", **fields)
        prefix = owner.canonicalize().to_wire() + struct.pack("!HHI", rdataset.rdtype, IN,
                                                              rdataset.ttl)
        data = template.to_wire(origin=self._origin)
        for wire in sorted(rdata.to_digestable(self._origin) for rdata in rdataset):
            data += prefix + struct.pack("!H", len(wire)) + wire
        signature = key.sign(data)
        if fault == "wrong":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return RRSIG(IN, T.RRSIG, signature=signature, **fields)


def _windows(types):
    """The type bit maps field (RFC 4034 s4.1.2)."""
    windows = {}
    for rdtype in types:
        windows.setdefault(rdtype >> 8, set()).add(rdtype & 255)
    out = []
    for window, low in sorted(windows.items()):
        octets = bytearray(max(low) // 8 + 1)
        for bit in low:
            octets[bit // 8] |= 0x80 >> (bit % 8)
        out.append((window, bytes(octets)))
    return tuple(out)


def _one(rdata, ttl):
    rdataset = dns.rdataset.Rdataset(IN, rdata.rdtype)
    rdataset.add(rdata, ttl)
    return rdataset


def _authoritative(nodes, origin):
    """Names of the zone without what lies below its cuts, in canonical order."""
    cuts = {name for name, node in nodes.items() if T.NS in node and name != origin}

    def hidden(name):
        while name != origin:
            name = name.parent()
            if name in cuts:
                return True
        return False

    return sorted(name for name in nodes if not hidden(name)), cuts


def _add_nsec(nodes, names, origin, ttl):
    for index, name in enumerate(names):
        types = set(nodes[name]) | {T.NSEC, T.RRSIG}
        following = names[(index + 1) % len(names)]
        nodes[name][T.NSEC] = _one(NSEC(IN, T.NSEC, following, _windows(types)), ttl)


def _add_nsec3(nodes, names, cuts, origin, ttl, opt_out):
    """RFC 5155 s7.1: no salt, no extra iterations (RFC 9276), empty non-terminals included."""
    flags = OPT_OUT if opt_out else 0
    nodes[origin][T.NSEC3PARAM] = _one(NSEC3PARAM(IN, T.NSEC3PARAM, NSEC3_SHA1, 0, 0, b""), 0)
    bitmaps = {}
    for name in names:
        insecure_cut = name in cuts and T.DS not in nodes[name]
        if opt_out and insecure_cut:
            continue
        bitmaps[name] = set(nodes[name]) | (set() if insecure_cut else {T.RRSIG})
        parent = name
        while parent != origin:
            parent = parent.parent()
            if parent not in nodes:
                bitmaps.setdefault(parent, set())
    hashed = sorted((hashlib.sha1(name.canonicalize().to_wire()).digest(), name)
                    for name in bitmaps)
    for index, (digest, name) in enumerate(hashed):
        following = hashed[(index + 1) % len(hashed)][0]
        rdata = NSEC3(IN, T.NSEC3, NSEC3_SHA1, flags, 0, b"", following, _windows(bitmaps[name]))
        owner = dns.name.Name([_base32hex(digest)]).concatenate(origin)
        nodes.setdefault(owner, {})[T.NSEC3] = _one(rdata, ttl)


def _base32hex(octets):
    return base64.b32hexencode(octets).lower().rstrip(b"=")


def sign_zone(nodes, origin, key, signer, denial, ttl, deny=True):
    """Adds DNSKEY, denial of existence and RRSIGs to `nodes` ({name: {type: Rdataset}})."""
    nodes[origin][T.DNSKEY] = _one(key.dnskey, ttl)
    names, cuts = _authoritative(nodes, origin)
    if deny and denial == "nsec":
        _add_nsec(nodes, names, origin, ttl)
    elif deny:
        _add_nsec3(nodes, names, cuts, origin, ttl, denial == "optout")
    names, cuts = _authoritative(nodes, origin)
    for name in names:
        node = nodes[name]
        signatures = []
        for rdtype, rdataset in node.items():
            if name in cuts and rdtype not in (T.DS, T.NSEC):
                continue
            signature = signer.sign(name, rdataset)
            if signature is not None:
                signatures.append((rdataset.ttl, signature))
        if signatures:
            node[T.RRSIG] = signatures
