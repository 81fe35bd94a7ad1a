"""Free-text search over Korean and English names.

Names are folded (Unicode NFC, case, spaces, punctuation and legal forms gone) and
taken apart into jamo, so that one wrong vowel is one wrong letter and not a whole
syllable. An inverted index of letter pairs leaves few candidates; those are checked
literally, by initial consonants, or with rapidfuzz's partial ratio. Likeness is
asked for only when a word stands nowhere literally. The pair filter keeps every
name within ``e`` edits of the query because an edit destroys at most two pairs
(Ukkonen 1992, the q-gram lemma).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from analytics.once import once_per_snapshot
from analytics.pilot_facts import pilot_facts
from loaders.engine import Runner

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LITERAL = "literal"
INITIALS = "initials"
SIMILAR = "similar"

#: Letters of a query for one tolerated mistake; the cut-off is the same share.
LETTERS_PER_EDIT = 5
CUTOFF = 100 * (1 - 1 / LETTERS_PER_EDIT)
SHORTEST = 2

#: Scores: the whole name, its beginning, inside it; likeness stays below all of them.
_WHOLE, _BEGIN, _INSIDE = 100.0, 97.0, 94.0
_INITIALS_LOSS = 6.0
_PARTICLE_LOSS = 2.0
_WORDS_LOSS = 1.0
_SIMILAR_WEIGHT = 0.85

_LEGAL = re.compile(
    r"주식회사|유한회사|㈜|\(주\)|\(유\)|[\s,]+(?:co\.?,?\s*ltd|inc|corp|ltd|llc)\.?\s*$",
    re.IGNORECASE,
)
_PARTICLE = re.compile(
    "(?<=[가-힣]{2})(?:에서|에게|으로|까지|부터|은|는|이|가|을|를|의|에|와|과|로|도|만)$"
)
_INITIAL_LETTERS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# A keyboard joins two consonants typed in a row into a final cluster.
_CLUSTERS = str.maketrans(
    {
        "ㄳ": "ㄱㅅ",
        "ㄵ": "ㄴㅈ",
        "ㄶ": "ㄴㅎ",
        "ㄺ": "ㄹㄱ",
        "ㄻ": "ㄹㅁ",
        "ㄼ": "ㄹㅂ",
        "ㄽ": "ㄹㅅ",
        "ㄾ": "ㄹㅌ",
        "ㄿ": "ㄹㅍ",
        "ㅀ": "ㄹㅎ",
        "ㅄ": "ㅂㅅ",
    }
)
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_SYLLABLES_PER_INITIAL = 588


def fold(text: str) -> str:
    """Text as it is compared: NFC, no case, spaces, punctuation or legal form."""
    plain = unicodedata.normalize("NFC", text)
    return re.sub(r"[\W_]+", "", _LEGAL.sub("", plain)).casefold()


def jamo(folded: str) -> str:
    """Folded text with its syllables taken apart."""
    return unicodedata.normalize("NFD", folded)


def initials(folded: str) -> str:
    """Folded text with each syllable replaced by its initial consonant."""
    return "".join(
        _INITIAL_LETTERS[(ord(c) - _FIRST_SYLLABLE) // _SYLLABLES_PER_INITIAL]
        if _FIRST_SYLLABLE <= ord(c) <= _LAST_SYLLABLE
        else c
        for c in folded
    )


def without_particle(word: str) -> str:
    """A folded word without a Korean particle at its end (two syllables always stay)."""
    return _PARTICLE.sub("", word)


def as_initials(folded: str) -> str:
    """The query as initial consonants; empty when it is anything else."""
    letters = folded.translate(_CLUSTERS)
    return letters if letters and all(c in _INITIAL_LETTERS for c in letters) else ""


class Pairs:
    """Which texts hold which pairs of neighbouring letters."""

    def __init__(self, texts: list[str]) -> None:
        joined = "\n".join(["", *texts, ""])
        points = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        breaks = points == ord("\n")
        self._texts = max(len(texts), 1)
        self._alphabet = np.flatnonzero(np.bincount(points))
        letters = np.searchsorted(self._alphabet, points)
        owner = np.cumsum(breaks) - 1
        inside = ~(breaks[:-1] | breaks[1:])
        pairs = letters[:-1] * len(self._alphabet) + letters[1:]
        postings = np.unique(pairs[inside] * self._texts + owner[:-1][inside])
        self._owners = postings % self._texts
        codes = postings // self._texts
        self._codes, self._starts = np.unique(codes, return_index=True)
        self._ends = np.append(self._starts[1:], len(codes))

    def _code(self, pair: str) -> int:
        """Number of a pair; -1 when no text holds one of its letters."""
        points = np.array([ord(c) for c in pair])
        at = np.minimum(np.searchsorted(self._alphabet, points), len(self._alphabet) - 1)
        if (self._alphabet[at] != points).any():
            return -1
        return int(at[0] * len(self._alphabet) + at[1])

    def candidates(self, query: str, edits: int) -> Ints:
        """Positions of the texts that may hold ``query`` with at most ``edits`` edits."""
        wanted = {query[i : i + 2] for i in range(len(query) - 1)}
        found = []
        for pair in wanted:
            code = self._code(pair)
            at = int(np.searchsorted(self._codes, code))
            if at < len(self._codes) and self._codes[at] == code:
                found.append(self._owners[self._starts[at] : self._ends[at]])
        least = max(1, len(wanted) - 2 * edits)
        if len(found) < least:
            return np.empty(0, dtype=np.int64)
        shared = np.bincount(np.concatenate(found), minlength=self._texts)
        return np.flatnonzero(shared >= least)


class NameIndex:
    """Names ready to be searched; never changed after it is built.

    Args:
        names: ``field``, ``key`` and ``text`` of every name; one thing may have several.
    """

    def __init__(self, names: pd.DataFrame) -> None:
        self.names = names.reset_index(drop=True)
        self.folded = [fold(text) for text in self.names["text"]]
        self.jamo = [jamo(text) for text in self.folded]
        self.initials = [initials(text) for text in self.folded]
        self.pairs = Pairs(self.jamo)
        self.initial_pairs = Pairs(self.initials)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Hits:
    """Positions in the index with their scores, and how they were found."""

    at: Ints
    score: Floats
    how: str


def _placed(texts: list[str], at: Ints, wanted: str, loss: float) -> tuple[Ints, Floats]:
    """Candidates that really hold ``wanted``, scored by where it stands."""
    kept, scores = [], []
    for i in at.tolist():
        text = texts[i]
        if wanted in text:
            kept.append(i)
            place = _BEGIN if text.startswith(wanted) else _INSIDE
            scores.append((_WHOLE if text == wanted else place) - loss)
    return np.array(kept, dtype=np.int64), np.array(scores, dtype=np.float64)


def _literal(index: NameIndex, word: str, loss: float) -> Hits:
    at = index.pairs.candidates(jamo(word), 0)
    return Hits(*_placed(index.folded, at, word, loss), LITERAL)


def _by_initials(index: NameIndex, letters: str) -> Hits:
    at = index.initial_pairs.candidates(letters, 0)
    return Hits(*_placed(index.initials, at, letters, _INITIALS_LOSS), INITIALS)


def _similar(index: NameIndex, word: str) -> Hits:
    letters = jamo(word)
    edits = len(letters) // LETTERS_PER_EDIT
    at = index.pairs.candidates(letters, edits) if edits else np.empty(0, dtype=np.int64)
    texts = [index.jamo[i] for i in at.tolist()]
    # a name shorter than the query must be like all of it, not be a part of it
    longer = np.array([len(text) >= len(letters) for text in texts], dtype=bool)
    scores = np.zeros(len(at), dtype=np.float64)
    for chosen, scorer in ((longer, fuzz.partial_ratio), (~longer, fuzz.ratio)):
        some = [texts[i] for i in np.flatnonzero(chosen).tolist()]
        if some:
            scores[chosen] = process.cdist(
                [letters], some, scorer=scorer, score_cutoff=CUTOFF, dtype=np.float64
            )[0]
    kept = scores > 0
    return Hits(at[kept], scores[kept] * _SIMILAR_WEIGHT, SIMILAR)


def _union(first: Hits, second: Hits) -> Hits:
    """Both, each position once with its better score; ``first`` must win ties."""
    at = np.concatenate([first.at, second.at])
    score = np.concatenate([first.score, second.score])
    order = np.lexsort((-score, at))
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = at[order][1:] != at[order][:-1]
    return Hits(at[order][keep], score[order][keep], first.how)


def _hits(index: NameIndex, folded: str) -> Hits:
    """Names for one folded word: literally, else by initial consonants, else by likeness."""
    if len(folded) < SHORTEST and len(jamo(folded)) < SHORTEST:
        return Hits(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64), LITERAL)
    found = _literal(index, folded, 0.0)
    stem = without_particle(folded)
    if stem != folded:
        found = _union(found, _literal(index, stem, _PARTICLE_LOSS))
    letters = as_initials(folded)
    if not len(found.at) and letters:
        found = _by_initials(index, letters)
    if not len(found.at):
        found = _similar(index, folded)
    if not len(found.at) and stem != folded:
        found = _similar(index, stem)
    return found


def search(index: NameIndex, query: str, limit: int | None = None) -> pd.DataFrame:
    """Things whose name holds the query or is like it, best first.

    Frame: ``field``, ``key``, ``text`` (the name that matched), ``score`` (0–100) and
    ``how`` (literal, initials, similar); each thing once. Ties: the shorter name, then
    field, text and key in alphabetical order.
    """
    found = _hits(index, fold(query))
    frame = index.names.iloc[found.at].assign(score=found.score, how=found.how)
    frame["length"] = [len(text) for text in frame["text"]]
    frame = frame.sort_values(
        ["score", "length", "field", "text", "key"], ascending=[False, True, True, True, True]
    )
    frame = frame.drop_duplicates(["field", "key"]).drop(columns="length")
    return (frame if limit is None else frame.head(limit)).reset_index(drop=True)


#: Searched fields of a pilot: the columns of its key and the stem of its names.
PILOT_FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "company": (("org_id",), "company"),
    "technology": (("technology_ko", "technology_en"), "technology"),
    "host": (("host_name_ko", "host_name_en"), "host_name"),
    "programme": (("program_id",), "program"),
    "testbed": (("testbed_id",), "testbed"),
    "place": (("city_ko", "city_en"), "city"),
}


class PilotIndex:
    """Names of everything a pilot is known by, and which pilots go by which name."""

    def __init__(self, pilots: pd.DataFrame) -> None:
        self.pilot_id = pilots["pilot_id"].to_numpy(dtype=object)
        self.codes: dict[str, Ints] = {}
        parts = []
        for field, (columns, stem) in PILOT_FIELDS.items():
            groups = pilots.groupby(list(columns), sort=True, dropna=True)
            codes = groups.ngroup().fillna(-1).to_numpy(dtype=np.int64)
            self.codes[field] = codes
            seen, first = np.unique(codes, return_index=True)
            some = pilots.iloc[first[seen >= 0]]
            keys = seen[seen >= 0]
            parts += [
                pd.DataFrame(
                    {"field": field, "key": keys, "text": some[f"{stem}_{lang}"].to_numpy()}
                )
                for lang in ("ko", "en")
            ]
        names = pd.concat(parts, ignore_index=True).dropna(subset="text")
        self.index = NameIndex(names.drop_duplicates())
        self._field = self.index.names["field"].to_numpy(dtype=object)
        self._key = self.index.names["key"].to_numpy(dtype=np.int64)

    def by_pilot(self, found: Hits) -> tuple[Floats, Ints]:
        """For each pilot its best score, and the position of the name that gave it (or -1)."""
        best = np.zeros(len(self.pilot_id))
        name = np.full(len(self.pilot_id), -1, dtype=np.int64)
        for field, codes in self.codes.items():
            mine = self._field[found.at] == field
            if not mine.any():
                continue
            at, score = found.at[mine], found.score[mine]
            order = np.argsort(score, kind="stable")  # the best is written last
            size = int(codes.max()) + 2  # the last place stands for "no such name"
            of_key, name_of_key = np.zeros(size), np.full(size, -1, dtype=np.int64)
            of_key[self._key[at[order]]] = score[order]
            name_of_key[self._key[at[order]]] = at[order]
            better = of_key[codes] > best
            best[better] = of_key[codes][better]
            name[better] = name_of_key[codes][better]
        return best, name


@once_per_snapshot
def pilot_index(run: Runner) -> PilotIndex:
    """The index of the snapshot."""
    return PilotIndex(pilot_facts(run))


def find_pilots(index: PilotIndex, query: str) -> pd.DataFrame:
    """Pilots known by the query, best first.

    The query matches as a whole in one name, or each of its words in some name of the
    pilot. Frame: ``pilot_id``, ``score``, ``field`` and ``text`` of the name that matched
    best, ``how``. Ties by pilot id.
    """
    words = list(dict.fromkeys(filter(None, (fold(word) for word in query.split()))))
    whole = _hits(index.index, fold(query))
    score, name = index.by_pilot(whole)
    how = np.full(len(score), whole.how, dtype=object)
    if len(words) > 1:
        found = [_hits(index.index, word) for word in words]
        single = [index.by_pilot(hits) for hits in found]
        together = np.min([s for s, _ in single], axis=0)
        together = np.where(together > 0, together - _WORDS_LOSS, 0.0)
        if whole.how == SIMILAR and together.any():
            score = np.zeros(len(score))  # words that stand there beat a whole that is like it
        better = together > score
        is_alike = any(hits.how == SIMILAR for hits in found)
        score = np.where(better, together, score)
        leading = np.argmax([s for s, _ in single], axis=0)
        names = np.array([n for _, n in single])
        name = np.where(better, names[leading, np.arange(len(score))], name)
        how[better] = SIMILAR if is_alike else found[0].how
    kept = np.flatnonzero(score > 0)
    matched = index.index.names.iloc[name[kept]]
    frame = pd.DataFrame(
        {
            "pilot_id": index.pilot_id[kept],
            "score": score[kept],
            "field": matched["field"].to_numpy(),
            "text": matched["text"].to_numpy(),
            "how": how[kept],
        }
    )
    return frame.sort_values(["score", "pilot_id"], ascending=[False, True]).reset_index(drop=True)
