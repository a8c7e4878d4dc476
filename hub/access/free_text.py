"""Free text that crosses from one organisation to another: bounded, and without anybody's number.

Case requests, findings, remarks, replies, decisions and notes of a verification all pass `free_text`. It finds a number
however it is written: digits of any script, spelled out, split by spaces, signs or words. It is a guard against haste
and against the plain ways round it; whoever means to smuggle a number as a riddle can, and stands in the trail.
"""

import re
import unicodedata
from collections.abc import Iterator

from hub.errors import Category, HubError
from hub.model import Issue

LONGEST = 2000
FEWEST = 10
"""Digits that make a number somebody's: a telephone, a card, a NIK."""
_WORDS_BETWEEN = 6
_SPELLED = {
    word: str(digit)
    for words in (
        ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    )
    for digit, word in enumerate(words)
} | {"kosong": "0"}
_LOOKALIKE = str.maketrans({"o": "0", "\u043e": "0", "\u03bf": "0", "l": "1", "i": "1", "\u0131": "1"})
"""Letters that are read as a digit among digits: Latin, Cyrillic and Greek o, l and i."""
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_HARMLESS = re.compile(
    rf"(?<!\d)20\d\d[-/.](?:0[1-9]|1[0-2])(?:[-/.]{_DAY})?(?!\d)"  # a month or a day
    rf"|(?<!\d){_DAY}[-/.](?:0[1-9]|1[0-2])[-/.]20\d\d(?!\d)"
    r"|(?<=\d)/20[0-3]\d(?!\d)"  # the year of a permit or a regulation
    r"|(?<![^\W_])[a-z]\d\d(?:\.\d{1,2})?(?![^\W_])"  # an ICD-10 code
)
_WORD = re.compile(r"[^\W_]+")
_DIGITS_OR_LETTERS = re.compile(r"\d+|\D+")
_MIXED = re.compile(r"(?=.*\d)[\doli\u043e\u03bf\u0131]+")
_LISTED = re.compile(r"\s*(?:[,;]\s+|\n\s*)")
_FIGURE = re.compile(r"[1-9]\d{1,2}")
_PROVINCE = r"(?:1[1-9]|2[01]|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])"
_NIK = re.compile(rf"{_PROVINCE}[0-37]\d\d\d(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{{6}}")
"""Kecamatan, day of birth (women + 40), month, year, number."""
_SOMEBODYS = re.compile(
    r"(?:0|62)8[1-9]\d{7}"  # a mobile telephone
    r"|000\d{10}"  # a BPJS card
    rf"|{_NIK.pattern}"
)


def free_text(text: str, least: int = 3) -> str:
    """The text without space at its ends.

    INCORRECT: shorter than `least` or longer than LONGEST characters (HUB-4274), holds somebody's number (HUB-4359).
    """
    text = text.strip()
    if not least <= len(text) <= LONGEST:
        raise HubError(Category.INCORRECT, Issue("HUB-4274", args={"most": str(LONGEST)}))
    if holds_number(text):
        raise HubError(Category.INCORRECT, Issue("HUB-4359"))
    return text


def holds_number(text: str) -> bool:
    """Whether a text holds ten digits and more with nothing but signs between them, or a telephone, card or NIK by its
    shape with words between. Days, months, ICD-10 codes and lists of figures (150/90, 160/100) are left out, but for
    one that is a NIK when read on end. Pure."""
    plain = _HARMLESS.sub(" x ", _plain(text))
    if any(_NIK.fullmatch("".join(each for each, _ in run)) for run in _runs(plain, are_lists_cut=False)):
        return True
    for run in _runs(plain):
        together = 0
        for start, (digits, words) in enumerate(run):
            together = len(digits) if words else together + len(digits)
            if together >= FEWEST or _SOMEBODYS.match("".join(each for each, _ in run[start:])):
                return True
    return False


def _plain(text: str) -> str:
    """Compatibility forms, case, invisible characters and the digits of other scripts taken out."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_digit(each) for each in plain if unicodedata.category(each) not in ("Cf", "Mn", "Me"))


def _digit(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.numeric(character, -1.0)
    return str(int(value)) if value in range(10) else character


def _runs(text: str, *, are_lists_cut: bool = True) -> Iterator[list[tuple[str, int]]]:
    """The digits that stand together, each with how many words lie before it, cut where many words lie between and
    where a comma or a new line sets two small figures apart; or, lists left whole, at every word."""
    run: list[tuple[str, int]] = []
    for digits, words, signs in _groups(text):
        figures = (run[-1][0] if run else "", digits)
        is_listed = not words and _LISTED.fullmatch(signs) and all(_FIGURE.fullmatch(each) for each in figures)
        if words > _WORDS_BETWEEN or is_listed if are_lists_cut else words:
            yield run
            run = []
        run.append((digits, words))
    yield run


def _groups(text: str) -> Iterator[tuple[str, int, str]]:
    """Digits that stand together, how many words lie before them since the last, and what signs stand before."""
    words = end = 0
    for match in _WORD.finditer(text):
        signs, end = text[end : match.start()], match.end()
        word = _SPELLED.get(match[0], match[0])
        for part in [word.translate(_LOOKALIKE)] if _MIXED.fullmatch(word) else _DIGITS_OR_LETTERS.findall(word):
            if part[0].isdigit():
                yield part, words, signs
            words = 0 if part[0].isdigit() else words + 1
            signs = ""
