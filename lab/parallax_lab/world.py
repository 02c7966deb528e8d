# SPDX-License-Identifier: Apache-2.0
"""The description of the world (world.yaml and control.yaml) as checked values."""

import dataclasses
import pathlib

import yaml

from parallax_lab import sites
from parallax_lab.sites import WorldError

DESCRIPTION = pathlib.Path(__file__).resolve().parent.parent / "world.yaml"

ALGORITHMS = {8: 8, 13: 13, 15: 15, "unsupported": "unsupported", "none": None}
DENIALS = ("nsec", "nsec3", "optout")
DS_KINDS = ("match", "none", "stray", "unsupported-digest")
FAULTS = ("expired", "not-yet", "missing", "wrong", "stranger")
OUTCOMES = ("permitted", "refused", "undetermined")
# Lied-about zones get name server addresses of their own here, so that a packet filter can lead
# the packets of chosen perspectives elsewhere.
CONTESTED_NETWORK = "127.0.3."
DEEP_LABEL = "d"


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    addresses: tuple
    runs: str | None  # the knotd instance that serves the addresses
    does: str | None  # or how it misbehaves; neither: nothing listens


@dataclasses.dataclass(frozen=True)
class Lie:
    to: tuple               # perspectives that are led elsewhere
    records: tuple | None   # what they are told there
    server: str | None      # or the misbehaving server they reach


@dataclasses.dataclass(frozen=True)
class Zone:
    name: str  # without trailing dot; "." is the root
    purpose: str
    servers: tuple
    contested_address: str | None
    algorithm: int | str | None
    denial: str
    ds: str
    fault: str | None
    fault_type: str | None
    records: tuple
    lie: Lie | None
    updates: bool = False  # takes dynamic updates, and is signed by its server

    def addresses(self, world):
        """Where its name servers are: one group of addresses per name server."""
        if self.contested_address:
            return [(self.contested_address,)]
        return [world.servers[server].addresses for server in self.servers]


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    type: str
    purpose: str
    outcome: str
    reasons: tuple           # any of them
    verdict: str | None
    found_at: str | None
    lenient_outcome: str
    lenient_reasons: tuple
    lenient_verdict: str | None
    lenient_found_at: str | None
    account_uri: str | None
    method: str | None
    corroborated: str | None  # "permitted 4/5"

    @property
    def id(self):
        extras = [text.rsplit("/", 1)[-1] for text in (self.account_uri, self.method) if text]
        return "-".join([self.type, self.name[-60:], *extras])

    @property
    def domain(self):
        """What CAA is searched for, still with U-labels."""
        return self.name.rpartition("@")[2].removeprefix("*.")


@dataclasses.dataclass(frozen=True)
class World:
    issuer: str
    servers: dict
    perspectives: dict
    zones: dict
    cases: tuple
    web: sites.Web
    control_zones: tuple  # names of the zones that control.yaml describes

    def parent_of(self, zone):
        """The zone that delegates to `zone`; none for the root."""
        labels = [] if zone == "." else zone.split(".")
        for skip in range(1, len(labels)):
            candidate = ".".join(labels[skip:])
            if candidate in self.zones:
                return candidate
        return "." if labels else None


def _take(mapping, where, known):
    unknown = set(mapping) - set(known)
    if unknown:
        raise WorldError(f"{where}: unknown {', '.join(sorted(map(str, unknown)))}")
    return mapping


def _expectation(text, where):
    words = text.split()
    if len(words) not in (2, 3) or words[0] not in OUTCOMES:
        raise WorldError(f"{where}: '{text}' is not OUTCOME REASON [VERDICT]")
    return words[0], tuple(words[1].split("|")), words[2] if len(words) == 3 else None


def _case(entry, purpose, deep_name):
    where = f"case {entry.get('name')}"
    _take(entry, where, ("name", "is", "at", "lenient", "lenient_at", "corroborated", "account_uri",
                         "method", "for"))
    name = entry["name"].replace("DEEP-NAME", deep_name or "")
    outcome, reasons, verdict = _expectation(entry["is"], where)
    lenient = entry.get("lenient")
    lenient_outcome, lenient_reasons, lenient_verdict = (
        _expectation(lenient, where) if lenient else (outcome, reasons, verdict))
    return Case(name=name, type="smime" if "@" in name else "tls",
                purpose=entry.get("for", purpose), outcome=outcome, reasons=reasons,
                verdict=verdict, found_at=entry.get("at"), lenient_outcome=lenient_outcome,
                lenient_reasons=lenient_reasons, lenient_verdict=lenient_verdict,
                lenient_found_at=entry.get("lenient_at") if lenient else entry.get("at"),
                account_uri=entry.get("account_uri"), method=entry.get("method"),
                corroborated=entry.get("corroborated"))


def _expand(records, zone):
    """Spells out the two shorthands for records that nobody wants to read one by one."""
    out, deep_name = [], None
    for record in records:
        word, _, rest = record.partition(" ")
        if word == "CAA-SET":
            out += [f'@ CAA 0 issuemail "ca-{n:04}.example"' for n in range(int(rest))]
        elif word == "DEEP-NAME":
            relative = ".".join([DEEP_LABEL] * int(rest))
            deep_name = f"{relative}.{zone}"
            out.append(f"{relative} A 192.0.2.20")
        else:
            out.append(record)
    return tuple(out), deep_name


def _lie(entry, where, perspectives, servers):
    _take(entry, where, ("to", "records", "server"))
    strangers = set(entry["to"]) - set(perspectives)
    if strangers or ("records" in entry) == ("server" in entry):
        raise WorldError(f"{where}: a lie needs known perspectives, and records or a server")
    if "server" in entry and entry["server"] not in servers:
        raise WorldError(f"{where}: no server {entry['server']}")
    return Lie(tuple(entry["to"]), tuple(entry["records"]) if "records" in entry else None,
               entry.get("server"))


def _zone(name, entry, world_so_far):
    where = f"zone {name}"
    _take(entry, where,
          ("for", "server", "sign", "denial", "ds", "fault", "records", "lie", "cases", "updates"))
    sign = entry.get("sign", 13)
    servers = entry.get("server", "leaf")
    servers = (servers,) if isinstance(servers, str) else tuple(servers)
    denial = entry.get("denial", "nsec")
    algorithm = ALGORITHMS.get(sign, "?")
    ds = entry.get("ds", "none" if algorithm is None else "match")
    fault, _, fault_type = entry.get("fault", "").partition(" ")
    known = (algorithm != "?" and denial in DENIALS and ds in DS_KINDS
             and fault in ("", *FAULTS) and set(servers) <= set(world_so_far["servers"]))
    if not known:
        raise WorldError(f"{where}: unknown algorithm, denial, DS kind, fault or server")
    lie = None
    if "lie" in entry:
        lie = _lie(entry["lie"], where, world_so_far["perspectives"], world_so_far["servers"])
    contested = None
    if lie:
        if not world_so_far["servers"][servers[0]].runs:
            raise WorldError(f"{where}: a lie is told about a zone that somebody serves")
        world_so_far["contested"] += 1
        contested = f"{CONTESTED_NETWORK}{world_so_far['contested']}"
    updates = entry.get("updates", False)
    if updates and (algorithm not in (13, None) or denial != "nsec" or fault or lie):
        raise WorldError(f"{where}: updates go with algorithm 13 and NSEC, or none, and no fault")
    records, deep_name = _expand(entry.get("records", ()), name)
    zone = Zone(name=name, purpose=entry["for"], servers=servers, contested_address=contested,
                algorithm=algorithm, denial=denial, ds=ds, fault=fault or None,
                fault_type=fault_type or None, records=records, lie=lie, updates=updates)
    cases = [_case(case, entry["for"], deep_name) for case in entry.get("cases", ())]
    return zone, cases


def _read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def load(path=DESCRIPTION):
    """Reads and checks the description. Raises WorldError."""
    data = _read(path)
    _take(data, "world", ("issuer", "servers", "perspectives", "zones", "cases"))
    web, control_zones = sites.load(_read(path.with_name("control.yaml")))
    servers = {}
    for name, entry in data["servers"].items():
        _take(entry, f"server {name}", ("addresses", "runs", "does"))
        servers[name] = Server(name, tuple(entry["addresses"]), entry.get("runs"),
                               entry.get("does"))
    perspectives = {name: tuple(pair) for name, pair in data["perspectives"].items()}
    so_far = {"servers": servers, "perspectives": perspectives, "contested": 0}
    zones, cases = {}, []
    twice = set(data["zones"]) & set(control_zones)
    if twice:
        raise WorldError(f"both files describe {', '.join(sorted(twice))}")
    for name, entry in (data["zones"] | control_zones).items():
        zones[name], zone_cases = _zone(name, entry, so_far)
        cases += zone_cases
    cases += [_case(case, "", None) for case in data["cases"]]
    return World(data["issuer"], servers, perspectives, zones, tuple(cases), web,
                 tuple(control_zones))
