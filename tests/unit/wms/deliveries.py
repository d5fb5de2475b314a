"""Delivery files for tests, small and true to form."""

from __future__ import annotations

from wms.stock.barcodes import check_digit

HEADER = (
    "asn,lot,pallet,pile,box,bar_code,comm_address,phase,model,accuracy_class,rated_voltage_v,current_a,"
    "constant_imp_kwh,made_on"
)
OF_MODEL = "1ph,DDZY2026,2,220,5(60),1200,2026-10-17"


def code(kind: str, serial: int) -> str:
    """Return a valid 22-digit code of an asset type."""
    body = f"33300{kind}{serial:014}"
    return body + check_digit(body)


def rows(*, asn: str = "ASN-1", lot: str = "LOT-1", pallets: int = 1, boxes: int = 20, first: int = 1) -> list[str]:
    """Return the rows of a delivery of full boxes of single-phase meters, five to a pile."""
    found: list[str] = []
    for pallet in range(pallets):
        for box in range(boxes):
            number = first * 1000 + pallet * boxes + box
            for n in range(15):
                meter = code("01", number * 15 + n)
                place = f"P{first:03}{pallet:04},{first}-{pallet}-{box // 5},{code('59', number)}"
                found.append(f"{asn},{lot},{place},{meter},{meter[9:21]},{OF_MODEL}")
    return found


def delivery(**of: object) -> bytes:
    """Return such a delivery as a file."""
    return "\n".join([HEADER, *rows(**of)]).encode()  # type: ignore[arg-type]
