# SPDX-License-Identifier: Apache-2.0
"""An Internet on one machine, small form: signed DNS on loopback addresses in one namespace."""
