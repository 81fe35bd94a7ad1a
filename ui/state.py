"""The URL is the state: widgets read from it and write to it.

Each parameter is declared where its widget stands. The URL is decoded before the
widget is drawn; a change by the reader is written back in the widget's callback,
so that the link in the address bar always restores the view. Parameters at their
default are left out, except the language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Literal
from zlib import crc32

import streamlit as st

from ui.codec import decode_code, decode_codes, decode_number, decode_text, encode_codes
from ui.i18n import Words

_NOTICES = "notices"
_TOLD_IN = "language-of-labels"


def _raw(name: str) -> str | None:
    values = st.query_params.get_all(name)
    return values[-1] if values else None


def _write(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def _key(name: str) -> str:
    return f"param-{name}"


def _prime(name: str, value: object, *, always: bool = False) -> None:
    """Give the widget the value of the link, if it does not have it already.

    The browser knows options by their labels: where labels change between runs (they
    carry counts) it must be told ``always``.
    """
    told = st.session_state.setdefault(_TOLD_IN, {})
    lang = st.session_state.get("lang")
    if always or told.get(name) != lang or st.session_state.get(_key(name)) != value:
        st.session_state[_key(name)] = value
    told[name] = lang


def begin_run() -> None:
    """Forget the notices of the last run."""
    st.session_state[_NOTICES] = []


def reject(name: str) -> None:
    """Note that a value of the link was not usable, and take it out of the link."""
    st.session_state.setdefault(_NOTICES, []).append(name)


def notices() -> list[str]:
    """Names of the parameters whose values in the link were not usable."""
    return list(st.session_state.get(_NOTICES, []))


def show_notices(place: st.delta_generator.DeltaGenerator, t: Words) -> None:
    """Say which parts of the link were ignored."""
    if names := notices():
        place.warning(
            t(
                "Part of the link was not understood and was ignored: {names}. "
                "The rest of the view is shown.",
                names=", ".join(sorted(set(names))),
            ),
            icon=":material/link_off:",
        )


def one(name: str, allowed: Sequence[str], default: str) -> str:
    """A single code without a widget of its own."""
    decoded = decode_code(_raw(name), allowed, default)
    if decoded.rejected:
        reject(name)
    return decoded.values[0]


def text(name: str) -> str:
    """Free text without a widget of its own."""
    decoded = decode_text(_raw(name))
    if decoded.rejected:
        reject(name)
    return decoded.values[0]


def set_one(name: str, value: str) -> None:
    """Write a single code (empty: remove it)."""
    _write(name, value)


def many(name: str, allowed: Collection[str], most: int | None = None) -> tuple[str, ...]:
    """Codes without a widget of their own, at most ``most``."""
    decoded = decode_codes(_raw(name), allowed)
    values = decoded.values[:most]
    if decoded.rejected or len(values) < len(decoded.values):
        reject(name)
    return values


def set_many(name: str, values: Sequence[str]) -> None:
    """Write codes (none: remove them)."""
    _write(name, encode_codes(values))


def parameters() -> dict[str, str]:
    """The link as it stands: every parameter with its value."""
    return {name: _raw(name) or "" for name in sorted(st.query_params)}


def choose_page(name: str, pages: int, view: Hashable) -> int:
    """Buttons for the pages of a long list, bound to the URL; counted from 1.

    Another ``view`` (filter, order) than in the run before begins at its first page.
    """
    seen = f"view-{name}"
    if st.session_state.get(seen, view) != view:
        _write(name, "")
    st.session_state[seen] = view
    decoded = decode_number(_raw(name), 1, max(pages, 1), 1)
    if decoded.rejected:
        reject(name)
    page = int(decoded.values[0])
    if pages < 2:
        return page
    # another view gets buttons of its own; the same in every process, for who comes back
    key = f"{_key(name)}-{crc32(repr(view).encode())}"
    if st.session_state.get(key, page) != page:
        st.session_state[key] = page

    def changed() -> None:
        picked = st.session_state[key]
        _write(name, "" if picked == 1 else str(picked))

    return int(st.pagination(pages, default=page, key=key, on_change=changed))


def choose_many(
    name: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    *,
    placeholder: str,
    most: int | None = None,
    counted: bool = False,
) -> tuple[str, ...]:
    """A multi-select bound to the URL; empty means "all"; at the most ``most`` values.

    ``counted``: the labels carry counts. Different codes need different labels.
    """
    _prime(name, list(many(name, options, most)), always=counted)

    def changed() -> None:
        _write(name, encode_codes(st.session_state[_key(name)]))

    chosen = st.multiselect(
        label,
        options,
        format_func=words,
        key=_key(name),
        on_change=changed,
        placeholder=placeholder,
        max_selections=most,
    )
    return tuple(chosen)


def choose_one(
    name: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    default: str,
    *,
    help_text: str | None = None,
    counted: bool = False,
) -> str:
    """A select box bound to the URL; ``counted``: the labels carry counts."""
    value = one(name, options, default)
    _prime(name, value, always=counted)

    def changed() -> None:
        picked = st.session_state[_key(name)]
        _write(name, "" if picked == default else picked)

    return str(
        st.selectbox(
            label, options, format_func=words, key=_key(name), on_change=changed, help=help_text
        )
    )


def choose_segment(
    name: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    default: str,
    *,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
) -> str:
    """A segmented control bound to the URL."""
    value = one(name, options, default)
    _prime(name, value)

    def changed() -> None:
        picked = st.session_state[_key(name)]
        _write(name, "" if picked in (None, default) else picked)

    chosen = st.segmented_control(
        label,
        options,
        format_func=words,
        key=_key(name),
        on_change=changed,
        required=True,
        wrap=True,
        label_visibility=label_visibility,
    )
    return str(chosen or default)


def choose_number(name: str, label: str, low: int, high: int, default: int) -> int:
    """A whole number between ``low`` and ``high``, bound to the URL."""
    decoded = decode_number(_raw(name), low, high, default)
    if decoded.rejected:
        reject(name)
    _prime(name, int(decoded.values[0]))

    def changed() -> None:
        picked = st.session_state[_key(name)]
        _write(name, "" if picked in (None, default) else str(picked))

    typed = st.number_input(label, low, high, key=_key(name), on_change=changed, step=1)
    return int(typed)


def type_number(
    name: str, label: str, low: int, high: int, *, placeholder: str, help_text: str | None = None
) -> int | None:
    """A whole number bound to the URL that may be left empty (None)."""
    raw = _raw(name)
    decoded = decode_number(raw, low, high, low)
    if decoded.rejected:
        reject(name)
    _prime(name, int(decoded.values[0]) if raw and not decoded.rejected else None)

    def changed() -> None:
        picked = st.session_state[_key(name)]
        _write(name, "" if picked is None else str(picked))

    typed = st.number_input(
        label,
        low,
        high,
        value=None,
        key=_key(name),
        on_change=changed,
        step=1,
        placeholder=placeholder,
        help=help_text,
    )
    return None if typed is None else int(typed)


def level(name: str, low: int, high: int, default: int) -> int:
    """One of a few whole numbers, without a widget of its own."""
    decoded = decode_number(_raw(name), low, high, default)
    if decoded.rejected:
        reject(name)
    return int(decoded.values[0])


def choose_level(name: str, label: str, low: int, high: int, default: int) -> int:
    """A slider over a few whole numbers, bound to the URL."""
    _prime(name, level(name, low, high, default))

    def changed() -> None:
        picked = st.session_state[_key(name)]
        _write(name, "" if picked == default else str(picked))

    return int(st.slider(label, low, high, key=_key(name), on_change=changed, step=1))


def choose_switch(
    name: str, label: str, default: bool = False, *, help_text: str | None = None
) -> bool:
    """An on/off switch bound to the URL as ``yes`` or ``no``."""
    value = one(name, ("yes", "no"), "yes" if default else "no") == "yes"
    _prime(name, value)

    def changed() -> None:
        picked = bool(st.session_state[_key(name)])
        _write(name, "" if picked == default else "yes" if picked else "no")

    with st.container(key=f"switch-{name}"):
        return bool(st.toggle(label, key=_key(name), on_change=changed, help=help_text))


def type_text(name: str, label: str, *, placeholder: str) -> str:
    """A text box bound to the URL."""
    value = text(name)
    _prime(name, value)

    def changed() -> None:
        _write(name, decode_text(st.session_state[_key(name)]).values[0])

    typed = st.text_input(label, key=_key(name), on_change=changed, placeholder=placeholder)
    return decode_text(typed).values[0]
