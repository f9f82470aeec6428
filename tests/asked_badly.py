"""Requests made from the OpenAPI document: a plausible one for every operation, and many that are wrong in one place."""

import copy
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

METHODS = ("get", "post", "put", "patch", "delete")
NUL, SURROGATE = "a\x00b", "\ud800"
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 2**70, -(2**70), 0.5, float("nan"), float("inf"), "", " ", NUL, SURROGATE,
    "\x7f\u202e\ufeff", "' OR 1=1 --", "=HYPERLINK(1)", "9999-12-31", "0001-01-01", "2026-02-30", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "2026-13", "1e999", [], {}, [None], [[]], [{}], {"": None}, ["x"] * 2000,
)  # fmt: skip
"""Values of every wrong kind; many of them have brought a service down somewhere."""
WRONG_WORDS = (
    "", "\x00", NUL, "\udcff", "-1", "0", str(2**31), str(2**63), str(2**70), "1e9", "nan", "null", "true", "..", "../x",
    "'", "%", "a" * 3000, "9999-12-31", "0001-01-01", "2026-02-30", "9999-12", "0000-00", "10000-01", "n" * 26, "٣", "²",
)  # fmt: skip
"""Words for addresses and queries; a lone surrogate stands for a byte that is no UTF-8."""
WRONG_BODIES = (
    (b"", "application/json"), (b"null", "application/json"), (b"[]", "application/json"), (b'"x"', "application/json"),
    (b"{", "application/json"), (b"\xff\xfe{}", "application/json"), (b"[" * 60_000, "application/json"),
    (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, "application/json"), (b'{"a": 1e999}', "application/json"),
    (b"x" * 70_000, "application/json"), (b"{}", "text/plain"), (b"{}", ""), (b"<a/>", "application/xml"),
    (b"{}", "application/x-www-form-urlencoded"), (b"{}", "multipart/form-data"), (b"{}", "application/octet-stream"),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x"), (b"{}", "application/json; charset=utf-16"),
)  # fmt: skip
"""Whole bodies that are none, with the media type they claim."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request, ready to be sent; `address` is percent-encoded."""

    operation: str
    method: str
    address: str
    body: bytes | None = None
    media: str = "application/json"

    def __str__(self) -> str:
        return f"{self.operation}: {self.method} {self.address[:160]} {self.media} {(self.body or b'')[:160]!r}"


class Operation:
    """One operation of the document, with what may be put into it.

    `known` maps names (a part of the address, a field of a body) to values that exist, so that requests get behind
    the first question whether there is such a thing.
    """

    def __init__(self, document: Mapping[str, Any], path: str, method: str, known: Mapping[str, str]) -> None:
        self._schemas = document["components"]["schemas"]
        self.path, self._known = path, known
        self.method = method.upper()
        found = document["paths"][path][method]
        self.name: str = found["operationId"]
        self._parameters = found.get("parameters", [])
        content = found.get("requestBody", {}).get("content", {})
        self._body = next(iter(content.values()))["schema"] if "application/json" in content else None

    def plausible(self) -> Asked:
        """A request as somebody would make it who read the document."""
        return self._asked({}, self._sample(self._body) if self._body else None)

    def wrong(self, dice: random.Random, most: int) -> Iterator[Asked]:
        """Requests that differ from the plausible one in one place, or have another body altogether."""
        for _ in range(most if self._parameters else 0):
            place = dice.choice(self._parameters)
            yield self._asked(
                {place["name"]: dice.choice(WRONG_WORDS)}, self._sample(self._body) if self._body else None
            )
        if self.method == "GET":
            return
        for body, media in dice.sample(WRONG_BODIES, min(len(WRONG_BODIES), most)):
            yield msgspec.structs.replace(self._asked({}, None), body=body, media=media)
        for _ in range(most if self._body else 0):
            yield self._asked({}, self._spoilt(self._sample(self._body), dice))

    def _asked(self, changed: Mapping[str, str], body: Any) -> Asked:
        address, query = self.path, []
        for place in self._parameters:
            name = place["name"]
            value = changed.get(name, self._word(name, place))
            encoded = quote(value.encode("utf-8", "surrogateescape"), safe="")
            if place["in"] == "path":
                address = address.replace(f"{{{name}}}", encoded or "%20")
            elif name in changed or place.get("required"):
                query.append(f"{name}={encoded}")
        return Asked(
            operation=self.name,
            method=self.method,
            address=address + ("?" + "&".join(query) if query else ""),
            body=None if body is None else json.dumps(body).encode(),
        )

    def _word(self, name: str, place: Mapping[str, Any]) -> str:
        segment = self.path.split(f"/{{{name}}}")[0].rsplit("/", 1)[-1] if place["in"] == "path" else name
        if name == "kind" and "enum" not in self._resolved(place["schema"]):
            return "visit"
        if segment in self._known and name in ("uid", "code"):
            return self._known[segment]
        return str(self._sample(place["schema"], name))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def _sample(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        schema = self._resolved(schema)
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                kinds = [self._resolved(one) for one in schema[choice]]
                first = next((one for one in kinds if one.get("type") != "null"), kinds[0])
                return self._sample(first, name, depth)
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        kind = schema.get("type", "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            fields = schema.get("properties", {}) if depth < 6 else {}
            return {key: self._sample(one, key, depth + 1) for key, one in fields.items()}
        if kind == "array":
            return [self._sample(schema.get("items", {}), name, depth + 1)] * max(1, schema.get("minItems", 1))
        if kind in ("integer", "number"):
            return max(1, schema.get("minimum", 1))
        return {"boolean": True, "null": None}.get(kind, self._text(schema, name))

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        if schema.get("format") == "date":
            return "2026-12-01"
        if schema.get("format") == "date-time":
            return "2026-11-20T01:00:00Z"
        if "month" in name:
            return "2026-12"
        return self._known.get(name, "测" * max(2, schema.get("minLength", 2)))

    def _spoilt(self, body: Any, dice: random.Random) -> Any:
        body = copy.deepcopy(body)
        place = body
        while True:
            if isinstance(place, dict) and place:
                if dice.random() < 0.08:
                    place[dice.choice(["x", "__class__", ""])] = 1
                    return body
                key: Any = dice.choice(sorted(place))
            elif isinstance(place, list) and place:
                key = 0
            else:
                return dice.choice(WRONG)
            if not isinstance(place[key], dict | list) or not place[key] or dice.random() < 0.3:
                long = "".join(dice.choice("abcdefghij检查") for _ in range(12_000)) if dice.random() < 0.1 else ""
                place[key] = long or dice.choice(WRONG)
                return body
            place = place[key]


def operations(document: Mapping[str, Any], known: Mapping[str, str]) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(document, path, method, known)
        for path, item in sorted(document["paths"].items())
        for method in METHODS
        if method in item
    ]
