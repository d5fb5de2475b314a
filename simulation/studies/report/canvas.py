"""Plots as SVG that stands in a page: text is text, no inline styles, ids of its own, a title for who cannot see it.

Without inline styles a page may forbid them: its content security policy then names its one style sheet by hash.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from simulation.studies.report.words import Words

WIDTH_IN = 9.0
INK, QUIET, GRID = "#1f2933", "#52606d", "#d5dbe1"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b", "#000000")
"""Okabe and Ito: told apart by everybody; the lines differ in their dashes and marks as well."""
MARKS = ("o", "s", "D", "^", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 3)))
RC: dict[str, Any] = {
    "svg.fonttype": "none", "text.parse_math": False, "font.size": 10.0, "axes.edgecolor": QUIET,
    "axes.labelcolor": INK, "text.color": INK, "xtick.color": QUIET, "ytick.color": QUIET, "axes.grid": True,
    "axes.axisbelow": True, "grid.color": GRID, "grid.linewidth": 0.8, "axes.spines.top": False,
    "axes.spines.right": False, "figure.facecolor": "white", "legend.frameon": False, "axes.unicode_minus": False,
    "hatch.linewidth": 0.9,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot: `key` is unique in the page, `title` says what it shows, `svg` is what stands in the page."""

    key: str
    title: str
    svg: str


@contextmanager
def drawing(words: Words, *, height_in: float, rows: int = 1, columns: int = 1) -> Iterator[tuple[Any, Any]]:
    """Give a figure and its axes (a list of them where there are several), drawn with our own settings."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    family = ["DejaVu Sans", *_family(words.font)]  # as wide as any that a reader has
    settings: Any = RC | {"font.family": family, "svg.hashsalt": "study"}
    with mpl.rc_context(settings), warnings.catch_warnings():
        # Text stays text: a glyph that our font lacks is drawn by the reader's.
        warnings.filterwarnings("ignore", message=r".*[Gg]lyph .* missing from")
        made = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        yield (
            made,
            made.subplots(rows, columns, squeeze=False).ravel().tolist() if rows * columns > 1 else made.subplots(),
        )


def finish(made: Any, key: str, title: str) -> Plot:
    """Return the figure as a plot; call it inside `drawing`."""
    target = io.StringIO()
    made.savefig(target, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return Plot(key, title, cleaned(target.getvalue(), key, title))


def cleaned(text: str, key: str, title: str) -> str:
    """Return an SVG file as an element of a page: ids begin with `key`, styles are attributes, `title` is said."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'style="([^"]*)"', lambda found: _attributes(found[1]), text)
    text = re.sub(r"<[^>]+>", lambda found: _lean(found[0]), text)
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r'\bid="', f'id="{key}-', text)
    text = re.sub(r'href="#', f'href="#{key}-', text)
    text = re.sub(r"url\(#", f"url(#{key}-", text)
    _, _, rest = text.partition(">")
    box = re.search(r'viewBox="([^"]*)"', text)
    opening = (
        f'<svg class="plot" viewBox="{box[1] if box else "0 0 648 300"}" role="img" aria-labelledby="{key}-title" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><title id="{key}-title">{escape(title)}</title>'
    )
    return opening + rest.strip()


def short(name: str, most: int = 36) -> str:
    """Return a name that finds room beside a plot.

    >>> short("a very long name", 8)
    'a very …'
    """
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _attributes(style: str) -> str:
    """Return a style as attributes.

    >>> _attributes("fill: none; font: 10px 'Noto Sans SC', sans-serif")
    'fill="none" font-size="10px"'
    """
    style = style.replace("&quot;", "'")
    pairs = [part.split(":", 1) for part in style.split(";") if ":" in part]
    return " ".join(_attribute(name.strip(), value.strip().replace("'", "")) for name, value in pairs)


def _attribute(name: str, value: str) -> str:
    if name != "font":
        return f'{name}="{value}"'
    size = re.search(r"[\d.]+px", value)  # the family is the page's
    return f'font-size="{size[0] if size else "10px"}"'


def _lean(tag: str) -> str:
    """Return a tag with coordinates as exact as a screen is, and without what says nothing.

    >>> _lean('<text x="1.234567" transform="rotate(-0 1.234567 2)">')
    '<text x="1.23">'
    """
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)
    return re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), tag)


@cache
def _family(font: Path | None) -> list[str]:
    """Make a font file known to the drawing; return its family, if it is one."""
    if font is None or not font.is_file():
        return []
    from matplotlib.font_manager import FontProperties, fontManager

    fontManager.addfont(str(font))
    return [FontProperties(fname=str(font)).get_name()]
