"""The documentation page: the OpenAPI document as plain HTML that loads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from loaders.exports import visible
from loaders.package import Lang

HTML = "text/html; charset=utf-8"
#: No script, no font, no picture, no frame: only the style in the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"

_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "Open data API",
        "intro": "Every table and the main figures as files. Nothing to register; read only. "
        "Data are licensed CC BY 4.0: name Testbed Atlas Korea and the pages of the facts.",
        "parameters": "Parameters",
        "name": "Name",
        "type": "Type",
        "meaning": "Meaning",
        "answers": "Answers",
        "machine": "The same for machines",
        "other": "한국어",
        "none": "No parameters",
        "back": "Data & methods",
    },
    "ko": {
        "title": "공개 데이터 API",
        "intro": "모든 표와 주요 수치를 파일로 제공합니다. 가입이 필요 없고 읽기만 됩니다. "
        "데이터는 CC BY 4.0이므로 ‘한국 실증 아틀라스’와 사실의 출처 페이지를 밝혀 주십시오.",
        "parameters": "매개변수",
        "name": "이름",
        "type": "형식",
        "meaning": "뜻",
        "answers": "응답",
        "machine": "기계용 문서",
        "other": "English",
        "none": "매개변수 없음",
        "back": "데이터와 방법",
    },
}
_OTHER: dict[Lang, Lang] = {"ko": "en", "en": "ko"}
_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.6 Pretendard,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",system-ui,
sans-serif;max-width:64rem;margin:0 auto;padding:1.5rem;word-break:keep-all;overflow-wrap:anywhere}
code{font-family:ui-monospace,Consolas,monospace;font-size:.95em}
section{border-top:1px solid #8888;padding:.5rem 0 1rem}
h2 code{font-size:1.05rem}
h2{margin:.6rem 0 .2rem;font-size:1.1rem}
p{margin:.3rem 0;white-space:pre-line}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;
border-bottom:1px solid #8884}
"""


def _text(value: object) -> str:
    return escape(visible(value))


def _kind(schema: Mapping[str, Any]) -> str:
    if "items" in schema:
        return f"{_kind(schema['items'])}[]"
    if "anyOf" in schema:
        known = [_kind(s) for s in schema["anyOf"] if s.get("type") != "null"]
        return " | ".join(known)
    if "enum" in schema and len(schema["enum"]) <= 12:
        return " | ".join(str(v) for v in schema["enum"])
    return str(schema.get("const", schema.get("type", "string")))


def _rows(parameters: list[Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    for parameter in parameters:
        schema = parameter["schema"]
        meaning = parameter.get("description", "")
        if lang == "ko":
            meaning = schema.get("x-description-ko", meaning)
        yield (
            f'<tr><th scope="row"><code>{_text(parameter["name"])}</code></th>'
            f"<td>{_text(_kind(schema))}</td><td>{_text(meaning)}</td></tr>"
        )


def _parameters(parameters: list[Mapping[str, Any]], lang: Lang, w: Mapping[str, str]) -> str:
    if not parameters:
        return f"<p>{w['none']}</p>"
    head = "".join(f'<th scope="col">{w[key]}</th>' for key in ("name", "type", "meaning"))
    return (
        f"<details><summary>{w['parameters']} ({len(parameters)})</summary>"
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(_rows(parameters, lang))}</tbody></table></div></details>"
    )


def _operation(path: str, node: Mapping[str, Any], lang: Lang, w: Mapping[str, str]) -> str:
    title, about = node["summary"], node["description"]
    if lang == "ko":
        title, about = node["x-summary-ko"], node["x-description-ko"]
    kinds = ", ".join(f"<code>{_text(kind)}</code>" for kind in node["responses"]["200"]["content"])
    return (
        f"<section><h2>{_text(title)} <code>GET {_text(path)}</code></h2><p>{_text(about)}</p>"
        f"{_parameters(node.get('parameters', []), lang, w)}"
        f"<p>{w['answers']}: {kinds}</p></section>"
    )


def page(document: Mapping[str, Any], lang: Lang) -> str:
    """The OpenAPI document as a page in one language."""
    w = _WORDS[lang]
    base = document["servers"][0]["url"]
    operations = "".join(
        _operation(base + path, methods["get"], lang, w)
        for path, methods in document["paths"].items()
    )
    other = _OTHER[lang]
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{w['title']} · {_text(document['info']['title'])}</title>"
        f"<style>{_STYLE}</style></head><body><header><h1>{w['title']}</h1><p>{w['intro']}</p>"
        f'<p><a href="openapi.json">{w["machine"]}: openapi.json</a> · '
        f'<a href="/data?lang={lang}">{w["back"]}</a> · '
        f'<a href="?lang={other}" lang="{other}" hreflang="{other}">{w["other"]}</a></p>'
        f"</header><main>{operations}</main></body></html>"
    )
