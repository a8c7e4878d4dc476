"""Gender as Indonesian clinics write it, as FHIR's administrative gender."""

from hub.mapping.values.unfit import Unfit

_GENDERS = {
    "male": ("l", "lk", "lk2", "laki", "lakilaki", "laki2", "pria", "cowok", "m", "male", "1", "lelaki"),
    "female": ("p", "pr", "perempuan", "prempuan", "wanita", "w", "wnt", "cewek", "f", "female", "2"),
}
_BY_WORD = {word: gender for gender, words in _GENDERS.items() for word in words}


def gender(text: str) -> str:
    """`male` or `female` (https://www.hl7.org/fhir/R4/valueset-administrative-gender.html). P is Perempuan."""
    word = "".join(letter for letter in text.casefold() if letter.isalnum())
    if found := _BY_WORD.get(word):
        return found
    raise Unfit("HUB-2073")
