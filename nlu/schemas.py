"""Rasa validates each answer of the action server against a constant JSON schema, and jsonschema
first checks that schema itself, anew at every call: 50 to 450 ms of a message's time, two thirds of
it. Once is enough."""

from __future__ import annotations

import json
from typing import Any

from jsonschema.validators import Draft202012Validator


def check_each_schema_once() -> None:
    """From now on a schema that was found good is not checked again in this process."""
    check = Draft202012Validator.check_schema
    good: set[str] = set()

    def check_schema(schema: Any, *args: Any, **options: Any) -> None:
        key = json.dumps(schema, sort_keys=True, default=str)
        if key not in good:
            check(schema, *args, **options)
            good.add(key)

    Draft202012Validator.check_schema = staticmethod(check_schema)
