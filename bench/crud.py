"""The CRUD mix of the public k6 benchmark of FHIR servers, with our own driver: any server's base URL will do.

One iteration: nine resources about one visit are created (each refers to the ids just given), read, changed by a PUT of
one field (If-Match where the server gave an ETag) and deleted in reverse: 36 requests, a quarter of each verb. Every
status is checked. The store stays near empty; what a run leaves behind when its time is over is half an iteration.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bench.calls import JSON, Refused, Target
from bench.figures import percentile
from bench.wire import Answer, Run, Script, Step, drive
from fixtures.city import words

CONNECTIONS = (1, 4, 16, 64, 300)
"""Clients at once; 300 is what the public benchmark has."""
VERBS = ("create", "read", "update", "delete")
WARM_S = 3.0
PACE = 0.6
"""The fixed rate, as a share of the best rate of the closed loop."""
_EXPECTED = {"create": (201,), "read": (200,), "update": (200, 201), "delete": (200, 202, 204)}


class _Template:
    """A resource with blanks: filled by one bytes operation, since the driver must be cheap."""

    def __init__(self, states: list[str], resource: dict[str, Any]) -> None:
        self.type: str = resource["resourceType"]
        text = json.dumps(resource, ensure_ascii=False).replace("%", "%%")
        text = re.sub(r'"@state@"', "%(state)b", text)
        self.text = re.sub(r"@([A-Za-z]+)@", r"%(\1)b", text).encode()
        self.states = tuple(state.encode() for state in states)
        named = self.type.encode()
        self.id_in_head = re.compile(rb"(?i:\r\nlocation:)[^\r\n]*?\b" + named + rb"/([A-Za-z0-9.-]{1,64})")

    def body(self, values: dict[bytes, bytes], state: int, id_: bytes = b"") -> bytes:
        """The resource with these values in its first or second state, with an id when it has one."""
        text = self.text % {**values, b"state": self.states[state]}
        return text if not id_ else b'{"id":"' + id_ + b'",' + text[1:]


_TEMPLATES = [_Template(**row) for row in json.loads(Path(__file__).with_name("crud.json").read_text("utf-8"))]
_ID_IN_BODY = re.compile(rb'"id" ?: ?"([A-Za-z0-9.-]{1,64})"')
_ETAG = re.compile(rb"\r\netag: *([^\r\n]+)", re.IGNORECASE)


class Mix:
    """Iterations against one server; no two are about the same person."""

    def __init__(self, target: Target, seed: int = 1) -> None:
        self.target = target
        self.numbers = count(random.SystemRandom().randrange(10**9) * 1000)  # a second run meets the first one's rest
        self.random = random.Random(seed)
        self.heads = {
            (verb, template.type): target.request(*_line(verb, template.type), headers=JSON)
            for verb in VERBS
            for template in _TEMPLATES
        }

    def script(self) -> Script:
        """Iterations without end."""
        while True:
            yield from self._iteration()

    def _iteration(self) -> Script:
        values = self._person()
        held: list[tuple[_Template, bytes, bytes]] = []
        for template in _TEMPLATES:
            answer = yield self._step("create", template, body=template.body(values, 0))
            id_ = _created(template, _checked("create", template, answer))
            values[template.type.encode()] = id_
            held.append((template, id_, _etag(answer)))
        for template, id_, _ in held:
            _checked("read", template, (yield self._step("read", template, id_)))
        for template, id_, etag in held:
            body = template.body(values, 1, id_)
            _checked("update", template, (yield self._step("update", template, id_, body, etag)))
        for template, id_, _ in reversed(held):
            _checked("delete", template, (yield self._step("delete", template, id_)))

    def _person(self) -> dict[bytes, bytes]:
        draw = self.random
        family = draw.choice(words.MALE_SECOND + words.FEMALE_SECOND)
        birth = f"{draw.randrange(1940, 2020)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
        texts = {
            "number": str(next(self.numbers)),
            "given": draw.choice(words.FEMALE),
            "family": family,
            "birth": birth,
        }
        return {name.encode(): text.encode() for name, text in texts.items()}

    def _step(self, verb: str, template: _Template, id_: bytes = b"", body: bytes = b"", etag: bytes = b"") -> Step:
        """The prepared head with the id and the length put in."""
        head = self.heads[verb, template.type]
        if id_:
            head = head.replace(b"@id@", id_, 1)
        if body:
            head = head.replace(b"Content-Length: 0", b"Content-Length: %d" % len(body), 1)
            if etag:
                head = head[:-2] + b"If-Match: " + etag + b"\r\n\r\n"
        return Step(verb, head + body)


def _line(verb: str, type_: str) -> tuple[str, str]:
    method = {"create": "POST", "read": "GET", "update": "PUT", "delete": "DELETE"}[verb]
    return method, type_ if verb == "create" else f"{type_}/@id@"


def _checked(verb: str, template: _Template, answer: Answer) -> Answer:
    if answer.status not in _EXPECTED[verb]:
        shown = answer.body[:600].decode("utf-8", "replace")
        raise Refused(f"{verb} {template.type}: HTTP {answer.status} {shown}")
    return answer


def _created(template: _Template, answer: Answer) -> bytes:
    """The id of the Location header, absolute or relative, with a version or without; else of the body."""
    found = template.id_in_head.search(answer.head) or _ID_IN_BODY.search(answer.body)
    if found is None:
        raise Refused(f"create {template.type}: neither a Location header nor a body says the id")
    return found[1]


def _etag(answer: Answer) -> bytes:
    found = _ETAG.search(answer.head)
    return found[1].strip() if found else b""


@dataclass(frozen=True, slots=True)
class Level:
    """What one number of connections came to. `per_s`: the fixed rate, None for the closed loop."""

    connections: int
    per_s: float | None
    run: Run

    def figures(self) -> dict[str, Any]:
        """For the table and latest.json."""
        ms = {
            verb: {f"p{rank}": percentile(self.run.ms[verb], rank) for rank in (50, 95, 99)}
            for verb in VERBS
            if self.run.ms[verb]
        }
        found: dict[str, Any] = {"connections": self.connections, "rps": self.run.rps, "ms": ms}
        if self.per_s is not None:
            found["asked_per_s"] = self.per_s
        return found | {"driver_cpu_us": self.run.driver_cpu_us}


def measure(target: Target, seconds: float) -> dict[str, Any]:
    """`crud_rps`: the best of the closed loops; then one pass at a fixed rate over as many connections, whose latencies
    count from when each request was due. Raises Refused at the first answer that is not what it must be."""
    mix = Mix(target)

    def level(connections: int, per_s: float | None = None) -> Level:
        scripts = [mix.script() for _ in range(connections)]
        return Level(connections, per_s, drive(target.place, scripts, seconds, per_s, min(WARM_S, seconds)))

    levels = [level(number) for number in CONNECTIONS]
    best = max(levels, key=lambda each: each.run.rps)
    paced = level(best.connections, PACE * best.run.rps)
    return {
        "crud_rps": best.run.rps,
        "crud_driver_cpu_us": best.run.driver_cpu_us,
        "crud": [each.figures() for each in [*levels, paced]],
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table: one line per level, p50/p95/p99 per verb in ms."""
    yield f"{'CRUD mix':28}{'requests/s':>11}" + "".join(f"{verb + ' p50/95/99 ms':>25}" for verb in VERBS)
    for level in found["crud"]:
        name = f"{level['connections']} connection(s)"
        if "asked_per_s" in level:
            name += f", {level['asked_per_s']:.0f}/s"
        cells = ["/".join(f"{ms:.1f}" for ms in level["ms"].get(verb, {}).values()) for verb in VERBS]
        yield f"{name:28}{level['rps']:>11,.0f}" + "".join(f"{cell:>25}" for cell in cells)
    yield f"the driver took {found['crud_driver_cpu_us']:.0f} µs of processor time a request"
