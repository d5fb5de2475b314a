"""Asset bar codes (Q/GDW 1205-2013): 22 digits `UUU RR TT SSSSSSSSSSSSSS K`.

Unit 5, asset type 2, serial 14, check digit. The check digit is GS1's modulo 10: from the right of the first
21 digits the weights are 3, 1, 3, 1, ... The address that a meter answers to on the wire is digits 10 to 21.
"""

from __future__ import annotations

LENGTH = 22
_ZERO = ord("0")


def check_digit(digits: str) -> str:
    """Return the check digit of the first 21 digits.

    >>> check_digit("143000900000441011305"), check_digit("333000126000000001000")
    ('0', '5')
    """
    raw = digits.encode()
    odd, even = raw[20::-2], raw[19::-2]
    total = 3 * (sum(odd) - _ZERO * len(odd)) + sum(even) - _ZERO * len(even)
    return str(-total % 10)


def fault(code: str) -> str | None:
    """Return what is wrong with a bar code: a stable code, or None.

    >>> fault("3330001260000000010005"), fault("3330001260000000010006"), fault("12"), fault("333000126000000001000x")
    (None, 'wrong_check_digit', 'not_22_digits', 'not_22_digits')
    """
    if len(code) != LENGTH or not (code.isascii() and code.isdigit()):
        return "not_22_digits"
    return None if check_digit(code) == code[21] else "wrong_check_digit"


def asset_type(code: str) -> str:
    """Return the two digits that tell the class of an asset.

    >>> asset_type("3330001260000000010005")
    '01'
    """
    return code[5:7]


def comm_address(code: str) -> str:
    """Return the address that the asset answers to on the wire.

    >>> comm_address("3330001260000000010005")
    '000000001000'
    """
    return code[9:21]
