"""A watermark over a whole page, on paper too: who looked, when, for which case. One SVG, placed by the stylesheet."""

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 420, 170


def watermark(text: str) -> Markup:
    """An SVG that repeats `text` aslant over everything; hidden from screen readers (the page says it in words)."""
    return Markup(
        '<svg class="watermark" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="watermark" width="{width}" height="{height}" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(-24)"><text x="0" y="40">{text}</text><text x="60" y="125">{text}</text></pattern>'
        '</defs><rect width="100%" height="100%" fill="url(#watermark)"/></svg>'
    ).format(width=max(_WIDTH, 9 * len(text) + 80), height=_HEIGHT, text=escape(text))
