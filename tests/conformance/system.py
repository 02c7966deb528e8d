# SPDX-License-Identifier: Apache-2.0
"""What the whole-system tests share: a cluster, orders sent at once, answers held against the
OpenAPI document."""

import concurrent.futures
import json
import pathlib
import subprocess

import openapi_validate
from parallax_lab import cluster as lab_cluster
from parallax_lab import world as description

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXECUTABLE = lab_cluster.EXECUTABLE
WORLD = description.load()
OPENAPI = openapi_validate.load(ROOT / "docs" / "openapi.json")
PERMITTED = "alice@permits.alder"
DENIED = "alice@denies.alder"
CONCURRENT_ORDERS = 12
RUN_TIMEOUT_S = 60
COORDINATOR, REMOTES = lab_cluster.PRIMARY[0], [remote[0] for remote in lab_cluster.REMOTES]


def new_cluster(directory, settings="", offset=0, **options):
    """A cluster on ports of its own: `offset` tells apart those that live at the same time."""
    return lab_cluster.Cluster(directory, settings=settings, port=8443 + offset,
                               first_remote_port=9441 + offset, **options)


def parallax(*arguments, **options):
    """Runs the executable to its end."""
    return subprocess.run([EXECUTABLE, *map(str, arguments)], capture_output=True, text=True,
                          timeout=RUN_TIMEOUT_S, check=False, **options)


def at_once(function, items):
    """[function(item) for item in items], several at a time."""
    with concurrent.futures.ThreadPoolExecutor(CONCURRENT_ORDERS) as pool:
        return list(pool.map(function, items))


def assert_documented(method, path, status, headers, octets):
    openapi_validate.assert_matches(OPENAPI, method, path, status, octets,
                                    headers.get("Content-Type", ""))


def documented(cluster, method, path, body=None, **options):
    """As Cluster.request; fails if the answer is not the documented one."""
    status, headers, octets = cluster.exchange(method, path, body, **options)
    assert_documented(method, path, status, headers, octets)
    kind = headers.get("Content-Type", "")
    return status, headers, json.loads(octets) if "json" in kind else octets.decode()


def order(cluster, names=(PERMITTED,), kind="smime", issuers=(WORLD.issuer,), token=True, **more):
    """(status, answer) of an order over /v1."""
    body = {"type": kind, "names": list(names), "issuers": list(issuers), **more}
    status, _, answer = documented(cluster, "POST", "/v1/corroborations", body, token=token)
    return status, answer


def decided(cluster, name, **more):
    """What an order of one name came to: the decision about that name."""
    kind = "smime" if "@" in name else "tls"
    status, answer = order(cluster, [name], kind, **more)
    assert status == 200, answer
    return answer["names"][0]


def findings(decision):
    """Result of each perspective, by code."""
    return {each["code"]: each["result"] for each in decision["perspectives"]}


def evidence(cluster, *arguments):
    """Records that `parallax evidence list --json` prints, newest first."""
    done = parallax("evidence", "list", "--database", cluster.database, "--limit", 1000, "--json",
                    *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def evidence_body(cluster, which):
    done = parallax("evidence", "show", "--database", cluster.database, "--json", which)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
