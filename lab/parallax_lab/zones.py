# SPDX-License-Identifier: Apache-2.0
"""From the description of a zone to its zone file: delegations, glue, DS, signatures."""

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype

from parallax_lab import signing

IN = dns.rdataclass.IN
T = dns.rdatatype
TTL_S = 300
NEGATIVE_TTL_S = 60


def absolute(zone):
    return dns.name.root if zone == "." else dns.name.from_text(zone + ".")


def _rdata(rdtype, text, origin):
    # The generic form may hold what the type's own syntax forbids: malformed RDATA.
    if text.startswith("\\#"):
        _, size, octets = text.split()
        wire = bytes.fromhex(octets)
        if len(wire) != int(size):
            raise ValueError(f"generic RDATA '{text}' does not have {size} octets")
        return dns.rdata.GenericRdata(IN, rdtype, wire)
    return dns.rdata.from_text(IN, rdtype, text, origin=origin, relativize=False)


def _add(nodes, name, rdata, rdtype):
    node = nodes.setdefault(name, {})
    if rdtype not in node:
        node[rdtype] = dns.rdataset.Rdataset(IN, rdtype)
        node[rdtype].ttl = TTL_S
    if isinstance(rdata, dns.rdata.GenericRdata):
        node[rdtype].items[rdata] = None  # Rdataset.add insists on the type's own class
    else:
        node[rdtype].add(rdata, TTL_S)


def add_text(nodes, origin, line):
    """Adds one zone file line: OWNER TYPE RDATA."""
    owner, rdtype, text = line.split(None, 2)
    rdtype = T.from_text(rdtype)
    name = origin if owner == "@" else dns.name.from_text(owner, origin)
    _add(nodes, name, _rdata(rdtype, text, origin), rdtype)


def name_servers(zone, address_groups):
    """Zone file lines, relative to `zone`, for its NS records and their addresses."""
    suffix = "" if zone == "." else zone + "."
    lines = []
    for number, addresses in enumerate(address_groups, 1):
        lines.append((zone, f"NS ns{number}.{suffix or ''}"))
        for address in addresses:
            rdtype = "AAAA" if ":" in address else "A"
            lines.append((f"ns{number}.{zone}" if zone != "." else f"ns{number}",
                          f"{rdtype} {address}"))
    return lines


def add_delegation(nodes, zone, address_groups, ds_rdatas):
    """NS, glue and DS of `zone`, for the parent's file or (without DS) its own."""
    for owner, text in name_servers(zone, address_groups):
        rdtype, value = text.split(" ", 1)
        _add(nodes, absolute(owner), _rdata(T.from_text(rdtype), value, dns.name.root),
             T.from_text(rdtype))
    for ds in ds_rdatas:
        _add(nodes, absolute(zone), ds, T.DS)


def start_of_authority(nodes, origin):
    soa = f"ns1.{origin.to_text()} hostmaster.{origin.to_text()}".replace("..", ".")
    _add(nodes, origin, _rdata(T.SOA, f"{soa} 1 7200 3600 1209600 {NEGATIVE_TTL_S}", origin), T.SOA)


def ds_of(zone, key):
    """What the parent publishes for `zone` (a list: empty for an insecure delegation)."""
    if zone.ds == "none":
        return []
    if zone.ds == "stray":
        return [signing.Key(13).ds(absolute(zone.name))]
    if zone.ds == "unsupported-digest":
        return [key.ds(absolute(zone.name), signing.UNSUPPORTED_DIGEST)]
    return [key.ds(absolute(zone.name))]


def to_text(nodes):
    """The zone file. RRSIGs are kept as (TTL, rdata) pairs, since sets of them share no TTL."""
    lines = []
    for name, node in nodes.items():
        owner = name.to_text()
        for rdtype, rdataset in node.items():
            if rdtype == T.RRSIG:
                lines += [f"{owner} {ttl} IN RRSIG {rdata.to_text()}" for ttl, rdata in rdataset]
                continue
            kind = T.to_text(rdtype)
            lines += [f"{owner} {rdataset.ttl} IN {kind} {rdata.to_text()}" for rdata in rdataset]
    return "\n".join(lines) + "\n"


class Author:
    """Writes every zone of the world; keys live as long as it does."""

    def __init__(self, world):
        self._world = world
        self._keys = {name: signing.Key(zone.algorithm)
                      for name, zone in world.zones.items() if zone.algorithm}
        self._extra = {}

    def add_ready_made_child(self, zone, address_groups, ds_rdatas):
        """Delegates to a zone whose file comes from elsewhere."""
        parent = zone.partition(".")[2] or "."
        self._extra.setdefault(parent, []).append((zone, address_groups, ds_rdatas))

    def trust_anchor(self):
        """The root's DS in presentation form."""
        return f". IN DS {self._keys['.'].ds(dns.name.root).to_text()}\n"

    def key_pem(self, name):
        """The key of zone `name`, for a server that signs it; None of an unsigned zone."""
        key = self._keys.get(name)
        return key.pem() if key else None

    def zone_file(self, name, records=None):
        """The text of zone `name`; given `records`, of a forgery that holds them instead.

        A forger has no keys: he signs with one of his own and denies every DS.
        """
        zone = self._world.zones[name]
        forged = records is not None
        origin = absolute(name)
        nodes = {}
        start_of_authority(nodes, origin)
        add_delegation(nodes, name, zone.addresses(self._world), [])
        for line in records if forged else zone.records:
            add_text(nodes, origin, line)
        for child, entry in self._world.zones.items():
            if self._world.parent_of(child) == name:
                add_delegation(nodes, child, entry.addresses(self._world),
                               [] if forged else ds_of(entry, self._keys.get(child)))
        for child, address_groups, ds_rdatas in self._extra.get(name, ()):
            add_delegation(nodes, child, address_groups, ds_rdatas)
        key = self._keys.get(name)
        if key and forged:
            key = signing.Key(zone.algorithm)
        if key and not zone.updates:
            deny = not (zone.fault == "missing" and zone.fault_type in (None, "NSEC"))
            signer = signing.Signer(origin, key, zone.fault, zone.fault_type)
            signing.sign_zone(nodes, origin, key, signer, zone.denial, NEGATIVE_TTL_S, deny)
        return to_text(nodes)
