"""The K-Startup connector against a stand-in of the service, built from its published shape.

The stand-in answers in the two shapes of the specification (JSON, XML) and with the
errors of the portal. Nothing here leaves this machine.
"""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from loaders.__main__ import cli as loaders_cli
from loaders.connectors import http, kstartup
from loaders.connectors.__main__ import cli
from loaders.connectors.http import Client, KeyRefusedError, ServiceError, checked_base
from loaders.connectors.kstartup import Announcement, announcement, bare, company_age, propose
from loaders.connectors.plan import PAGE_COLUMNS, diff
from loaders.curation.importing import PAGE_COLUMNS as IMPORTED
from tests.support import DATA, committed, fingerprint, read_rows
from tests.unit.test_rules import Row, tables

KEY = "a+b/c=="
Item = dict[str, Any]

GATEWAY_ERROR = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
    "<returnAuthMsg>{}</returnAuthMsg><returnReasonCode>30</returnReasonCode>"
    "</cmmMsgHeader></OpenAPI_ServiceResponse>"
)


def item(number: int, title: str, **cells: Any) -> Item:
    """An announcement as the service lists it."""
    page = f"https://www.k-startup.go.kr/web/contents/bizpbanc.do?pbancSn={number}"
    return {
        "id": number,
        "pbanc_sn": number,
        "biz_pbanc_nm": title,
        "intg_pbanc_biz_nm": None,
        "intg_pbanc_yn": "N",
        "pbanc_ntrp_nm": "창업진흥원",
        "pbanc_rcpt_bgng_dt": "20270105",
        "pbanc_rcpt_end_dt": "20270131",
        "supt_regin": "전국",
        "supt_biz_clsfc": "사업화",
        "biz_enyy": "1년미만,3년미만,7년미만",
        "aply_trgt": "일반기업",
        "detl_pg_url": page,
        "biz_aply_url": None,
        "rcrt_prgs_yn": "Y",
    } | cells


def as_json(items: list[Item], page: int, per_page: int, total: int, nested: bool) -> bytes:
    data: Any = {"data": items} if nested else items
    counts = {"currentCount": len(items), "matchCount": total, "totalCount": total}
    return json.dumps({"page": page, "perPage": per_page, **counts, "data": data}).encode()


def as_xml(items: list[Item], page: int, per_page: int, total: int) -> bytes:
    def col(name: str, value: Any) -> str:
        return f'<col name="{name}">{"" if value is None else escape(str(value))}</col>'

    rows = "".join(
        "<item>" + "".join(col(k, v) for k, v in each.items()) + "</item>" for each in items
    )
    return (
        f"<results><currentCount>{len(items)}</currentCount><data>{rows}</data>"
        f"<matchCount>{total}</matchCount><page>{page}</page><perPage>{per_page}</perPage>"
        f"<totalCount>{total}</totalCount></results>"
    ).encode()


@dataclass
class Service:
    """The stand-in: its announcements, and answers to give before the right ones."""

    items: list[Item] = field(default_factory=list)
    nested: bool = False
    first: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, query: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        self.queries.append(query)
        if self.first:
            return self.first.pop(0)
        if query.get("serviceKey") != KEY:
            message = GATEWAY_ERROR.format("SERVICE_KEY_IS_NOT_REGISTERED_ERROR")
            return 200, message.encode(), {}
        page, per_page = int(query["page"]), int(query["perPage"])
        items = self.items[(page - 1) * per_page : page * per_page]
        if query["returnType"] == "xml":
            return 200, as_xml(items, page, per_page, len(self.items)), {}
        return 200, as_json(items, page, per_page, len(self.items), self.nested), {}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    stand_in = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if not parts.path.endswith("/getAnnouncementInformation01"):
                self.send_error(404)
                return
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, body, headers = stand_in.answer(query)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}/B552735/kisedKstartupService01"
    monkeypatch.setenv(kstartup.URL_VARIABLE, stand_in.url)
    monkeypatch.setenv(kstartup.KEY_VARIABLE, KEY)
    yield stand_in
    server.shutdown()
    server.server_close()


def quick(**settings: Any) -> tuple[Client, list[float]]:
    """A client whose waits are noted and not waited."""
    waits: list[float] = []
    return Client(**{**settings, "pause": 0.0, "sleep": waits.append}), waits


def numbers(client: Client, kind: str = "json", per_page: int = 2) -> list[str]:
    return [each.number for each in kstartup.fetch(client, kind, per_page)]


# --- reading and paging ------------------------------------------------------------


@pytest.mark.parametrize(("kind", "nested"), [("json", False), ("json", True), ("xml", False)])
def test_all_pages_are_read_in_every_shape(service: Service, kind: str, nested: bool) -> None:
    service.items = [item(n, f"사업 {n}") for n in range(5)]
    service.nested = nested
    assert numbers(quick()[0], kind) == ["0", "1", "2", "3", "4"]
    assert [(q["page"], q["perPage"], q["returnType"]) for q in service.queries] == [
        (str(page), "2", kind) for page in (1, 2, 3)
    ]


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_both_shapes_give_the_same_announcement(service: Service, kind: str) -> None:
    title = "<b>로봇</b> R&amp;D & 실증  지원사업"
    service.items = [item(7, title, intg_pbanc_biz_nm="통합 사업", supt_regin="서울,경기")]
    (found,) = kstartup.fetch(quick()[0], kind)
    assert found == Announcement(
        "7",
        ("<b>로봇</b> R&D & 실증 지원사업", "통합 사업"),
        "2027-01-05",
        "2027-01-31",
        "서울,경기",
        "1년미만,3년미만,7년미만",
        "https://www.k-startup.go.kr/web/contents/bizpbanc.do?pbancSn=7",
    )


def test_an_empty_list(service: Service) -> None:
    assert numbers(quick()[0]) == []
    assert len(service.queries) == 1


def test_announcements_that_move_to_a_later_page_come_once(service: Service) -> None:
    """A new announcement pushed one over from page 1 to page 2 between two requests."""
    service.first = [(200, as_json([item(1, "a"), item(2, "b")], 1, 2, 3, False), {})]
    service.items = [item(9, "new"), item(1, "a"), item(2, "b"), item(3, "c")]
    assert numbers(quick()[0]) == ["1", "2", "3"]


def test_pages_that_do_not_advance_are_noticed(service: Service) -> None:
    page = as_json([item(1, "a"), item(2, "b")], 1, 2, 9, False)
    service.first = [(200, page, {})] * 3
    with pytest.raises(ServiceError, match="page 2 repeats"):
        numbers(quick()[0])


@pytest.mark.parametrize("key", [KEY, "a%2Bb%2Fc%3D%3D", f"  {KEY}\n"])
def test_the_key_is_sent_plain_whichever_spelling_was_issued(
    service: Service, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv(kstartup.KEY_VARIABLE, key)
    service.items = [item(1, "a")]
    assert numbers(quick()[0]) == ["1"]
    assert service.queries[0]["serviceKey"] == KEY


# --- failures ----------------------------------------------------------------------


def test_failures_of_the_server_are_waited_out(service: Service) -> None:
    service.items = [item(1, "a")]
    service.first = [(429, b"", {"Retry-After": "7"}), (500, b"", {}), (503, b"", {})]
    client, waits = quick()
    assert numbers(client) == ["1"]
    assert [wait for wait in waits if wait] == [7.0, 2.0, 4.0]


def test_waits_are_bounded_and_odd_wishes_ignored(service: Service) -> None:
    service.items = [item(1, "a")]
    service.first = [(429, b"", {"Retry-After": "86400"}), (429, b"", {"Retry-After": "Wed"})]
    client, waits = quick()
    assert numbers(client) == ["1"]
    assert [wait for wait in waits if wait] == [http.LONGEST_WAIT, 2.0]


def test_patience_ends(service: Service) -> None:
    service.first = [(500, b"", {})] * 4
    with pytest.raises(ServiceError, match="HTTP 500, 4 times"):
        numbers(quick()[0])
    assert len(service.queries) == 4


@pytest.mark.parametrize("status", [400, 404])
def test_other_refusals_are_not_repeated(service: Service, status: int) -> None:
    service.first = [(status, b"", {})]
    with pytest.raises(ServiceError, match=f"HTTP {status}"):
        numbers(quick()[0])
    assert len(service.queries) == 1


def test_a_bad_key_is_not_tried_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal says so in XML inside a good answer, though JSON was asked for."""
    monkeypatch.setenv(kstartup.KEY_VARIABLE, "secret")
    with pytest.raises(KeyRefusedError, match="SERVICE_KEY_IS_NOT_REGISTERED_ERROR") as error:
        numbers(quick()[0])
    assert "secret" not in str(error.value)
    assert len(service.queries) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_refused_by_status(service: Service, status: int) -> None:
    service.first = [(status, b"Unauthorized", {})]
    with pytest.raises(KeyRefusedError):
        numbers(quick()[0])


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (GATEWAY_ERROR.format("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"), ServiceError,
         "requests are used up"),
        (GATEWAY_ERROR.format("SERVICE_ACCESS_DENIED_ERROR"), KeyRefusedError, "key was refused"),
        (GATEWAY_ERROR.format("NO_OPENAPI_SERVICE_ERROR"), ServiceError, "the service refused"),
        ('{"code": -4, "msg": "등록되지 않은 인증키 입니다."}', KeyRefusedError, "key was refused"),
        ('{"code": -1}', ServiceError, "without data"),
        ("{", ServiceError, "not readable as JSON"),
        ("[]", ServiceError, "not a JSON object"),
        ('{"data": 7, "totalCount": 1}', ServiceError, "not a list"),
        ('{"data": [7], "totalCount": 1}', ServiceError, "not a list"),
        ('{"data": []}', ServiceError, "how many"),
        ("<results><data>", ServiceError, "not readable as XML"),
        ("<html>busy</html>", ServiceError, "how many"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><results/>', ServiceError, "entities"),
        ("", ServiceError, "not readable as JSON"),
    ],
)  # fmt: skip
def test_errors_inside_a_good_answer(
    service: Service, body: str, kind: type[ServiceError], message: str
) -> None:
    service.first = [(200, body.encode(), {})]
    with pytest.raises(kind, match=message):
        numbers(quick()[0])
    assert len(service.queries) == 1


def test_passing_errors_of_the_gateway_are_waited_out(service: Service) -> None:
    service.items = [item(1, "a")]
    service.first = [(200, GATEWAY_ERROR.format("SERVICETIMEOUT_ERROR").encode(), {})]
    assert numbers(quick()[0]) == ["1"]


def test_bytes_that_are_no_text(service: Service) -> None:
    service.first = [(200, b"\xb0\xf8\xb0\xed", {})]
    with pytest.raises(ServiceError, match="not UTF-8"):
        numbers(quick()[0])


@given(st.binary(max_size=60))
def test_any_answer_is_read_or_refused(body: bytes) -> None:
    try:
        kstartup.read_page(body)
    except ServiceError:
        return


def test_a_cut_connection_is_tried_again(service: Service) -> None:
    """A body shorter than announced: the connection broke."""
    service.items = [item(1, "a")]
    service.first = [(200, b"{", {"Content-Length": "99"})]
    assert numbers(quick()[0]) == ["1"]
    assert len(service.queries) == 2


def test_redirects_are_not_followed(service: Service) -> None:
    """The key would go along."""
    service.first = [(302, b"", {"Location": service.url + "/elsewhere"})]
    with pytest.raises(ServiceError, match="redirects"):
        numbers(quick()[0])
    assert len(service.queries) == 1


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kstartup.KEY_VARIABLE, KEY)
    monkeypatch.setenv(kstartup.URL_VARIABLE, "http://127.0.0.1:1")
    with pytest.raises(ServiceError, match=r"no answer .*, 2 times"):
        numbers(quick(attempts=2)[0])


def test_an_answer_too_large(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 10)
    service.items = [item(1, "a")]
    with pytest.raises(ServiceError, match="larger than"):
        numbers(quick()[0])


def test_requests_keep_their_distance(service: Service) -> None:
    service.items = [item(n, "a") for n in range(3)]
    now = iter([0.0, 0.2, 0.2])  # sent at 0; 0.2 seconds later the next is due to wait 0.3
    waits: list[float] = []
    client = Client(pause=0.5, sleep=waits.append, clock=lambda: next(now))
    assert len(numbers(client)) == 3
    assert waits == [pytest.approx(0.3)]


@pytest.mark.parametrize(
    "url",
    [
        "http://apis.data.go.kr/x",
        "ftp://apis.data.go.kr",
        "file:///etc/passwd",
        "https://user:word@host/x",
        "https://host/x?y=1",
        "https://host/x#y",
        "https://",
        "host",
    ],
)
def test_addresses_that_would_give_the_key_away(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        checked_base(url)


def test_addresses_that_are_fit() -> None:
    assert checked_base("https://apis.data.go.kr/x/") == "https://apis.data.go.kr/x"
    assert checked_base("http://localhost:8000") == "http://localhost:8000"
    assert checked_base(kstartup.BASE_URL) == kstartup.BASE_URL


# --- fields --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20270105", "2027-01-05"),
        ("2027-01-05", "2027-01-05"),
        ("2027-01-05 00:00:00", "2027-01-05"),
        ("20270230", ""),
        ("상시", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_days(text: str | None, day: str) -> None:
    assert announcement(item(1, "a", pbanc_rcpt_bgng_dt=text)).opens == day


@pytest.mark.parametrize(
    ("detail", "apply_at", "url"),
    [
        (
            "https://www.k-startup.go.kr/a?pbancSn=1",
            None,
            "https://www.k-startup.go.kr/a?pbancSn=1",
        ),
        ("www.k-startup.go.kr/a", None, "https://www.k-startup.go.kr/a"),
        ("https://forms.example/x", "https://k-startup.go.kr/b", "https://k-startup.go.kr/b"),
        ("https://k-startup.go.kr.evil.example/", None, ""),
        ("javascript:alert(1)", None, ""),
        (None, None, ""),
    ],
)
def test_the_page_of_an_announcement(detail: str | None, apply_at: str | None, url: str) -> None:
    assert announcement(item(1, "a", detl_pg_url=detail, biz_aply_url=apply_at)).url == url


def test_company_ages() -> None:
    assert company_age("예비창업자,1년미만,3년미만,10년미만") == "10"
    assert company_age("7년 미만") == "7"
    assert company_age("예비창업자") == ""


@pytest.mark.parametrize(
    "title",
    [
        "2027년 스마트시티 챌린지 참여기업 모집 공고",
        "[부산] 스마트시티 챌린지(3차) 추가모집",
        "「스마트시티챌린지」 제2차 신청기업 선정 안내",
        "'27년도 스마트 시티 챌린지 모집",
        "2027 스마트시티 챌린지 공모",
    ],
)
def test_names_without_the_words_of_announcing(title: str) -> None:
    assert bare(title) == "스마트시티챌린지"


# --- placing -------------------------------------------------------------------------

REGIONS: list[Row] = [
    {"sido": "KR-11", "name_ko": "서울특별시", "short_ko": "서울"},
    {"sido": "KR-26", "name_ko": "부산광역시", "short_ko": "부산"},
]
PROGRAMS: list[Row] = [
    {"program_id": "challenge", "name_ko": "스마트시티 챌린지"},
    {"program_id": "busan", "name_ko": "오픈이노베이션 밋업", "sido": "KR-26"},
    {"program_id": "twin-a", "name_ko": "로봇 실증 지원사업"},
    {"program_id": "twin-b", "name_ko": "로봇 실증지원 사업"},
]


def placed(*items: Item, editions: list[Row] | None = None) -> list[str]:
    given_tables = tables(regions=REGIONS, programs=PROGRAMS, program_editions=editions or [])
    return list(diff(propose([announcement(each) for each in items], given_tables)))


def test_a_new_edition() -> None:
    assert placed(item(7, "2027년 스마트시티 챌린지 참여기업 모집")) == [
        "+ program_editions challenge  "
        "(K-Startup 7 “2027년 스마트시티 챌린지 참여기업 모집”, similarity 100)",
        "    program_id: challenge",
        "    edition_year: 2027",
        "    apply_open: 2027-01-05",
        "    apply_close: 2027-01-31",
        "    max_company_age_years: 7",
        "1 new, 0 completed, 0 unchanged, 0 not placed. Nothing was written into the data.",
    ]


def edition(**cells: str) -> Row:
    row = {"edition_id": "challenge--2027", "program_id": "challenge", "edition_year": "2027"}
    return row | cells


CHALLENGE = item(7, "2027년 스마트시티 챌린지 모집")


def test_a_known_edition_is_completed_and_its_note_says_from_where() -> None:
    lines = placed(CHALLENGE, editions=[edition(apply_open="2027-01", note_en="x", note_ko="비고")])
    assert lines[1:5] == [
        "    apply_open: 2027-01 → 2027-01-05",
        "    apply_close: 2027-01-31",
        "    max_company_age_years: 7",
        "    note_en: x → x; apply_open, apply_close, max_company_age_years "
        "from K-Startup announcement 7",
    ]
    assert lines[0].startswith("~ program_editions challenge--2027 ")


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (
            {"apply_open": "2027-01-05", "apply_close": "2027-01-31", "max_company_age_years": "7"},
            "0 new, 0 completed, 1 unchanged, 0 not placed.",
        ),
        ({"apply_close": "2027-02-01"}, "apply_close is 2027-02-01 here, 2027-01-31 there"),
        ({"max_company_age_years": "70"}, "max_company_age_years is 70 here, 7 there"),
    ],
)
def test_a_known_edition_is_never_overwritten(cells: Row, line: str) -> None:
    lines = placed(CHALLENGE, editions=[edition(**cells)])
    assert any(line in each for each in lines)
    assert not any(each.startswith(("+", "~")) for each in lines)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (item(1, "예비창업패키지 모집"), "unmatched"),
        (item(1, "오픈이노베이션 밋업", supt_regin="서울특별시"), "unmatched"),
        (item(1, "로봇 실증 지원사업"), "ambiguous: twin-b or twin-a"),
        (item(1, ""), "unmatched"),
        (item(1, "스마트시티 챌린지", detl_pg_url=None), "no page"),
        (
            item(1, "스마트시티 챌린지", pbanc_rcpt_bgng_dt=None, pbanc_rcpt_end_dt="상시"),
            "neither the title nor the window gives a year",
        ),
    ],
)
def test_what_cannot_be_placed_says_why(found: Item, reason: str) -> None:
    lines = placed(found)
    assert lines[0].startswith("? 1 ") and reason in lines[0]
    assert "0 new, 0 completed, 0 unchanged, 1 not placed" in lines[1]


def test_the_province_of_a_programme_counts() -> None:
    assert placed(item(1, "오픈이노베이션 밋업", supt_regin="부산,서울"))[0].startswith("+")
    assert placed(item(1, "오픈이노베이션 밋업", supt_regin="전국"))[0].startswith("+")


def test_editions_that_leave_a_choice() -> None:
    two = [edition(), edition(edition_id="challenge--2027--b", edition_label_en="b")]
    assert "several editions" in placed(CHALLENGE, editions=two)[0]
    lines = placed(CHALLENGE, item(8, "스마트시티 챌린지 2027년 추가모집"))
    assert lines[0].startswith("+") and "another announcement was placed there" in lines[-2]


def test_control_characters_do_not_reach_the_terminal() -> None:
    title = "\x1b[31m\u202e예비창업패키지"
    assert placed(item(1, title))[0] == "? 1 [31m예비창업패키지: " + (
        "unmatched: no programme has a similar name"
    )


# --- the command -----------------------------------------------------------------------


@pytest.fixture
def run_command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setattr("loaders.connectors.__main__.Client", lambda: quick()[0])
    return lambda *arguments: CliRunner().invoke(cli, ["kstartup", *map(str, arguments)])


def test_the_command_proposes_and_writes_nothing_into_the_data(
    service: Service, run_command: Callable[..., Any], tmp_path: Path
) -> None:
    before, out = fingerprint(DATA), tmp_path / "editions.csv"
    service.items = [
        item(1, "2027년 스마트시티 챌린지 참여기업 모집"),
        item(2, "=HYPERLINK(1) 예비창업패키지"),
        item(3, "지난 사업", pbanc_rcpt_end_dt="20200101"),
    ]
    result = run_command("--out", out, "--since", "2027-01-01")
    assert result.exit_code == 0, result.output
    assert "1 new, 0 completed, 0 unchanged, 1 not placed" in result.output
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert list(row) == [*committed()["program_editions"].columns, *PAGE_COLUMNS]
    assert (row["program_id"], row["edition_id"]) == ("smart-city-challenge", "")
    assert row["source_url"].endswith("pbancSn=1")
    beside = (tmp_path / "editions-unplaced.csv").read_text(encoding="utf-8")
    assert "2,'=HYPERLINK(1)" in beside and "지난 사업" not in beside
    assert fingerprint(DATA) == before


def test_the_import_knows_the_columns() -> None:
    assert PAGE_COLUMNS == IMPORTED


def test_the_import_takes_what_was_proposed(
    service: Service, run_command: Callable[..., Any], data_copy: Path, tmp_path: Path
) -> None:
    """A new edition, and a known one completed; a dry run, then applied."""
    out = tmp_path / "program_editions.csv"
    service.items = [
        item(1, "2027년 스마트시티 챌린지 참여기업 모집"),
        item(2, "2026년 해운항만 창업지원 플랫폼 1876 BUSAN 모집", pbanc_rcpt_bgng_dt="20251224",
             pbanc_rcpt_end_dt="20260107"),
    ]  # fmt: skip
    assert "1 new, 1 completed" in run_command("--out", out).output
    arguments = ["import", str(out), "--table", "program_editions"]
    assert CliRunner().invoke(loaders_cli, arguments).exit_code == 0
    assert fingerprint(data_copy) == fingerprint(DATA)
    result = CliRunner().invoke(loaders_cli, [*arguments, "--apply"])
    assert result.exit_code == 0, result.output
    rows = {row["edition_id"]: row for row in read_rows(data_copy, "program_editions")}
    made = rows["smart-city-challenge--2027"]
    assert (made["apply_open"], made["apply_close"]) == ("2027-01-05", "2027-01-31")
    page = next(r for r in read_rows(data_copy, "sources") if r["source_id"] == made["source_id"])
    assert page["publisher_ko"] == "K-Startup(창업진흥원)"
    known = rows["1876-busan--2026"]
    assert (known["max_company_age_years"], known["budget"]) == ("7", "280000000")
    assert known["note_en"].endswith("max_company_age_years from K-Startup announcement 2")


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (kstartup.KEY_VARIABLE, "", "holds no service key"),
        (kstartup.KEY_VARIABLE, "wrong", "the key was refused"),
        (kstartup.URL_VARIABLE, "http://example.org", "not an https address"),
    ],
)
def test_the_command_says_what_is_wrong(
    service: Service,
    run_command: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    value: str,
    message: str,
) -> None:
    monkeypatch.setenv(variable, value)
    result = run_command("--out", tmp_path / "x.csv")
    assert result.exit_code == 1
    assert message in result.output
    assert not (tmp_path / "x.csv").exists()


def test_the_command_refuses_to_write_beside_the_data(
    service: Service, run_command: Callable[..., Any]
) -> None:
    assert run_command("--out", DATA / "program_editions.csv").exit_code == 2
    assert run_command("--out", DATA / "new.csv").exit_code == 2
    assert not (DATA / "new.csv").exists()
