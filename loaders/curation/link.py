"""``link``: organisations that are likely the same, with score and reasons."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from loaders.curation import display, similar
from loaders.curation.command import JsonOption, LangOption, opened, refuse, words_for
from loaders.curation.store import clean
from loaders.curation.suggest import label
from loaders.curation.words import Words, language
from loaders.package import data_dir

_said = Words(language(None))


def link(
    different: Annotated[
        tuple[str, str] | None, typer.Option("--different", help=_said("help.different"))
    ] = None,
    why: Annotated[str, typer.Option(help=_said("help.why"))] = "",
    json_: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Likely same organisations; pairs that were decided to be two are left out."""
    words = words_for(lang)
    state = opened(words)
    sheet = state["organizations"]
    rows = sheet.by_key()
    if different:
        unknown = [key for key in different if (key,) not in rows]
        if unknown or not why:
            missing = [words("link.unknown", key=key) for key in unknown]
            refuse(missing or [words("link.why")], words)
        similar.decide(data_dir(), *different, clean(why))
        display.say(words("written", files=str(similar.DECIDED)), "green")
        return
    found = similar.pairs(sheet, similar.decided_different(data_dir()))
    if json_:
        display.dump([asdict(pair) for pair in found])
        return
    if not found:
        display.say(words("link.none"))
        return
    display.table(
        [words("link.score"), words("link.left"), words("link.right"), words("link.reasons")],
        [
            [
                round(pair.score),
                f"{pair.left} · {label(sheet, rows[pair.left,], words.lang)}",
                f"{pair.right} · {label(sheet, rows[pair.right,], words.lang)}",
                "; ".join(words(f"why.{reason}") for reason in pair.reasons),
            ]
            for pair in found
        ],
    )
    display.say(words("link.next"), "dim")
