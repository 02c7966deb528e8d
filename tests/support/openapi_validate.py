# SPDX-License-Identifier: Apache-2.0
"""Holds answers against docs/openapi.json (OpenAPI 3.1, JSON Schema draft 2020-12).

    openapi = load("docs/openapi.json")
    assert_matches(openapi, "POST", "/v1/corroborations", 200, body)

As a program: openapi_validate.py OPENAPI SAMPLES, where SAMPLES holds one JSON object per line with
"method", "path", "status", "content_type" and "body" (text); exits 1 at the first that differs.
"""

import json
import re
import sys

from jsonschema import Draft202012Validator

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def load(path):
    """The document; every schema in it must itself be a valid schema."""
    with open(path, encoding="utf-8") as file:
        openapi = json.load(file)
    for schema in openapi["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    return openapi


def _path_item(openapi, path):
    if path in openapi["paths"]:
        return openapi["paths"][path]
    for template, item in openapi["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            return item
    return None


def _media(openapi, method, path, status):
    """Media type and schema that the document gives for this answer."""
    item = _path_item(openapi, path)
    assert item is not None, f"undocumented path: {path}"
    operation = item.get(method.lower())
    assert operation is not None, f"undocumented method: {method} {path}"
    response = operation["responses"].get(str(status))
    assert response is not None, f"undocumented status: {method} {path} {status}"
    ((media_type, media),) = response["content"].items()
    return media_type, media["schema"]


def errors_of(openapi, schema, value):
    """Every way in which value differs from schema, as text."""
    whole = {"$schema": SCHEMA_DIALECT, "components": openapi["components"], **schema}
    found = Draft202012Validator(whole).iter_errors(value)
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def assert_matches(openapi, method, path, status, body, content_type=None):
    """body: the JSON text or octets of the answer, or the value parsed from it."""
    media_type, schema = _media(openapi, method, path, status)
    if content_type is not None:
        assert content_type.split(";")[0].strip() == media_type, (
            f"{method} {path} {status} came as {content_type}, documented as {media_type}")
    if media_type == "text/plain":
        return
    value = json.loads(body) if isinstance(body, (str, bytes)) else body
    errors = errors_of(openapi, schema, value)
    assert not errors, f"{method} {path} {status} differs from the document:\n" + "\n".join(errors)


def main(openapi_path, samples_path):
    openapi = load(openapi_path)
    count = 0
    with open(samples_path, encoding="utf-8") as samples:
        for line in samples:
            sample = json.loads(line)
            assert_matches(openapi, sample["method"], sample["path"], sample["status"],
                           sample["body"], sample["content_type"])
            count += 1
    assert count > 0, "no samples"
    print(f"{count} answers match {openapi_path}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssertionError as error:
        sys.exit(str(error))
