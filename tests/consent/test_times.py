"""Times of consents: a date spans its day, an offset is moved to city time, nonsense is an error."""

from datetime import datetime

import pytest

from hub.consent.times import first, last, span, window


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01T00:00:00", "2026-12-31T23:59:59.999999"),
        ("2026-12", "2026-12-01T00:00:00", "2026-12-31T23:59:59.999999"),
        ("2028-02", "2028-02-01T00:00:00", "2028-02-29T23:59:59.999999"),
        ("2026-11-22", "2026-11-22T00:00:00", "2026-11-22T23:59:59.999999"),
        ("2026-11-22T08:00", "2026-11-22T08:00:00", "2026-11-22T08:00:59.999999"),
        ("2026-11-22T08:00:05", "2026-11-22T08:00:05", "2026-11-22T08:00:05.999999"),
        ("2026-11-22T08:00:05.25", "2026-11-22T08:00:05.250000", "2026-11-22T08:00:05.250000"),
        ("2026-11-22T00:30:00Z", "2026-11-22T08:30:00", "2026-11-22T08:30:00.999999"),
        ("2026-11-22T23:30:00-01:00", "2026-11-23T08:30:00", "2026-11-23T08:30:00.999999"),
    ],
)
def test_spans(text, start, end):
    assert span(text) == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert (first(text), last(text)) == span(text)


@pytest.mark.parametrize(
    "text", ["", "now", "2026-13", "2026-02-30", "20261122", "2026-W01", "22-11-2026", "2026-11-22T25:00"]
)
def test_nonsense(text):
    with pytest.raises(ValueError):
        span(text)


def test_an_open_side_never_ends():
    start, end = window((None, "2026"))
    assert start == datetime.min
    assert window(("2026", None))[1] == datetime.max
    assert end < datetime.max
