# SPDX-License-Identifier: Apache-2.0
"""These tests run inside the lab: lab/lab exec -- /usr/bin/python3 -m pytest tests/conformance"""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lab"))


def pytest_configure(config):
    if "PARALLAX_LAB_DIR" not in os.environ:
        pytest.exit(__doc__, returncode=4)
