# SPDX-License-Identifier: Apache-2.0
"""These tests run inside the lab: lab/lab exec -- /usr/bin/python3 -m pytest tests/conformance"""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "lab"))
sys.path.insert(0, str(ROOT / "tests" / "support"))


def pytest_configure(config):
    if "PARALLAX_LAB_DIR" not in os.environ:
        pytest.exit(__doc__, returncode=4)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Coordinator and five remotes that the tests share and leave as they found them."""
    import system  # needs the path above

    with system.new_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running
