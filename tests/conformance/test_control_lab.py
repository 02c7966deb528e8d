# SPDX-License-Identifier: Apache-2.0
"""The lab shows each perspective what control.yaml says: by libunbound and plain sockets alone."""

import http.client
import os
import socket
import urllib.error
import urllib.request

import pytest
import reference
import system
from parallax_lab import challenge, sites

pytest_plugins = ["control_fixtures"]

TYPE_TXT, TYPE_A = 16, 1
SOURCES = os.environ["PARALLAX_LAB_SOURCES"].split(" ")[:6]
RIGHT, OTHER, NOTHING, BOGUS = "right", "other", "nothing", "bogus"
ALL = [RIGHT] * 6
# zone: what the primary and remotes 1 to 5 see of its TXT record
VIEWS = {
    "control.alder": ALL, "control-nsec3.birch": ALL, "control-unsigned.alder": ALL,
    "control-optout.cedar": ALL, "control-wrong.alder": [OTHER] * 6,
    "control-missing.alder": [NOTHING] * 6, "control-bogus.alder": [BOGUS] * 6,
    "control-stripped.alder": [BOGUS] * 6,
    "only-primary.alder": [RIGHT] + [NOTHING] * 5,
    "all-but-one.alder": [RIGHT, RIGHT, NOTHING, RIGHT, RIGHT, RIGHT],
    "all-but-two.alder": [RIGHT, RIGHT, NOTHING, NOTHING, RIGHT, RIGHT],
    "changed-at-one.alder": [RIGHT, RIGHT, OTHER, RIGHT, RIGHT, RIGHT],
    "changed-at-two.alder": [RIGHT, RIGHT, OTHER, OTHER, RIGHT, RIGHT],
    "one-forgery.alder": [RIGHT, RIGHT, BOGUS, RIGHT, RIGHT, RIGHT],
    "two-forgeries.alder": [RIGHT, RIGHT, BOGUS, BOGUS, RIGHT, RIGHT],
    "primary-misled.alder": [NOTHING] + [RIGHT] * 5,
    "primary-changed.alder": [OTHER] + [RIGHT] * 5,
    "primary-hijacked.alder": [BOGUS] + [NOTHING] * 5,
}


@pytest.fixture(scope="module")
def contexts():
    return [reference.new_context(os.environ, source) for source in SOURCES]


def look(context, zone):
    status, result = context.resolve(f"_code.{zone}", TYPE_TXT)
    assert status == 0
    if result.bogus:
        return BOGUS
    texts = result.data.raw if result.havedata else []
    if any(challenge.RANDOM_VALUE.encode() in text for text in texts):
        return RIGHT
    return OTHER if texts else NOTHING


@pytest.mark.parametrize("zone", VIEWS)
def test_what_each_perspective_sees(zone, contexts):
    assert [look(context, zone) for context in contexts] == VIEWS[zone]


def test_every_name_of_a_web_server_has_its_address(contexts):
    wanted = {f"{name}.{sites.HOSTILE_ZONE}": address
              for name, address in system.WORLD.web.hostile_addresses().items()}
    main = system.WORLD.web.sites[sites.NGINX_SITE]
    wanted |= {f"{host}.{sites.WEB_ZONE}": main.addresses[0] for host in main.hosts}
    for name, address in wanted.items():
        status, result = contexts[0].resolve(name, TYPE_A)
        assert (status, result.havedata, result.secure) == (0, True, True), name
        assert [socket.inet_ntoa(raw) for raw in result.data.raw] == [address]


@pytest.mark.parametrize("host, status", [("good", 200), ("created-alone", 201), ("error", 500),
                                          ("ten-steps", 302), ("nothing-of-the-kind", 200)])
def test_nginx_serves_hosts_apart(web_servers, host, status):
    path = f"/.well-known/acme-challenge/{challenge.TOKEN}"
    request = urllib.request.Request(f"http://127.0.6.1{path}",
                                     headers={"Host": f"{host}.{sites.WEB_ZONE}"})

    class Still(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        with urllib.request.build_opener(Still).open(request, timeout=10) as answer:
            got, body = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        got, body = error.code, None
    assert got == status
    assert body in (None, challenge.key_authorization())


FACES = {"right": (200, challenge.key_authorization()), "wrong": (200,
                                                                challenge.OTHER_RANDOM_VALUE),
         "missing": (404, None), "silent": (None, None), "closed": (None, None)}


def fetch(address, source):
    """(status, body) of the document for http-01 as seen from `source`; nothing if unreachable."""
    connection = http.client.HTTPConnection(address, 80, timeout=0.2, source_address=(source, 0))
    try:
        connection.request("GET", f"/.well-known/acme-challenge/{challenge.TOKEN}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode() if answer.status == 200 else None
    except OSError:
        return None, None
    finally:
        connection.close()


@pytest.mark.parametrize("name", system.WORLD.web.routes)
def test_what_each_perspective_reaches_on_its_route(name, web_servers):
    route = system.WORLD.web.routes[name]
    everybody = list(system.WORLD.perspectives)[:6]
    wanted = {who: FACES[route.faces.get(who, route.faces[sites.EVERYBODY])] for who in everybody}
    sources = {who: system.WORLD.perspectives[who][0] for who in everybody}
    seen = system.at_once(lambda who: fetch(route.address, sources[who]), everybody)
    assert dict(zip(everybody, seen)) == wanted


def test_lost_packets_are_lost():
    for address in system.WORLD.web.silent:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as client:
            client.settimeout(0.2)
            with pytest.raises(TimeoutError):
                client.connect((address, 80))
