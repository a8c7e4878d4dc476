"""Which functions are which stage of a request, and a clock around them from outside: no code of the hub is touched.

Each stage gets the processor time of its thread that was spent in it and in no other stage called by it.
"""

import importlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

STAGES = (
    ("sign-in", "hub.admission.calling:authenticate"),
    ("read JSON", "hub.fhir.json:read"),
    ("validate", "hub.validation.validator:check"),
    ("place", "hub.pipeline.place:place"),
    ("recognise", "hub.pipeline.persons:recognise"),
    ("label", "hub.pipeline.labelling:label_part"),
    ("seal: rows, tokens", "hub.pipeline.sealing:seal_part"),
    ("seal: extract", "hub.search.extraction:extract"),
    ("seal: write JSON", "hub.fhir.json:write"),
    ("seal: compress", "hub.crypto.codec:Codec.compress"),
    ("seal: encrypt", "hub.crypto.envelope:seal"),
    ("events: facts, sums, audit entries", "hub.pipeline.events:events_of"),
    ("part: the rest", "hub.pipeline.part:store_part"),
    ("entries of the bundle, answer", "hub.pipeline.bundles:bundle"),
    ("single interaction", "hub.pipeline.interactions:create"),
    ("single interaction", "hub.pipeline.singles:write_many"),
    ("sign-in", "hub.admission.calling:principals"),
    ("read: look up, decide", "hub.access.reading:read_many"),
    ("search: parse", "hub.search.parsing:parse"),
    ("search: who may be seen", "hub.access.scope:scope_of"),
    ("search: plan", "hub.access.finding:planned"),
    ("search: page", "hub.access.finding:page"),
    ("search: answer", "hub.access.searching:search"),
    ("open", "hub.access.opening:open_rows"),
    ("audit", "hub.access.trace:audit"),
    ("database: queries", "hub.store.driver:SqliteDriver.rows"),
    ("database: queries", "hub.store.driver:PostgresDriver.rows"),
    ("database: single statements", "hub.store.driver:SqliteDriver.run"),
    ("database: single statements", "hub.store.driver:PostgresDriver.run"),
    ("database: commit", "hub.store.driver:SqliteDriver.commit"),
    ("database: commit", "hub.store.driver:PostgresDriver.commit"),
    ("store: {}", "hub.store.bulk:bulk_insert"),
    ("store: {}", "hub.store.bulk:insert_or"),
    ("audit sequencer", "hub.upkeep.sequencing:sequence"),
)
"""Stage and function; {} is the name of the table that the second argument says."""


class Clock:
    """Processor time and calls by stage, over all threads."""

    def __init__(self) -> None:
        self.ns: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.missing: list[str] = []
        self._local = threading.local()

    def reset(self) -> None:
        """Begin anew."""
        self.ns.clear()
        self.calls.clear()

    def around(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with the clock around it."""

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            stack = self._local.__dict__.setdefault("stack", [])
            within = [0]
            stack.append(within)
            began = time.thread_time_ns()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.thread_time_ns() - began
                stack.pop()
                if stack:
                    stack[-1][0] += took
                name = stage.format(args[1].name) if stage.endswith("{}") else stage
                self.ns[name] += took - within[0]
                self.calls[name] += 1

        return timed

    def cost_ns(self) -> float:
        """What one look at the clock costs, so that a reader can see how far it colours the figures."""
        timed, number = Clock().around("", lambda: None), 20_000
        began = time.thread_time_ns()
        for _ in range(number):
            timed()
        return (time.thread_time_ns() - began) / number


@contextmanager
def watched() -> Iterator[Clock]:
    """The clock around every stage, wherever a module of the hub has the function under its name."""
    clock = Clock()
    undo: list[tuple[Any, str, Any]] = []
    for stage, target in STAGES:
        module_name, _, path = target.partition(":")
        owner_name, _, name = path.rpartition(".")
        try:
            owner: Any = importlib.import_module(module_name)
            owner = getattr(owner, owner_name) if owner_name else owner
            function = getattr(owner, name)
        except (ImportError, AttributeError):
            clock.missing.append(target)
            continue
        timed = clock.around(stage, function)
        holders = [owner] if owner_name else [each for key, each in sys.modules.items() if key.startswith("hub.")]
        for holder in holders:
            for attribute, value in list(vars(holder).items()):
                if value is function:
                    undo.append((holder, attribute, function))
                    setattr(holder, attribute, timed)
    try:
        yield clock
    finally:
        for holder, attribute, function in undo:
            setattr(holder, attribute, function)
