"""`hub codes`: words of medicines, tests and units that have no code yet, settled by a person once."""

import sys
from typing import Annotated

import typer

from hub.bootstrap import opened
from hub.cli.output import show
from hub.config import read_config
from hub.model import Principal
from hub.upkeep.wording import NO_CODE, Unknown, coverage, settle_word, settled_words, unknown_words

app = typer.Typer(no_args_is_help=True)
_WHO = Principal("system", "cli", "HOPERAT")


@app.command("coverage")
def codes_coverage(
    facility: Annotated[str | None, typer.Argument(help="facility id; default: the whole city")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """How much of what was sent has a code, by volume and kind."""
    with opened(read_config()) as hub:
        found = coverage(hub, facility)
    if as_json:
        show([{**{name: getattr(each, name) for name in each.__slots__}, "share": each.share} for each in found])
        return
    for each in found:
        counts = f"{each.coded} of {each.uses} uses; {each.unknown} of {each.words} words unknown"
        print(f"{each.kind:<8}{each.share:7.1%}  {counts}")


@app.command("review")
def codes_review(
    facility: str,
    only_list: Annotated[bool, typer.Option("--list", help="list the words and ask nothing")] = False,
) -> None:
    """Go through a facility's unknown words, the most used first: take a suggestion, type a known word, or leave it."""
    with opened(read_config()) as hub:
        words = unknown_words(hub, facility)
        for word in words:
            _show(word)
            if only_list or not sys.stdin.isatty():
                continue
            answer = input("  1-3 = suggestion, a known word, - = no code, Enter = later: ").strip()
            meaning = _meaning(answer, word)
            if meaning:
                settle_word(hub, _WHO, facility, word.kind, word.text, meaning)
        for kind, text, meaning in settled_words(hub, facility):
            print(f"settled: {kind}/{text} = {meaning}")
    print(f"{len(words)} words without a code")


@app.command("confirm")
def codes_confirm(
    facility: str, kind: str, word: str, meaning: Annotated[str, typer.Argument(help="a known word, or -")]
) -> None:
    """Settle one word: what it means, or `-` for "no code"."""
    with opened(read_config()) as hub:
        settle_word(hub, _WHO, facility, kind, word, meaning)
    print(f"{kind}/{word} = {meaning}")


def _show(word: Unknown) -> None:
    print(f"{word.kind}/{word.text}  ({word.uses}x)")
    for number, likely in enumerate(word.likely, 1):
        print(f"  {number}. {likely.text} = {likely.coding.code} {likely.coding.display} ({likely.score:.2f})")


def _meaning(answer: str, word: Unknown) -> str:
    if answer.isdecimal() and 0 < int(answer) <= len(word.likely):
        return word.likely[int(answer) - 1].text
    return NO_CODE if answer == NO_CODE else answer
