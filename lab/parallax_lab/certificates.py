# SPDX-License-Identifier: Apache-2.0
"""Certificates: the web servers' own, and those of tls-alpn-01 (RFC 8737), right or wrong in one
way each."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.31"
DRAFT_ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.30.1"
DAY = datetime.timedelta(days=1)
RSA_BITS = 2048
# From when to when a kind is valid, relative to now.
VALIDITY = {"expired": (-3 * DAY, -DAY), "not-yet": (DAY, 3 * DAY)}
REVERSE_ZONES = {".in-addr.arpa": 1, ".ip6.arpa": 4}  # and nibbles or octets per group
EXTENSIONS_TAG, SEQUENCE_TAG, BIT_STRING_TAG = 0xA3, 0x30, 0x03


def new_key(kind=None):
    """A key for a certificate of that kind."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _common_name(text):
    if not text:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text[:64])])


def _builder(subject, issuer, key, begin=-DAY, end=DAY):
    now = datetime.datetime.utcnow()
    return (x509.CertificateBuilder().subject_name(_common_name(subject))
            .issuer_name(_common_name(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begin).not_valid_after(now + end))


def web_certificate(key, name, address=None):
    """Self-signed, as of a server that nobody configured."""
    names = [x509.DNSName(name)]
    if address:
        names.append(x509.IPAddress(ipaddress.ip_address(address)))
    builder = _builder(name, name, key).add_extension(
        x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def address_of(reverse_name):
    """The address of a name in the reverse zones; None of any other."""
    for zone, digits in REVERSE_ZONES.items():
        if reverse_name.endswith(zone):
            labels = reverse_name.removesuffix(zone).split(".")[::-1]
            if digits == 1:
                return ipaddress.ip_address(".".join(labels))
            return ipaddress.ip_address(
                ":".join("".join(labels[at:at + digits]) for at in range(0, len(labels), digits)))
    return None


def _alternative_names(kind, name):
    address = address_of(name)
    right = (x509.IPAddress(address) if address and kind != "name-for-address"
             else x509.DNSName(name))
    return {
        "two-san-good-first": [right, x509.DNSName("other.example")],
        "wrong-name": [x509.DNSName("other.example")],
        "wildcard-name": [x509.DNSName("*." + name.partition(".")[2])],
        "no-san": [],
        "email-san": [x509.RFC822Name("a@" + name)],
        "wrong-address": [x509.IPAddress(ipaddress.ip_address("127.0.6.99"))],
        "address-for-name": [x509.IPAddress(ipaddress.ip_address("127.0.6.20"))],
        "uri-san": [x509.UniformResourceIdentifier("https://" + name)],
        "two-same-names": [right, right],
        "upper-case": [x509.DNSName(name.upper())],
    }.get(kind, [right])


def _acme_identifier(kind, digest):
    """(object identifier, value, critical), or None."""
    if kind == "no-extension":
        return None
    value = {"wrong-digest": b"\x04\x20" + bytes(32),
             "short-digest": b"\x04\x1f" + digest[:31],
             "long-digest": b"\x04\x21" + digest + b"\0",
             "bare-digest": digest}.get(kind, b"\x04\x20" + digest)
    oid = DRAFT_ACME_IDENTIFIER if kind == "draft-oid" else ACME_IDENTIFIER
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), kind != "not-critical"


def tls_alpn_certificate(kind, name, digest, key):
    """What a responder shows for SNI `name`; DER of it where the builder refuses to make such."""
    issuer = "Some Other Authority" if kind == "issued" else name
    subject, issuer = ("", "") if kind == "no-subject" else (name, issuer)
    builder = _builder(subject, issuer, key, *VALIDITY.get(kind, (-DAY, DAY)))
    names = _alternative_names(kind, name)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    extension = _acme_identifier(kind, digest)
    if extension:
        builder = builder.add_extension(extension[0], critical=extension[1])
    signer = new_key() if kind in ("issued", "forged") else key
    certificate = builder.sign(signer, hashes.SHA256())
    if kind == "twice":
        return x509.load_der_x509_certificate(_with_last_extension_twice(certificate, key))
    return certificate


# --- DER, as far as it takes to put an extension in twice (X.690 s8.1) ----------------------------


def _encode(tag, content):
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _elements(content):
    """[(tag, content, whole)] of what a constructed element holds."""
    out, at = [], 0
    while at < len(content):
        size, head = content[at + 1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(content[at + 2:at + head], "big")
        end = at + head + size
        out.append((content[at], content[at + head:end], content[at:end]))
        at = end
    return out


def _with_last_extension_twice(certificate, key):
    fields = _elements(_elements(certificate.tbs_certificate_bytes)[0][1])
    extensions = _elements(fields[-1][1])[0][1]
    twice = extensions + _elements(extensions)[-1][2]
    tbs = _encode(SEQUENCE_TAG, b"".join(whole for _, _, whole in fields[:-1])
                  + _encode(EXTENSIONS_TAG, _encode(SEQUENCE_TAG, twice)))
    signature = key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    algorithm = _elements(_elements(certificate.public_bytes(serialization.Encoding.DER))[0][1])[1]
    return _encode(SEQUENCE_TAG, tbs + algorithm[2] + _encode(BIT_STRING_TAG, b"\0" + signature))
