"""The OpenAPI description of the HTTP interface, for clients that are generated from it.

`python -m api.openapi` prints it. Nothing is started and nothing is read: no database, no index, no Rasa.
The frames of the desk's stream are in it too, which OpenAPI itself has no place for.
"""

from __future__ import annotations

import json
import sys

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from api.routers import include_routers
from api.routes.desk.schemas import DeskFrame

REFERENCE = "#/components/schemas/{model}"


def describe() -> str:
    """Return the description as JSON, the same text for the same routes."""
    app = FastAPI(title="union-assistant", version="1")
    include_routers(app)
    description = app.openapi()
    _, frames = models_json_schema([(DeskFrame, "serialization")], ref_template=REFERENCE)
    schemas = description["components"]["schemas"]
    description["components"]["schemas"] = frames["$defs"] | schemas
    return json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(describe())
