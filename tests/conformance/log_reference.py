# SPDX-License-Identifier: Apache-2.0
"""The evidence log by its specifications, written apart from the server: RFC 9162 hashes, C2SP
signed notes, checkpoints and tiles, commitments of docs/evidence.md. Python's hashlib and Debian's
python3-cryptography only."""

import base64
import dataclasses
import hashlib
import json
import struct

from cryptography.hazmat.primitives.asymmetric import ed25519

TILE_WIDTH = 256


def sha256(octets):
    return hashlib.sha256(octets).digest()


def leaf_hash(leaf):
    return sha256(b"\0" + leaf)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def root(hashes):
    """MTH of RFC 9162 s2.1.1 over hashes of leaves."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(root(hashes[:split]), root(hashes[split:]))


def tile_path(level, index, width=TILE_WIDTH):
    """/log/tile/... of a level, or of "entries"."""
    groups = []
    rest = index
    while True:
        groups.insert(0, f"{rest % 1000:03}")
        rest //= 1000
        if not rest:
            break
    groups[:-1] = ["x" + group for group in groups[:-1]]
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"/log/tile/{level}/{'/'.join(groups)}{partial}"


def leaves_of(bundle):
    """The leaves in an entry bundle."""
    out = []
    while bundle:
        (size,) = struct.unpack_from(">H", bundle)
        out.append(bundle[2:2 + size])
        assert len(out[-1]) == size, "a bundle ends within a leaf"
        bundle = bundle[2 + size:]
    return out


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def open_checkpoint(note, vkey):
    """The checkpoint in a signed note that the key of `vkey` signed."""
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    assert key[0] == 1, "an Ed25519 key"
    assert sha256(name.encode() + b"\n" + key)[:4].hex() == key_id
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    found = [line.split(" ") for line in signatures.splitlines()]
    ours = [base64.b64decode(blob, validate=True) for dash, who, blob in found
            if dash == "\u2014" and who == name]
    (blob,) = [each for each in ours if each[:4].hex() == key_id]
    ed25519.Ed25519PublicKey.from_public_bytes(key[1:]).verify(blob[4:], text.encode())
    origin, size, encoded_root = text.splitlines()[:3]
    assert origin == name
    return Checkpoint(origin, int(size), base64.b64decode(encoded_root, validate=True))


def canonical(value):
    """RFC 8785 of what records hold: no fractions, and keys in ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(salt, text):
    digest = sha256(b"parallax part v1\0" + salt + text)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
