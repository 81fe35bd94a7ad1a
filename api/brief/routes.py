"""Routes of the briefs: ``/brief/{id}`` as a page and ``/brief/{id}.pdf``, in two languages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.brief.content import Setting, brief
from api.brief.gate import BusyError, Gate
from api.brief.page import HTML, TEMPLATES, html, missing
from api.brief.pdf import pdf
from api.brief.subjects import Subject, find
from api.caching import Answer, Store, code_id, current_snapshot, entity_tag, send
from api.feeds import base_url
from api.problems import ProblemError, shortened
from loaders.engine import engine_for
from loaders.i18n import Words
from loaders.package import PROJECT_ROOT, Lang

LanguageChoice = Callable[[str | None, str | None, str | None], Lang]

PDF = "application/pdf"
#: Addresses of the three places the atlas began with, for the site map.
FIRST_BRIEFS = ("brief/busan", "brief/sejong", "brief/cheonan")
_KEPT_BYTES = 16 * 2**20
#: Making a brief takes a processor for about half a second.
_WORKING, _WAITING, _PATIENCE = 2, 12, 10.0
RETRY_AFTER = "5"


@lru_cache(maxsize=1)
def _text_id() -> str:
    """Eight hexadecimal digits that change with the templates and the catalogues."""
    digest = hashlib.sha256()
    catalogues = (PROJECT_ROOT / "locales").rglob("*.po")
    for path in [*sorted(TEMPLATES.iterdir()), *sorted(catalogues)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _refusal(
    status: int, title: str, text: str, t: Words, headers: Mapping[str, str] | None = None
) -> Response:
    known = {"Cache-Control": "no-store", "Vary": "Accept-Language", **(headers or {})}
    return Response(missing(title, text, t), status, known, media_type=HTML)


def _unavailable(t: Words) -> Response:
    text = t("The page cannot be made just now. Please try again in a few seconds.")
    return _refusal(503, t("Not available just now"), text, t, {"Retry-After": RETRY_AFTER})


def _unknown(asked: str, t: Words) -> Response:
    text = t(
        "There is no place and no programme with the id “{id}”. A brief is asked for by the code "
        "or short English name of a province, the code of a municipality or the id of a programme.",
        id=shortened(asked),
    )
    return _refusal(404, t("No such brief"), text, t)


class Briefs:
    """Makes briefs and keeps those asked for last."""

    def __init__(self, colors: Mapping[str, str], gate: Gate | None = None) -> None:
        self._colors = colors
        self._gate = gate or Gate(_WORKING, _WAITING, _PATIENCE)
        self._store = Store(_KEPT_BYTES, _KEPT_BYTES // 8)

    def _made(
        self, subject: Subject, snapshot_id: str, base: str, as_pdf: bool, t: Words
    ) -> Answer:
        key = f"{snapshot_id} {base} {subject.kind} {subject.id} {t.lang} {as_pdf}"
        kept = self._store.get(key)
        if kept is not None:
            return kept
        with self._gate.turn():
            kept = self._store.get(key)  # made while this one waited
            if kept is not None:
                return kept
            setting = Setting(base, self._colors)
            found = brief(engine_for(snapshot_id), subject, snapshot_id, setting, t)
            if as_pdf:
                name = f'inline; filename="brief-{subject.slug}-{t.lang}.pdf"'
                answer = Answer(pdf(found), PDF, {"Content-Disposition": name})
            else:
                answer = Answer(html(found, base), HTML)
            self._store.put(key, answer)
            return answer

    def answer(self, request: Request, as_pdf: bool, t: Words) -> Response:
        """The brief that the address asks for, or a page that says why there is none."""
        try:
            snapshot_id = current_snapshot()
        except ProblemError:
            return _unavailable(t)
        asked = request.path_params["id"]
        subject = find(engine_for(snapshot_id), asked)
        if subject is None:
            return _unknown(asked, t)
        try:
            made = self._made(subject, snapshot_id, base_url(request), as_pdf, t)
        except BusyError:
            return _unavailable(t)
        tag = entity_tag(snapshot_id, code_id(), _text_id(), t.lang)
        return send(request, made, tag, Vary="Accept-Language")


def brief_routes(
    choose: LanguageChoice, colors: Mapping[str, str], gate: Gate | None = None
) -> list[Route]:
    """Routes of the briefs.

    Args:
        choose: the language from the address, the session and the browser.
        colors: colour of each stage, the same as on the pages.
        gate: bound on briefs made at once; by default two.
    """
    briefs = Briefs(colors, gate)

    def endpoint(as_pdf: bool) -> Callable[[Request], Response]:
        # not async: the server runs it in a thread, so that nobody else waits for it
        def respond(request: Request) -> Response:
            preferred = request.headers.get("accept-language", "").split(",")[0]
            lang = choose(request.query_params.get("lang"), None, preferred)
            return briefs.answer(request, as_pdf, Words(lang))

        return respond

    return [
        Route("/brief/{id}.pdf", endpoint(as_pdf=True), methods=["GET"]),
        Route("/brief/{id}", endpoint(as_pdf=False), methods=["GET"]),
    ]
