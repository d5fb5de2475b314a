"""Letters about boxes, piles and seals in the words of the platform. Pure."""

from __future__ import annotations

from dataclasses import replace

from wms.marketing.platform.calls import Call, Letter, at, call, parted, task
from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.results import asset_code
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import clipped, codes_of, present


def packed(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what is in a box; all parts have its bar code and the time at which it was packed in common."""
    code = {"storeLocCode": str(letter["code"])} if letter.get("code") else {}
    body = task(letter, site) | code | {
        "devCls": asset_code(letter, book), "isQualified": book.code("packed", str(letter.get("verdict", ""))),
        "arrBatchNo": str(letter.get("lot", "")), "boxBarCode": str(letter.get("box", "")),
        "devBoxDate": at(letter, site, "packed_ms"),
    }  # fmt: skip
    return parted("uploadPackInfo", body, "barCodes", letter.get("bars") or (), book)


def checked(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return whether a box was as expected when it was opened."""
    return call("boxCheckInfo", present(task(letter, site) | {
        "boxBarCode": str(letter.get("box", "")), "devCls": asset_code(letter, book),
        "checkFlag": book.code("checked", "ok" if letter.get("ok") else "bad"), "checkTime": at(letter, site),
        "alarmInfo": clipped(str(letter.get("why", "")), "boxCheckInfo", "alarmInfo"),
    }))  # fmt: skip


def scanned(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return what was scanned in a box; devNum counts the bar codes of the same call."""
    body = present(task(letter, site) | {
        "boxBarCode": str(letter.get("box", "")), "checkTime": at(letter, site),
        "checkFlag": book.code("checked", "ok" if letter.get("ok") else "bad"),
        "alarmInfo": clipped(str(letter.get("why", "")), "boxCheckInfo", "alarmInfo"),
    })  # fmt: skip
    calls = parted("equipCheckInfo", body, "barCodes", letter.get("bars") or (), book)
    return [replace(one, body=one.body | {"devNum": str(len(codes_of(one.body["barCodes"])))}) for one in calls]


def stored(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return which boxes stand in a pile; all parts have its number and the time at which it was built in common."""
    body = task(letter, site) | {
        "devCls": asset_code(letter, book), "pileNo": pile_name(letter),
        "plfmNo": site.platform(str(letter.get("place", ""))), "boxPileDate": at(letter, site, "stored_ms"),
    }  # fmt: skip
    return parted("upboxPileDet", body, "boxBarCode", letter.get("boxes") or (), book)


def pile_name(letter: Letter) -> str:
    """Return the number of a pile: its own where it has one, else its place on its pallet.

    >>> pile_name({"pallet": "P1", "pile": 2}), pile_name({"pile": "PL9"})
    ('P1-2', 'PL9')
    """
    return "-".join(str(letter[part]) for part in ("pallet", "pile") if letter.get(part))


def seals_used(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return which seals meters have got, each valid or void."""
    seals = [
        present({
            "barCode": str(one.get("bar_code", "")), "sealBarCode": str(one.get("seal", "")),
            "sealPosition": book.code_or("seal_place", str(one.get("place", "")), "left"),
            "sealDate": at(one, site), "sealerNo": str(one.get("by") or site.staff),
            "validFlag": book.code("valid", "superseded" if one.get("void") else "valid"),
            "releaseInfo": clipped(str(one.get("reason", "")), "SealInst", "releaseInfo"),
        })
        for one in letter.get("seals") or ()
    ]  # fmt: skip
    head = task(letter, site) | {"devCls": asset_code(letter, book), "psOrgNo": site.org_no}
    return call("uploadSealsCode", head | {"sealInst": seals})


def seals_void(letter: Letter, site: Site, book: CodeBook) -> list[Call]:
    """Return that seals are void; one that was told as void from the beginning is not told again."""
    news = [
        {**one, "at_ms": one.get("sealed_ms", one.get("at_ms"))}
        for one in letter.get("seals") or ()
        if one.get("bar_code") and not one.get("known")
    ]
    return seals_used(dict(letter) | {"seals": news}, site, book) if news else []
