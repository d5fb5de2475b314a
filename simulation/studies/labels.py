"""Bar codes in bulk (Q/GDW 1205-2013): 22 digits with check digit, for the meters and boxes of whole pallets."""

from __future__ import annotations

import numpy as np

UNIT = "33301"
METER, BOX = "01", "59"
SERIAL_DIGITS, LENGTH = 14, 22
_TENS = 10 ** np.arange(SERIAL_DIGITS - 1, -1, -1, dtype=np.int64)
_WEIGHTS = np.array([3 if place % 2 == 0 else 1 for place in range(LENGTH - 1)], dtype=np.int64)


def bar_codes(asset_type: str, serials: np.ndarray) -> list[str]:
    """Return the bar codes of an asset type for serial numbers from 0 to 10^14 - 1.

    The check digit is GS1's: weights 3, 1, 3, ... from the left of 21 digits.

    >>> bar_codes("01", np.array([1000]))
    ['3330101000000000010002']
    """
    digits = np.empty((len(serials), LENGTH), dtype=np.int64)
    digits[:, :7] = [int(digit) for digit in UNIT + asset_type]
    digits[:, 7:21] = serials[:, None] // _TENS % 10
    digits[:, 21] = -(digits[:, :21] @ _WEIGHTS) % 10
    text = (digits + ord("0")).astype(np.uint8).tobytes().decode()
    return [text[at : at + LENGTH] for at in range(0, len(text), LENGTH)]
