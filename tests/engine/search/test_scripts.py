# ruff: noqa: RUF001
"""A word finds its page first, in whatever script and however it is typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.search.text.word_search import WordSearch
from engine.store.pages.page_texts import write_text
from tests.engine.store.conftest import Store


@dataclass(frozen=True, slots=True)
class Script:
    """A word as a page has it, another page's word that is nearly the same, and how it may be typed."""

    name: str
    word: str
    other: str
    slip: str
    bare: str = ""  # without marks
    width: str = ""  # in forms of another width
    case: str = ""


SCRIPTS = (
    Script("Latin", "Überraschung", "Überraschend",
           "Überrashcung", "Uberraschung", "Ｕ\u0308ｂｅｒｒａｓｃｈｕｎｇ", "ÜBERRASCHUNG"),
    Script("German", "Straßenbahn", "Strandbahn",
           "Straßenbhan", "Strassenbahn", "Ｓｔｒａßｅｎｂａｈｎ", "STRASSENBAHN"),
    Script("Turkish", "İstanbul", "İskenderun", "İstnabul", "Istanbul", "Ｉｓｔａｎｂｕｌ", "istanbul"),
    Script("Vietnamese", "thương", "phố cổ", "thưogn", "thuong", "", "THƯƠNG"),
    Script("Yoruba", "ọ̀gbọ́ntarìgì", "ọ̀gbọ́n", "ọ̀gbọ́ntrìgì", "ogbontarigi", "", "Ọ̀GBỌ́NTARÌGÌ"),
    Script("Greek", "Θεσσαλονίκη", "Θεσσαλία", "Θεσσαλονκίη", "Θεσσαλονικη", "", "ΘΕΣΣΑΛΟΝΊΚΗ"),
    Script("Cyrillic", "зелёный", "зеленеть", "зелёынй", "зеленый", "", "ЗЕЛЁНЫЙ"),
    Script("Armenian", "Հայաստան", "Հայկական", "Հայսատան", "", "", "ՀԱՅԱՍՏԱՆ"),
    Script("Georgian", "თბილისი", "თბილი", "თბილსიი", "", "", "ᲗᲑᲘᲚᲘᲡᲘ"),
    Script("Hebrew", "סִפְרִיּוֹת", "סִפּוּרִים", "ספריתו", "ספריות", "סִפְרִיּ\ufb4bת"),
    Script("Arabic", "مَكْتَبَةٌ", "مَكْتَبٌ", "مكتةب", "مكتبة", "ﻣﻜﺘﺒﺔ", "مكـــتبة"),
    Script("Persian", "کتاب\u200cخانه", "کتاب", "کتابخهان", "كتابخانه", "ﮐﺘﺎﺑﺨﺎﻧﻪ"),
    Script("Devanagari", "क़लमदान", "क़लमदिन", "क़लमदना", "कलमदान"),
    Script("Bengali", "বাংলাদেশ", "বাংলাদিশ", "বাংলাদশে"),
    Script("Gujarati", "ગુજરાતી", "ગુજરાતિ", "ગુજરતાી"),
    Script("Gurmukhi", "ਪੰਜਾਬੀਅਤ", "ਪੰਜਾਬਿਅਤ", "ਪੰਜਾਬੀਤਅ"),
    Script("Tamil", "தமிழ்நாடு", "தமிழ்நாடி", "தமிழ்நடாு"),
    Script("Telugu", "తెలుగుభాష", "తెలుగుభోష", "తెలుగుభషా"),
    Script("Kannada", "ಕರ್ನಾಟಕ", "ಕರ್ನಾಟಿಕ", "ಕರ್ನಾಕಟ"),
    Script("Malayalam", "മലയാളം", "മലയാളി", "മലായളം"),
    Script("Sinhala", "සිංහලයෝ", "සිංහලයා", "සිංහයලෝ"),
    Script("Thai", "น้ำตกสวย", "นาตกส่วย", "น้ำตกสวน", "", "น้\u0e4d\u0e32ตกสวย"),
    Script("Lao", "ສະບາຍດີ", "ສະບາຍດິ", "ສະບາຍດາ"),
    Script("Khmer", "ភាសាខ្មែរ", "ភាសាខ្មោរ", "ភាសាខ្មែន"),
    Script("Burmese", "မြန်မာစာ", "မြန်မိစာ", "မြန်မာစု"),
    Script("Tibetan", "བོད་ཡིག", "བོད་ཡུག", "བོད་ཡིན"),
    Script("Han", "人生目的", "人生目次", "人生目地", "", "⼈⽣⽬的"),
    Script("Kana", "デンキギター", "テンキギダー", "デンキギタア", "", "ﾃﾞﾝｷｷﾞﾀｰ"),
    Script("Hangul", "도서관장", "도서실장", "도서괸장"),
    Script("Ethiopic", "አማርኛቋንቋ", "አማርኛቋንቆ", "አማርኛንቋቋ"),
    Script("Thaana", "ދިވެހިރާއްޖެ", "ދިވެހިރާއްޖި", "ދިވެހިރާޖްއެ"),
    Script("Cherokee", "ᏣᎳᎩᎯᏗ", "ᏣᎳᎩᎯᏙ", "ᏣᎳᎩᏗᎯ", "", "", "ꮳꮃꭹꭿꮧ"),
    Script("Mathematical", "𝐑𝐞𝐯𝐞𝐧𝐮𝐞𝐬", "𝐑𝐞𝐯𝐞𝐧𝐠𝐞", "Revneues", "", "Ｒｅｖｅｎｕｅｓ", "REVENUES"),
)  # fmt: skip
FORMS: dict[str, Callable[[Script], str]] = {
    "exact": lambda script: script.word,
    "without marks": lambda script: script.bare,
    "other width": lambda script: script.width,
    "other case": lambda script: script.case,
    "NFD": lambda script: unicodedata.normalize("NFD", script.word),
}
FILLER = " words that fill a page about ordinary matters"


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WordSearch, dict[int, str]]]:
    """A page a word, where the nearly same word stands three times on another one."""
    store = Store(tmp_path_factory.mktemp("scripts"))
    texts = {script.name: script.word + FILLER for script in SCRIPTS}
    texts |= {f"not {script.name}": 3 * f"{script.other} " + FILLER for script in SCRIPTS}
    items = pages(store, list(texts.values()))
    yield WordSearch(store.database), dict(zip(items, texts, strict=True))
    store.database.close()


def pages(store: Store, texts: list[str]) -> list[int]:
    """The items of a document with a page a text."""
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, len(texts))
    return [store.embed(content, page, text) for page, text in enumerate(texts, 1)]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WordSearch, dict[int, str]]]:
    """The same pages without those of nearly the same words, which a slip may mean as well."""
    store = Store(tmp_path_factory.mktemp("apart"))
    items = pages(store, [script.word + FILLER for script in SCRIPTS])
    yield WordSearch(store.database), dict(zip(items, [script.name for script in SCRIPTS], strict=True))
    store.database.close()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_word_with_one_slip_finds_its_page_first(
    apart: tuple[WordSearch, dict[int, str]], script: Script
) -> None:
    searched, names = apart
    assert [names[hit.item] for hit in searched.search(script.slip, (), 5)][:1] == [script.name]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_word_finds_its_page_first(
    words: tuple[WordSearch, dict[int, str]], script: Script, form: str
) -> None:
    typed = FORMS[form](script)
    if not typed:
        pytest.skip("this script has no such form")
    searched, names = words
    found = [names[hit.item] for hit in searched.search(typed, (), 5)]
    assert found[:1] == [script.name]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("côté", "cote"),
        ("schön", "schon"),
        ("ёлка", "елка"),
        ("شُكرًا", "شكرا"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("ısı", "isi"),
        ("क़लम", "कलम"),
        ("đường", "duong"),
        ("Θεός", "Θεος"),
        ("हिन्दी", "हिंदी"),
        ("संबंध", "सम्बन्ध"),
        ("અંગ્રેજી", "અઙ્ગ્રેજી"),
        ("ਅੰਬ", "ਅਂਬ"),
        ("അവൻ", "അവന്\u200d"),
        ("ייִדיש", "ײדיש"),
    ],
)
def test_of_two_ways_to_mark_a_word_the_typed_one_comes_first(tmp_path: Path, one: str, other: str) -> None:
    """However often the other stands on its page; the other is found behind it."""
    store = Store(tmp_path)
    items = pages(store, [one + FILLER * 5, (other + " ") * 8, "nothing of it", "nor here"])
    words = WordSearch(store.database)
    assert [hit.item for hit in words.search(one, (), 5)] == items[:2]
    with store.database.transaction() as db:
        write_text(db, items[0], other + FILLER * 5, [])
        write_text(db, items[1], (one + " ") * 8, [])
    assert [hit.item for hit in words.search(other, (), 5)] == items[:2]
    store.database.close()


def test_the_exact_word_is_found_among_hundreds_with_other_marks(tmp_path: Path) -> None:
    store = Store(tmp_path)
    many = ["cote cote" + FILLER] * 150
    items = pages(store, [*many, "la côté de" + FILLER, *(["nothing" + FILLER] * 400)])
    assert [hit.item for hit in WordSearch(store.database).search("côté", (), 1)] == [items[150]]
    store.database.close()


SLIPS = {
    "warehouse": "warehuose", "purchase": "purchse", "expenses": "expences", "committee": "comittee",
    "mortgage": "morgage", "employee": "emploeye", "license": "lisense", "coffee": "cofffee",
    "release": "relaese", "database": "databsae", "increase": "incraese", "response": "reponse",
    "expense": "expnse", "exercise": "excercise", "exclusive": "exlusive", "guarantee": "garantee",
    "referee": "refereee", "trustee": "trsutee", "degree": "degreee", "franchise": "franchse",
    "enterprise": "enterprize", "purpose": "purpsoe", "course": "cuorse", "nurse": "nrse",
    "because": "becuase", "defense": "defence", "license plate": "lisence plate",
    "merchandise": "merchandice", "promise": "promsie", "atmosphere": "atmoshpere", "baseball": "basebal",
    "consider": "consder", "capitals": "captials", "decision": "decison", "collision": "colision",
    "conversation": "conversaton", "curiosity": "curiousity",
}  # fmt: skip


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WordSearch, dict[int, str]]]:
    store = Store(tmp_path_factory.mktemp("slips"))
    items = pages(store, [word + FILLER for word in SLIPS])
    yield WordSearch(store.database), dict(zip(items, SLIPS, strict=True))
    store.database.close()


@pytest.mark.parametrize("word", SLIPS)
def test_a_slip_finds_the_page_of_the_word(slips: tuple[WordSearch, dict[int, str]], word: str) -> None:
    searched, names = slips
    found = [names[hit.item] for hit in searched.search(SLIPS[word], (), 5)]
    assert word in found
    assert found[0].split()[0] in (word.split()[0], f"{word}s", word[:-1])


def test_a_word_that_a_page_has_is_never_respelled(tmp_path: Path) -> None:
    store = Store(tmp_path)
    items = pages(store, ["committe" + FILLER, *["committee committee"] * 5])
    assert next(hit.item for hit in WordSearch(store.database).search("committe", (), 9)) == items[0]
    store.database.close()
