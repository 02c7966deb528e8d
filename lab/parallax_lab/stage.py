# SPDX-License-Identifier: Apache-2.0
"""Sets the world up inside the namespace: zones, servers, packet filter, environment."""

import base64
import json
import os
import pathlib
import secrets
import subprocess
import sys

from parallax_lab import bench, namespace, sites, web
from parallax_lab.knot import KnotServer
from parallax_lab.zones import Author

LIAR = "liar"
UPDATE_KEY_SIZE = 32


def packet_filter(world):
    """nftables rules that lead lied-to perspectives elsewhere; all else stays untracked."""
    liars = world.servers[LIAR].addresses
    lines, contested, reached = [], [], set(liars)
    for zone in world.zones.values():
        if not zone.lie:
            continue
        contested.append(zone.contested_address)
        target = world.servers[zone.lie.server].addresses[0] if zone.lie.server else liars[0]
        reached.add(target)
        sources = ", ".join(world.perspectives[name][0] for name in zone.lie.to)
        lines.append(f"    ip saddr {{ {sources} }} ip daddr {zone.contested_address} "
                     f"dnat to {target}")
    for route in world.web.routes.values():
        contested.append(route.address)
        reached.update(route.targets.values())
        lines += _route_rules(world, route)
    tracked = ", ".join(contested + sorted(reached))
    untrack = "\n".join(f"""  chain {hook} {{
    type filter hook {hook} priority raw
    ip daddr {{ {tracked} }} return
    ip saddr {{ {tracked} }} return
    notrack
  }}""" for hook in ("output", "prerouting"))
    nat = "\n".join(lines)
    return f"""table ip lab {{
{untrack}
  chain lead_astray {{
    type nat hook output priority -100
{nat}
  }}
}}
{_losses(world)}"""


def _route_rules(world, route):
    """Perspectives that are named come first, since the first rule that fits holds."""
    named = sorted(route.targets, key=lambda pair: pair[0] == sites.EVERYBODY)
    for who, port in named:
        source = "" if who == sites.EVERYBODY else f"ip saddr {world.perspectives[who][0]} "
        yield (f"    {source}ip daddr {route.address} tcp dport {port} "
               f"dnat to {route.targets[who, port]}")


def _losses(world):
    """Rules that lose every packet to some addresses, without telling the sender."""
    drops = "\n".join(f"    {'ip6' if ':' in address else 'ip'} daddr {address} drop"
                      for address in world.web.silent)
    return f"""table inet lab_losses {{
  chain lose {{
    type filter hook input priority 0
{drops}
  }}
}}
"""


def _update_key():
    """The key (TSIG, RFC 8945) under which zones take updates."""
    secret = base64.b64encode(secrets.token_bytes(UPDATE_KEY_SIZE)).decode("ascii")
    return {"algorithm": "hmac-sha256", "id": "lab-update", "secret": secret}


def _instances(world, directory, update_key):
    """The knotd instances with all their zones, not yet started."""
    addresses = {}
    for server in world.servers.values():
        if server.runs:
            addresses.setdefault(server.runs, []).extend(server.addresses)
    for zone in world.zones.values():
        if zone.contested_address:
            addresses[world.servers[zone.servers[0]].runs].append(zone.contested_address)
    return {name: KnotServer(directory / name, listen, update_key=update_key)
            for name, listen in addresses.items()}


def _fill(world, author, instances):
    for name, zone in world.zones.items():
        homes = {world.servers[server].runs for server in zone.servers} - {None}
        if homes:
            text = author.zone_file(name)
            for home in homes:
                if zone.updates:
                    instances[home].add_dynamic(name, text, author.key_pem(name))
                else:
                    instances[home].add(name, text)
        if zone.lie and zone.lie.records is not None:
            instances[LIAR].add(name, author.zone_file(name, zone.lie.records))


def _start_misbehaving(world):
    behaviours = {address: server.does for server in world.servers.values() if server.does
                  for address in server.addresses}
    script = pathlib.Path(__file__).with_name("misbehave.py")
    process = subprocess.Popen([sys.executable, "-I", script, json.dumps(behaviours)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               preexec_fn=namespace.die_with_parent)
    return process


def set_up(world, directory, bench_zones=None, with_web=False):
    """Starts everything; returns the environment variables that tell a command where it is."""
    directory = pathlib.Path(directory)
    ipv6 = [address for group in [server.addresses for server in world.servers.values()]
            + list(world.perspectives.values()) + [world.web.addresses()]
            for address in group if ":" in address]
    namespace.bring_up(ipv6)
    misbehaving = _start_misbehaving(world)
    author = Author(world)
    update_key = _update_key()
    instances = _instances(world, directory, update_key)
    if bench_zones:
        author.add_ready_made_child(bench.TLD, [world.servers["tld"].addresses],
                                    bench_zones.tld_ds)
        instances["tld"].add_file(bench.TLD, bench_zones.tld_file)
        instances["bench"] = KnotServer(directory / "bench", [bench.ADDRESS],
                                        workers=os.cpu_count() or 1)
        for name in bench_zones.names:
            instances["bench"].add_file(name, bench_zones.file(name))
    _fill(world, author, instances)
    for instance in instances.values():
        instance.start()
    namespace.load_packet_filter(packet_filter(world))
    anchors = directory / "root.key"
    anchors.write_text(author.trust_anchor(), encoding="ascii")
    hints = directory / "root.hints"
    hints.write_text("".join(
        f". 3600000 NS ns1.\nns1. 3600000 A {address}\n"
        for address in world.servers["root"].addresses), encoding="ascii")
    update_file = directory / "update.key"
    update_file.write_text(":".join(update_key.values()) + "\n", encoding="ascii")
    for instance in instances.values():
        instance.wait_ready()
    if misbehaving.stdout.readline() != b"ready\n":
        raise RuntimeError("the misbehaving name servers did not start")
    if with_web:
        web.start(world, directory)
    environment = {
        "PARALLAX_LAB_DIR": str(directory),
        "PARALLAX_LAB_TRUST_ANCHORS": str(anchors),
        "PARALLAX_LAB_ROOT_HINTS": str(hints),
        "PARALLAX_LAB_UPDATE_KEY": str(update_file),
        "PARALLAX_LAB_ISSUER": world.issuer,
        "PARALLAX_LAB_SOURCES": " ".join(",".join(pair) for pair in world.perspectives.values()),
    }
    if bench_zones:
        environment["PARALLAX_LAB_BENCH_NAMES"] = str(bench_zones.names_file)
    return environment
