"""The English frame: complete, around Chinese data that says so, at its own address, and no heavier than it must be."""

import ast
import gzip
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.publication import languages
from inspect_registry.publication.build import release_files
from inspect_registry.publication.languages import (
    Language,
    Words,
    english_template,
    load_phrases,
)
from inspect_registry.publication.rendering import FOLDER, Renderer, load_kit
from inspect_registry.publication.snapshot import OUTCOME_WORDS, RECTIFIED_WORDS
from tests.publication_builders import (
    DEPARTMENTS,
    MATTERS,
    TOWNS,
    a_plan,
    a_result_row,
    a_snapshot,
    many_rows,
)
from tests.repository.source import PACKAGE

HAN = re.compile(r"[\u4e00-\u9fff]")
PHRASES = load_phrases(FOLDER / "english.toml")


class Spoken(dict[str, str]):
    """A catalogue that notes what it was asked for and does not know."""

    def __init__(self, phrases: dict[str, str]) -> None:
        super().__init__(phrases)
        self.missing: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str:  # type: ignore[override]
        if key not in self:
            self.missing.add(key)
        return super().get(key, default or key)


class Texts(HTMLParser):
    """Collects texts and spoken attributes with the language that holds for them."""

    def __init__(self) -> None:
        super().__init__()
        self._languages = ["?"]
        self._open: list[str] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        language = values.get("lang") or self._languages[-1]
        self.found += [
            (language, str(values[name]))
            for name in ("aria-label", "alt", "placeholder", "data-label")
            if values.get(name)
        ]
        if tag not in ("meta", "link", "br", "input", "rect"):
            self._open.append(tag)
            self._languages.append(language)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                self._languages.pop()
            self._languages.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1:] != ["title"]:  # A title cannot mark the language of its parts.
            self.found.append((self._languages[-1], data))


def public_templates() -> list[Path]:
    """Return the templates that publication renders, and what they are made of."""
    named = {
        node.value
        for path in (PACKAGE / "publication").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
    }
    return [
        path
        for path in sorted((FOLDER / "templates").glob("*.html"))
        if path.name in named | {"frame.html", "parts.html"}
    ]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    rows = [
        a_result_row(),
        a_result_row(inspection="j" * 26, outcome="rectify_by_date", problems=2, orders=1),
    ]
    first = a_plan(many_rows(40))
    second = a_plan(many_rows(36), before=first, reason="四家企业已停业")
    from inspect_registry.publication.figures import month_entry

    months = (month_entry(second), month_entry(first))
    snapshot = a_snapshot(second, rows, months=months, plans=(second, first))
    return {
        file.path: file.content.decode() for file in release_files(load_kit(), snapshot) if file.path.endswith(".html")
    }


@pytest.mark.parametrize("template", public_templates(), ids=lambda path: path.name)
def test_every_chinese_phrase_of_a_public_template_has_its_english(
    template: Path,
) -> None:
    spoken = Spoken(PHRASES)
    english_template(template.read_text(), spoken)
    assert spoken.missing == set(), "add them to public_site/english.toml"


def test_a_phrase_without_english_is_noticed_and_stays_readable() -> None:
    spoken = Spoken({})
    assert english_template('<p title="标题">正文 {{ x }}</p>', spoken) == '<p title="标题">正文 {{ x }}</p>'
    assert spoken.missing == {"标题", "正文 {{ x }}"}


def test_every_phrase_that_a_page_s_code_says_has_its_english() -> None:
    said = {
        constant.value
        for path in (PACKAGE / "publication").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") == "say" or getattr(node.func, "id", "") == "say")
        for argument in node.args[:1]
        for constant in ast.walk(argument)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and HAN.search(constant.value)
    }
    assert len(said) > 30, "the search finds nothing"
    said |= {*OUTCOME_WORDS.values(), *RECTIFIED_WORDS.values()}
    assert said - set(PHRASES) == set()


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase[:12])
def test_an_english_phrase_holds_the_same_values_as_the_chinese_one(
    phrase: str,
) -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"\{\{.*?\}\}|(?<!\{)\{[a-z]+\}", text))

    assert values(PHRASES[phrase]) == values(phrase)


def test_each_page_has_its_twin_and_both_name_each_other(pages: dict[str, str]) -> None:
    from posixpath import dirname, join, normpath

    chinese = {path for path in pages if not path.startswith("en/") and path != "404.html"}
    assert {path.removeprefix("en/") for path in pages if path.startswith("en/")} == chinese
    for path, html in pages.items():
        if path == "404.html":
            continue
        twins = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))
        plain = path.removeprefix("en/")
        leads = {tag: normpath(join(dirname(path), href)) for tag, href in twins.items()}
        assert leads == {"zh-CN": plain, "en": f"en/{plain}"}
        switch = re.search(r'class="ir-switch" href="([^"]+)" lang="([^"]+)"', html)
        assert switch is not None
        assert switch[1] == twins["zh-CN" if path.startswith("en/") else "en"]


def test_an_english_page_has_no_chinese_that_is_not_marked_as_chinese(
    pages: dict[str, str],
) -> None:
    unmarked = []
    for path, html in pages.items():
        if path.startswith("en/"):
            texts = Texts()
            texts.feed(html)
            unmarked += [
                (path, text.strip()[:60]) for language, text in texts.found if language != "zh-CN" and HAN.search(text)
            ]
    # The registry's office stands in the description of the data; the names of towns, departments and matters in headings.
    data = [*(one.name for one in (*MATTERS, *DEPARTMENTS, *TOWNS)), "嘉定区"]
    assert [found for found in unmarked if not any(name in found[1] for name in data)] == []


def test_the_frame_is_english_and_the_data_is_the_same(pages: dict[str, str]) -> None:
    english, chinese = (
        pages["en/plans/2026-12/index.html"],
        pages["plans/2026-12/index.html"],
    )
    assert "Inspections of businesses in December 2026" in english
    assert "Skip to the content" in english
    assert "检查计划" not in re.sub(r"<title>.*?</title>", "", english)
    assert re.findall(r"<td class=\"ir-table__number\">(\d+)</td>", english) == re.findall(
        r"<td class=\"ir-table__number\">(\d+)</td>", chinese
    )
    assert 'href="../../../plans/2026-12/plan.csv"' in english
    for name in ("days/2026-12-08.html", "names/A.html", "joint.html"):
        uids = [re.findall(r'id="(v-[^"]+)"', pages[f"{folder}plans/2026-12/{name}"]) for folder in ("", "en/")]
        assert uids[0] == uids[1] != []


def test_an_english_page_weighs_little_more_than_the_chinese_one(
    pages: dict[str, str],
) -> None:
    for path, html in pages.items():
        if path.startswith("en/"):
            plain = len(gzip.compress(pages[path.removeprefix("en/")].encode(), 9))
            assert len(gzip.compress(html.encode(), 9)) <= 1.5 * plain + 600, path


def test_days_and_months_are_written_as_each_language_does() -> None:
    chinese, english = (Words(language, PHRASES) for language in Language)
    day = date(2026, 12, 8)
    assert (chinese.full_day(day), english.full_day(day)) == (
        "2026年12月8日",
        "8 December 2026",
    )
    assert (chinese.weekday(day), english.weekday(day)) == ("星期二", "Tuesday")
    assert (chinese.month(day), english.month(day)) == ("2026年12月", "December 2026")


TEXT = st.text(alphabet=st.sampled_from('abc 检查计划，。<>"={}%#/-'), max_size=40)


@given(TEXT)
def test_translating_with_an_empty_catalogue_changes_nothing_but_comments(
    source: str,
) -> None:
    kept = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    assert english_template(source, {}) == kept


@given(
    st.lists(
        st.sampled_from(
            [
                "检查",
                "{{ x }}",
                " 和 ",
                "<b>",
                "</b>",
                'a="值"',
                "{% if y %}",
                "{% endif %}",
                "plain",
            ]
        )
    )
)
def test_code_and_tags_survive_translation(pieces: list[str]) -> None:
    source = "".join(pieces)
    translated = english_template(source, dict.fromkeys(["检查", "值", "和"], "E"))
    for pattern in (r"\{\{.*?\}\}", r"\{%.*?%\}", r"</?b>"):
        assert re.findall(pattern, translated) == re.findall(pattern, source)


def test_a_piece_is_rendered_once_and_leads_home_from_any_depth() -> None:
    renderer = Renderer(load_kit(), a_snapshot(), Language.ENGLISH)
    from inspect_registry.publication.history_pages import visit_view

    piece = renderer.piece("visit.html", one=visit_view(renderer, a_plan().visits[0]))
    assert "\ufdd0/matters/" in piece
    assert languages.Language.ENGLISH.folder == "en/"
