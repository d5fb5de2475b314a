"""Papers as people get them: the text of the PDF, the cells of the workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import openpyxl
import pypdf
import pytest
from sqlalchemy.orm import Session

from api.papers.certificate import certificate
from api.papers.lot import Letterhead, lot_report
from api.papers.lot_pdf import lot_pdf
from api.papers.press import print_pdf
from api.papers.words import last_day
from api.papers.workbook import lot_workbook
from tests.lab import LATER_MS, finish, meter, staff
from wcs.store import create_tables, make_engine
from wms.errors import Refused
from wms.migration import import_tables
from wms.results.certificate import content
from wms.results.views import lot_meters, papers
from wms.seals import service as seals

EPOCH = datetime(2026, 11, 2, 8, tzinfo=UTC)
CODES = [meter(n) for n in range(1, 13)]
ENGLISH, CHINESE = (Letterhead(language, "Provincial Metrology Centre", EPOCH) for language in ("en", "zh"))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A lot of twelve: ten pass at once, one in another position, one fails twice."""
    import_tables()
    engine = make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as session:
        staff(session, "BN1", "BN2")
        seals.seed_demo(session)
        finish(session, "r1", CODES, bad=CODES[:2])
        finish(session, "r2", CODES[:2], bad=CODES[:1], bench="BN2", attempt=2, at_ms=2 * LATER_MS)
        seals.load(session, cell="SE1", count=50, at_ms=0)
        sealed = [(code, f"DM{n:08}", "BN1:1") for n, code in enumerate(CODES[1:], 1)]
        seals.sealed(session, cell="SE1", meters=sealed, at_ms=3 * LATER_MS)
        yield session
    engine.dispose()


def pdf_text(pdf: bytes) -> str:
    """Return the text of a PDF on one line."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def number_of(session: Session, code: str) -> str:
    (paper,) = papers(session, bar_code=code)
    return paper.number


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (
            ENGLISH,
            ["Verification certificate", "passed: meets JJG596-2012", "Valid until 2034-11-01", "intrinsic error"],
        ),
        (CHINESE, ["检定证书", "合格: 符合 JJG596-2012", "有效期至 2034-11-01", "基本误差", "证书 DEMO-BN2"]),
    ],
)
def test_a_certificate_says_what_it_is_traced_to(session: Session, head: Letterhead, said: list[str]) -> None:
    number = number_of(session, CODES[1])
    told = pdf_text(certificate(content(session, number), head))
    everywhere = [number, CODES[1], "RS-BN2", "Li Wei", "Wang Fang", "DM00000001", "demo-1ph v1", "2.0 %", "23.0 °C"]
    assert [one for one in [*said, *everywhere] if one not in told] == []


def test_a_notice_names_the_items_that_failed(session: Session) -> None:
    told = pdf_text(certificate(content(session, number_of(session, CODES[0])), ENGLISH))
    assert "Notice of result" in told and "failed items: intrinsic error" in told
    assert "Verification certificate" not in told and "Valid until none" in told


def test_a_number_that_was_never_given_has_no_paper(session: Session) -> None:
    with pytest.raises(Refused, match="unknown_paper"):
        content(session, "MS0000009999")


def test_data_is_never_read_as_markup(session: Session) -> None:
    found = content(session, number_of(session, CODES[1]))
    wicked = '#read("/etc/passwd") $x$ *a* #panic()'
    told = pdf_text(certificate(found.model_copy(update={"lot": wicked}), ENGLISH))
    assert wicked in told


def test_the_same_paper_gives_the_same_bytes(session: Session) -> None:
    found = content(session, number_of(session, CODES[1]))
    assert certificate(found, CHINESE) == certificate(found, CHINESE)


def test_a_term_ends_on_the_day_before_the_anniversary() -> None:
    assert last_day(datetime(2028, 2, 29, tzinfo=UTC), 0, years=6) == "2034-02-28"


def test_the_report_of_a_lot_shows_yield_errors_and_positions(session: Session) -> None:
    told = pdf_text(lot_pdf(lot_report(session, "LOT-1"), ENGLISH))
    expected = ["Draft: this report was not approved", "Yield 91.67 %", "intrinsic error 1", "BN1", "Ib 1.0 all",
                "n = 12", "83.33 % (10 / 12)", "Passed in another position 1"]  # fmt: skip
    assert [one for one in expected if one not in told] == []
    assert "批次检定报告" in pdf_text(lot_pdf(lot_report(session, "LOT-1"), CHINESE))


def test_the_workbook_holds_every_meter_and_its_plots(session: Session) -> None:
    made = lot_workbook(lot_report(session, "LOT-1"), lot_meters(session, "LOT-1"), ENGLISH)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Summary", "Meters", "Distribution of the intrinsic e", "Position bias"]
    rows = list(book["Meters"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == sorted(CODES)
    assert rows[1][:6] == (CODES[1], "passed", None, "BN2", 2, 2) and rows[1][8] == "DM00000001"
    assert rows[0][1:3] == ("failed", "intrinsic error")
    assert [len(book[name]._charts) for name in book.sheetnames] == [1, 0, 1, 1]
    errors = next(book.worksheets[2].iter_rows(min_row=2, max_row=2, values_only=True))
    assert errors[:2] == ("Ib 1.0 all", 12) and sum(errors[6:]) == 12


def test_no_lot_no_report(session: Session) -> None:
    with pytest.raises(Refused, match="unknown_lot"):
        lot_report(session, "nothing")


def test_the_font_has_every_chinese_character_of_our_texts() -> None:
    from api.texts import catalogue

    letters = "".join(sorted({c for said in catalogue("zh").values() for c in said if "\u3000" <= c <= "\uffef"}))
    head = {"lang": "zh", "title": letters, "number": "", "laboratory": "", "void": "", "passed": True}
    filled = head | {"footer": "", "words": {}, "conclusion": "", "meter": [], "trace": [], "columns": [], "points": []}
    filled["words"] = dict.fromkeys(("number", "void", "issued_to", "conclusion", "tester", "checker", "page"), "")
    pdf = print_pdf("certificate.typ", filled | {"tester": "", "checker": ""}, dated=EPOCH)
    fonts = {str(font["/BaseFont"]) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
             for font in (one.get_object() for one in page["/Resources"]["/Font"].values())}  # fmt: skip
    assert len(fonts) == 1 and "NotoSansSC" in fonts.pop()
