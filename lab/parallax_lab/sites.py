# SPDX-License-Identifier: Apache-2.0
"""What control.yaml says of web servers, certificates and records, as checked values."""

import dataclasses

from parallax_lab.challenge import fill_in

WEB_ZONE, TLS_ZONE, HOSTILE_ZONE = "web.alder", "tls.alder", "hostile.alder"
ROUTES_ZONE = "routes.alder"
NGINX_SITE, TLS_SITE = "main", "tls"  # where HOSTS and CERTIFICATES live
DEFAULT_HOST = "default"
# One address for each hostile server, from here on.
HOSTILE_NETWORK, HOSTILE_FIRST = "127.0.6.", 100
# One address for each route, from here on, below the hostile servers.
ROUTES_NETWORK, ROUTES_FIRST = "127.0.6.", 60
EVERYBODY = "all"
FACE_PORTS = (80, 443)


class WorldError(Exception):
    """The description contradicts itself or says something unknown."""


@dataclasses.dataclass(frozen=True)
class Site:
    name: str
    addresses: tuple
    listen: tuple        # "80", "443 ssl"
    tls: str | None      # protocols that nginx speaks, if not its own choice
    hosts: dict          # name or "default": nginx directives
    shows: str | None    # a responder for tls-alpn-01 instead: the certificate of unlisted names


@dataclasses.dataclass(frozen=True)
class Route:
    address: str
    faces: dict          # perspective, or "all" for the others: face
    targets: dict        # (perspective or "all", port): the address that packets are led to


@dataclasses.dataclass(frozen=True)
class Web:
    sites: dict
    hostile: dict        # behaviour: what it is
    certificates: dict   # kind: what it is
    silent: tuple
    routes: dict

    def hostile_addresses(self):
        return {name: f"{HOSTILE_NETWORK}{HOSTILE_FIRST + number}"
                for number, name in enumerate(self.hostile)}

    def addresses(self):
        return [address for site in self.sites.values() for address in site.addresses]


def _site(name, entry):
    unknown = set(entry) - {"addresses", "listen", "tls", "hosts", "shows"}
    if unknown or ("hosts" in entry) != ("listen" in entry):
        raise WorldError(f"site {name}: unknown {sorted(unknown)}, or hosts without listen")
    hosts = {host: fill_in(text) for host, text in entry.get("hosts", {}).items()}
    return Site(name, tuple(entry["addresses"]), tuple(entry.get("listen", ())),
                entry.get("tls"), hosts, entry.get("shows"))


def _routes(routes, faces, known):
    """{name: Route} in the order given."""
    out = {}
    for number, (name, seen) in enumerate(routes.items()):
        address = f"{ROUTES_NETWORK}{ROUTES_FIRST + number}"
        if EVERYBODY not in seen or ROUTES_FIRST + number >= HOSTILE_FIRST:
            raise WorldError(f"route {name}: says nothing of `{EVERYBODY}`, or is one too many")
        try:
            targets = {(who, port): known[site].addresses[0] for who, face in seen.items()
                       for port, site in zip(FACE_PORTS, faces[face])}
        except KeyError as error:
            raise WorldError(f"route {name}: no face or site {error}") from error
        out[name] = Route(address, seen, targets)
    return out


def _address_lines(owner, addresses):
    return [f"{owner} {'AAAA' if ':' in address else 'A'} {address}" for address in addresses]


def _expand(records, sets, web):
    """Zone file lines of `records`, with the shorthands of control.yaml spelled out."""
    out = []
    for record in records:
        words = record.split()
        if words[0] == "SET":
            out += _expand(sets[words[1]], sets, web)
        elif len(words) == 3 and words[1] == "SITE":
            out += _address_lines(words[0], web.sites[words[2]].addresses)
        elif words[0] == "HOSTS":
            for host in web.sites[NGINX_SITE].hosts:
                out += _address_lines(host, web.sites[NGINX_SITE].addresses)
        elif words[0] == "CERTIFICATES":
            for kind in web.certificates:
                out += _address_lines(kind, web.sites[TLS_SITE].addresses)
        elif words[0] == "ROUTES":
            for name, route in web.routes.items():
                out += _address_lines(name, [route.address])
        elif words[0] == "HOSTILE":
            for behaviour, address in web.hostile_addresses().items():
                out += _address_lines(behaviour, [address])
        else:
            out.append(fill_in(record))
    return out


def load(data):
    """(Web, zones as world.py takes them). Raises WorldError."""
    unknown = set(data) - {"sets", "sites", "hostile", "certificates", "silent", "faces", "routes",
                           "zones"}
    if unknown:
        raise WorldError(f"control: unknown {', '.join(sorted(unknown))}")
    known = {name: _site(name, entry) for name, entry in data["sites"].items()}
    web = Web(known, data["hostile"], data["certificates"], tuple(data["silent"]),
              _routes(data["routes"], data["faces"], known))
    zones = {}
    for name, entry in data["zones"].items():
        entry = dict(entry)
        try:
            if "records" in entry:
                entry["records"] = _expand(entry["records"], data["sets"], web)
            if "records" in entry.get("lie", {}):
                lied = _expand(entry["lie"]["records"], data["sets"], web)
                entry["lie"] = entry["lie"] | {"records": lied}
        except KeyError as error:
            raise WorldError(f"zone {name}: no set or site {error}") from error
        zones[name] = entry
    return web, zones
