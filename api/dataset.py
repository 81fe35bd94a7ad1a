"""The data package as a schema.org Dataset, which search engines for data read."""

from __future__ import annotations

from typing import Any

import orjson

from api.v1 import PREFIX
from loaders.package import Lang, package


def dataset(lang: Lang, base: str) -> dict[str, Any]:
    """The description in one language.

    Args:
        base: address of the site, without a stroke at its end.
    """
    described = package()
    node = described.descriptor
    suffix = "_ko" if lang == "ko" else ""
    files = [
        {
            "@type": "DataDownload",
            "name": resource.title[lang],
            "description": resource.description[lang],
            "encodingFormat": "text/csv",
            "contentUrl": f"{base}{PREFIX}/data/{name}.csv",
        }
        for name, resource in described.resources.items()
    ]
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": node[f"title{suffix}"],
        "description": node[f"description{suffix}"],
        "url": f"{base}/data?lang={lang}",
        "version": node["version"],
        "dateModified": node["created"][:10],
        "inLanguage": node["languages"],
        "license": node["licenses"][0]["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": node["contributors"][0]["title"]},
        "spatialCoverage": {"@type": "Country", "name": "KR"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": f"{base}{PREFIX}/datapackage.json",
            },
            *files,
        ],
    }


def script(lang: Lang, base: str) -> str:
    """The description as a script element that no text inside can end."""
    content = orjson.dumps(dataset(lang, base)).decode()
    for sign in "<>&\u2028\u2029":
        content = content.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/ld+json">{content}</script>'
