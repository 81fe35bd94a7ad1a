"""Network picture and rounds on a relative axis."""

from __future__ import annotations

import pandas as pd

from charts.network import relative_rounds, two_kinds

HOSTILE = "<img src=x onerror=alert(1)> %{x} `${1}`"


def nodes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": ["i:x", "i:y", "c:a"],
            "kind": ["investor", "investor", "company"],
            "label": ["Xylo", HOSTILE, "Alpha"],
            "hover": ["Xylo: 1", HOSTILE, "Alpha: 2"],
            "x": [0.0, 1.0, 0.5],
            "y": [0.0, 1.0, 0.5],
            "links": [1, 1, 2],
            "named": [True, True, False],
        }
    )


def test_each_link_is_a_line_between_its_nodes() -> None:
    links = pd.DataFrame({"left": ["i:x", "i:y"], "right": ["c:a", "c:a"]})
    words = {"investor": "Investor", "company": "Company"}
    fig = two_kinds(nodes(), links, words, "c:a")
    lines, investors, companies = fig.data
    assert list(lines.x) == [0.0, 0.5, None, 1.0, 0.5, None]
    assert list(lines.y) == [0.0, 0.5, None, 1.0, 0.5, None]
    assert (investors.name, companies.name) == ("Investor", "Company")
    assert investors.marker.symbol != companies.marker.symbol
    assert list(companies.marker.line.width) == [3.0]
    assert list(investors.marker.line.width) == [0.8, 0.8]
    assert list(companies.text) == [""]
    assert companies.marker.size[0] > investors.marker.size[0]


def test_labels_of_a_network_are_text() -> None:
    links = pd.DataFrame({"left": ["i:y"], "right": ["c:a"]})
    fig = two_kinds(nodes(), links, {"investor": "I", "company": "C"}, "")
    assert "<img" not in fig.to_json()
    assert fig.data[1].hovertemplate == "%{customdata}<extra></extra>"


def rounds() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "company": ["Alpha", "Alpha", HOSTILE],
            "months": [-3.0, 6.0, 12.0],
            "low": [-5.0, 6.0, 10.0],
            "high": [-3.0, float("nan"), 14.0],
            "kind": ["disclosed", "undisclosed", "disclosed"],
            "hover": ["first", "second", HOSTILE],
        }
    )


def test_rounds_stand_on_the_line_of_their_company() -> None:
    fig = relative_rounds(rounds(), {"disclosed": "D", "undisclosed": "U"}, "Months")
    disclosed, undisclosed = fig.data
    assert list(disclosed.x) == [-3.0, 12.0]
    assert disclosed.y[0] == undisclosed.y[0] == "Alpha"
    assert disclosed.y[1] != "Alpha"
    assert list(disclosed.error_x.arrayminus) == [2.0, 2.0]
    assert list(disclosed.error_x.array) == [0.0, 2.0]
    # an end that is not bounded gets no bar: nothing is claimed beyond the mark
    assert list(undisclosed.error_x.array) == [0.0]
    assert "<img" not in fig.to_json()


def test_companies_whose_short_names_are_equal_keep_their_own_lines() -> None:
    long = "A company with a very long name, number "
    frame = pd.DataFrame(
        {
            "company": [long + "1", long + "2"],
            "months": [1.0, 2.0],
            "low": [1.0, 2.0],
            "high": [1.0, 2.0],
            "kind": ["disclosed", "disclosed"],
            "hover": ["", ""],
        }
    )
    fig = relative_rounds(frame, {"disclosed": "D", "undisclosed": "U"}, "Months")
    assert len(set(fig.data[0].y)) == 2
