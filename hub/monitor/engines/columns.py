"""Facts as columns (Arrow): from what is opened row by row, to the blocks that are kept sealed, to the table that
indicators are counted over."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hub.monitor.engines import Place
from hub.monitor.facts import Fact

Table = pa.Table
CHUNK = 10_000
"""Facts that are held as Python values at a time."""
PIECE = 500_000
"""Facts in one block, at most."""


def _words(index: Any) -> Any:
    return pa.dictionary(index, pa.string())


SCHEMA = pa.schema(
    [
        ("person", pa.int64()),
        ("kind", _words(pa.int8())),
        ("code", _words(pa.int32())),
        ("day", pa.int32()),
        ("facility", pa.int32()),
        ("area", _words(pa.int16())),
        ("band", _words(pa.int8())),
        ("age", pa.int32()),
        ("sex", _words(pa.int8())),
        ("value", pa.float64()),
        ("case_type", _words(pa.int8())),
        ("lag", pa.int32()),
    ]
)
"""What indicators see (docs/indicators.md); in a block, `person` is still the pseudonym of a compartment."""
FACILITIES = pa.schema(
    [
        ("number", pa.int32()),
        ("id", pa.string()),
        ("kind", pa.string()),
        ("ownership", pa.string()),
        ("area", pa.string()),
    ]
)
"""What they see besides the facts: one row a Place."""
_NAMES = {"kelurahan": "area", "case": "case_type"}
_FIELDS = tuple(_NAMES.get(name, name) for name in Fact.__struct_fields__)
_DEFAULTS = dict(zip(reversed(_FIELDS), reversed(Fact.__struct_defaults__), strict=False))


def facility_table(facilities: Sequence[Place]) -> pa.Table:
    """The facilities as a table (FACILITIES)."""
    return pa.Table.from_pylist([each._asdict() for each in facilities], schema=FACILITIES)


class Columns:
    """Takes facts in and gives blocks."""

    def __init__(self) -> None:
        self._pseudonyms: list[int] = []
        self._facts: list[Sequence[Any]] = []
        self._batches: list[pa.Table] = []

    def add(self, pseudonym: int, facts: Sequence[Sequence[Any]]) -> None:
        """Facts of a pseudonym, each a list of values in the order of Fact's fields, the last ones possibly missing."""
        self._pseudonyms += [pseudonym] * len(facts)
        self._facts += facts
        if len(self._facts) >= CHUNK:
            self._flush()

    def blocks(self) -> list[bytes]:
        """Everything that was added, in blocks of at most PIECE facts (plain: to be sealed)."""
        if self._facts:
            self._flush()
        if not self._batches:
            return []
        whole = pa.concat_tables(self._batches).unify_dictionaries().combine_chunks()
        # What is read together lies together: a definition looks at one or two kinds.
        keys = {name: whole[name].combine_chunks() for name in ("person", "day")}
        keys["kind"] = whole["kind"].combine_chunks().indices
        order = [(name, "ascending") for name in ("kind", "person", "day")]
        whole = whole.take(pc.sort_indices(pa.table(keys), sort_keys=order))
        return [_packed(whole.slice(start, PIECE)) for start in range(0, whole.num_rows, PIECE)]

    def _flush(self) -> None:
        columns = dict(zip(_FIELDS, zip_longest(*self._facts), strict=False))
        count = len(self._facts)
        fields = list(SCHEMA)[1:]
        arrays = [_array(columns.get(field.name) or (None,) * count, field) for field in fields]
        arrays.insert(0, pa.array(self._pseudonyms, pa.int64()))
        self._batches.append(pa.Table.from_arrays(arrays, schema=SCHEMA))
        self._pseudonyms, self._facts = [], []


def joined(blocks: Iterable[bytes], persons: Mapping[int, int]) -> pa.Table:
    """One table of all blocks, in which pseudonyms of one person (`persons`) have become one number."""
    tables = [_read(block) for block in blocks]
    if not tables:
        return SCHEMA.empty_table()
    whole = pa.concat_tables(tables).unify_dictionaries()
    if not persons:
        return whole
    known = pa.array(persons, pa.int64())
    numbers = pa.array(persons.values(), pa.int64())
    chunks = []
    for chunk in whole.column("person").chunks:
        place = pc.index_in(chunk, value_set=known)
        chunks.append(pc.coalesce(pc.take(numbers, place), chunk))
    return whole.set_column(0, SCHEMA.field("person"), pa.chunked_array(chunks, pa.int64()))


def _array(values: Sequence[Any], field: Any) -> Any:
    if pa.types.is_dictionary(field.type):
        found = pa.array(values, pa.string())
        if found.null_count:
            found = pc.fill_null(found, _DEFAULTS.get(field.name) or "")
        return found.dictionary_encode().cast(field.type)
    if field.name == "value":  # a decimal is kept as its text
        return pa.array(values, pa.string()).cast(pa.float64())
    return pa.array(values, field.type)


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


def _read(block: bytes) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(block)) as reader:
        return reader.read_all()
