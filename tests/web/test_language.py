import re
import string
from importlib.resources import files
from pathlib import Path

import pytest

from hub.web.language import choose, texts, translator

TEMPLATES = {f.name: f.read_text(encoding="utf-8") for f in files("hub.web").joinpath("templates").iterdir()}
CODE = "".join(f.read_text("utf-8") for f in Path(str(files("hub.web"))).rglob("*.py"))
COMPOSED = re.compile(r"""(?:\bt\(\s*"([a-z_]+\.[a-z0-9_.]*)"\s*~)|(?:\bt\(\s*f"([a-z_]+\.[a-z0-9_.]*){)""")
"""The beginnings of keys that are put together: t("nav." ~ name), t(f"visit.{field}")."""
USED = re.compile(r"""\bt\(\s*"([a-z_]+\.[a-z0-9_-]+)"(\s*[~])?""")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_arguments():
    indonesian, english = texts("id"), texts("en")
    assert indonesian.keys() == english.keys()
    assert {k for k in indonesian if fields(indonesian[k]) != fields(english[k])} == set()
    assert all(text.strip() for text in (*indonesian.values(), *english.values()))


def test_every_text_a_template_asks_for_exists_and_none_is_left_over():
    asked = {key for source in TEMPLATES.values() for key, joined in USED.findall(source) if not joined}
    known = set(texts("id"))
    assert asked <= known
    begun = {begin for source in (*TEMPLATES.values(), CODE) for pair in COMPOSED.findall(source) for begin in pair}
    prefixes = tuple(begun - {""})
    unused = {key for key in known - asked if not key.startswith(prefixes) and f'"{key}"' not in CODE}
    assert unused == set()


def test_no_template_holds_a_text_of_its_own():
    for name, source in TEMPLATES.items():
        bare = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", " ", source, flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]{3}", bare), name


def test_markup_in_an_argument_is_the_templates_to_escape():
    assert translator("id")("me.hello", name="<b>") == "Halo, <b>"
    with pytest.raises(KeyError):
        translator("id")("no.such")
    assert translator("id")("state.new", default="{x}") == "{x}"


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "expected"),
    [
        (None, None, None, "id"),
        ("en", "id", "id", "en"),
        ("id", "en", "en", "id"),
        ("fr", "en", None, "en"),
        ("<x>", None, "en-GB,en;q=0.9", "en"),
        (None, None, "fr;q=1, en;q=0.5, id;q=0.8", "id"),
        (None, None, "fr,de", "id"),
        (None, None, "en;q=0", "id"),
        (None, None, "en;q=x, ,;;", "id"),
    ],
)
def test_the_language_is_asked_remembered_or_the_browsers(query, cookie, accept, expected):
    assert choose(query, cookie, accept) == expected
