# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of control checks; named by pytest_plugins in each of them."""

import control
import pytest
import system
from parallax_lab import web


@pytest.fixture(scope="session")
def web_servers(tmp_path_factory):
    """nginx, hostile servers and TLS responders, from the first test that needs them on."""
    running = web.start(system.WORLD, tmp_path_factory.mktemp("sites"))
    yield running
    web.stop(running)


@pytest.fixture(scope="session")
def stand(tmp_path_factory, web_servers):
    """A coordinator and five remotes that look for challenges, with short deadlines."""
    with system.new_cluster(tmp_path_factory.mktemp("control"), control.SETTINGS, offset=900,
                            remote_settings=control.REMOTE_SETTINGS) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def v1_matrix(stand):
    """(status, answer) of /v1 to every method in every zone."""
    def ask(pair):
        way = control.WAYS[pair[0]]
        return control.order(stand, way.name(pair[1]), way.control())
    return dict(zip(control.MATRIX, system.at_once(ask, control.MATRIX)))


@pytest.fixture(scope="session")
def mpic_matrix(stand):
    """(status, answer) of /mpic to every method in every zone."""
    def ask(pair):
        way = control.WAYS[pair[0]]
        return control.mpic(stand, way.name(pair[1]), way.parameters())
    return dict(zip(control.MPIC_MATRIX, system.at_once(ask, control.MPIC_MATRIX)))
