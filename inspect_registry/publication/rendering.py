"""How a page is made: templates and assets of public_site/, links that work from any folder, names that carry hashes.

Every link between pages is relative and names its file, so the site works from a folder opened locally, from an object
store and under any path. A page holds no script and no style of its own, only links to assets (CSP without inline).
Each page is made twice, in Chinese and under en/ with an English frame (languages.py); files of data are made once.
"""

import hashlib
import re
import string
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec
from minijinja import Environment, load_from_path, safe

from inspect_registry.pinyin import initials
from inspect_registry.publication.languages import (
    Language,
    Words,
    english_template,
    load_phrases,
)
from inspect_registry.publication.snapshot import (
    PublicDepartment,
    PublicEnterprise,
    PublicMatter,
    PublicTown,
    Snapshot,
)

FOLDER: Final = Path(__file__).resolve().parents[2] / "public_site"
"""Templates and assets; beside the package in the repository."""

NAVIGATION: Final = (
    {"key": "plans", "label": "检查计划", "href": "plans/index.html"},
    {"key": "results", "label": "检查结果", "href": "results/index.html"},
    {"key": "matters", "label": "检查事项", "href": "matters/index.html"},
    {"key": "departments", "label": "检查主体", "href": "departments/index.html"},
    {"key": "code", "label": "核验检查码", "href": "help/code/index.html"},
)

ROOT: Final = "\ufdd0/"
"""Stands for the way to the root in a piece (a code point that is no character, so no name can hold it)."""
RECIPE_LENGTH: Final = 32
"""Hexadecimal digits of a recipe: 128 bits, so that two never meet."""
_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")
OTHER_LETTER: Final = "other"
"""Key of names that begin with no Chinese or Latin letter."""


class File:
    """One file of a release. What is given as a function is made when somebody asks for the content, and only then.

    `path` counts from the site's root, such as plans/2026-12/index.html. `recipe` stands for everything the content is
    made from: a file whose recipe the release before has under this path need not be made again. Empty = always made.
    """

    def __init__(self, *, path: str, content: bytes | Callable[[], bytes], recipe: str = "") -> None:
        self.path = path
        self.recipe = recipe
        self._content = content

    @property
    def content(self) -> bytes:
        """Return the bytes; the first time, make them."""
        if not isinstance(self._content, bytes):
            self._content = self._content()
        return self._content


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """Templates and assets, loaded once."""

    environment: Environment
    """In Chinese, as the templates are written."""
    english: Environment
    phrases: Mapping[str, str]
    """English by Chinese."""
    assets: Mapping[str, bytes]
    """By their plain name, such as ir.css."""
    edition: str
    """Changes with every template, phrase, asset and line of this package: with what makes other pages of the same."""

    def hashed(self, name: str) -> str:
        """Return the asset's name with its hash: a changed asset is another file, so each may be kept for ever."""
        stem, _, ending = name.rpartition(".")
        return f"{stem}.{hashlib.sha256(self.assets[name]).hexdigest()[:10]}.{ending}"

    def files(self) -> list[File]:
        """Return every asset under its hashed name and, for pages made on request, under its plain one."""
        return [
            File(path=f"assets/{name}", content=content)
            for plain, content in sorted(self.assets.items())
            for name in (self.hashed(plain), plain)
        ]


def load_kit(folder: Path = FOLDER) -> Kit:
    """Load templates and assets."""
    load = load_from_path([str(folder / "templates")])
    phrases = load_phrases(folder / "english.toml")

    def load_english(name: str) -> str | None:
        source = load(name)
        return english_template(source, phrases) if source is not None else None

    assets = {path.name: path.read_bytes() for path in sorted((folder / "assets").iterdir()) if path.is_file()}
    return Kit(
        environment=_environment(load),
        english=_environment(load_english),
        phrases=phrases,
        assets=assets,
        edition=_edition(folder),
    )


def _edition(folder: Path) -> str:
    digest = hashlib.sha256(version("minijinja").encode())
    for path in sorted([*folder.rglob("*"), *Path(__file__).parent.glob("*.py")]):
        if path.is_file():
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _environment(loader: Callable[[str], str | None]) -> Environment:
    return Environment(loader=loader, trim_blocks=True, undefined_behavior="chainable")


class Names:
    """Names of towns, departments and matters by their codes; an unknown code (since withdrawn) stands for itself."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.towns: dict[str, PublicTown] = {town.code: town for town in snapshot.towns}
        self.departments: dict[str, PublicDepartment] = {one.code: one for one in snapshot.departments}
        self.matters: dict[str, PublicMatter] = {matter.code: matter for matter in snapshot.matters}
        self._places = _place_words(snapshot.site.district)

    def town(self, code: str) -> str:
        """Return an town's name."""
        found = self.towns.get(code)
        return found.name if found else code

    def department(self, code: str, *, short: bool = False) -> str:
        """Return a department's name."""
        found = self.departments.get(code)
        if found is None:
            return code
        return found.short_name if short else found.name

    def matter(self, code: str) -> str:
        """Return a matter's name."""
        found = self.matters.get(code)
        return found.name if found else code

    def basis(self, code: str) -> str:
        """Return a matter's legal basis in one line."""
        found = self.matters.get(code)
        return "；".join(found.basis) if found else ""

    def letter(self, enterprise: PublicEnterprise) -> str:
        """Return the letter under which an enterprise is filed: of its own name, the place before it left out.

        Most names begin with 上海 or 嘉定; filed by them, every enterprise would stand under S or J.
        """
        own = self._places.sub("", enterprise.name) or enterprise.name
        first = initials(own[:4])[:1].upper()
        return first if first and first in string.ascii_uppercase else OTHER_LETTER

    def street(self, enterprise: PublicEnterprise) -> str:
        """Return the address without what the town beside it says already."""
        town = self.town(enterprise.town)
        before, found, after = enterprise.address.partition(town)
        return after if found and self._places.fullmatch(before) else enterprise.address


class Renderer:
    """Makes pages of one snapshot in one language."""

    def __init__(self, kit: Kit, snapshot: Snapshot, language: Language = Language.CHINESE) -> None:
        self.snapshot = snapshot
        self.language = language
        self.names = Names(snapshot)
        self.words = Words(language, kit.phrases)
        self._environment = kit.english if language is Language.ENGLISH else kit.environment
        self._frame = {
            "site": msgspec.to_builtins(snapshot.site),
            "nav": [{**item, "label": self.words.say(item["label"])} for item in NAVIGATION],
            "index": "index.html",
            "css": kit.hashed("ir.css"),
            "script": kit.hashed("search.js"),
            "lang": language.value,
            # Marks Chinese data on a page in another language; nothing to mark on a Chinese page.
            "zh": safe("" if language is Language.CHINESE else f' lang="{Language.CHINESE.value}"'),
        }
        self._shared = hashlib.sha256(
            _CANONICAL.encode(
                (kit.edition, language, snapshot.site, snapshot.towns, snapshot.departments, snapshot.matters)
            )
        )

    def recipe(self, *own: object) -> str:
        """Stand for a page made from `own`, the site, the names and this edition of the program; from nothing else."""
        digest = self._shared.copy()
        digest.update(_CANONICAL.encode(own))
        return digest.hexdigest()[:RECIPE_LENGTH]

    def page(self, path: str, template: str, section: str, **context: Any) -> File:
        """Make one page; `path` is that of the Chinese one.

        For the template, `root` leads from the page's folder to the root of its language, `top` to that of the site,
        and `here` to the folder with the data files that belong to the page.
        """
        root = "../" * path.count("/")
        top = root + ("../" if self.language.folder else "")
        folder = path.rpartition("/")[0]
        context |= {
            "root": safe(root),
            "top": safe(top),
            "here": safe((f"{top}{folder}/" if folder else top) if self.language.folder else ""),
            "twins": {
                "chinese": safe(f"{top}{path}"),
                "english": safe(f"{top}{Language.ENGLISH.folder}{path}"),
            },
        }
        html = self._environment.render_template(template, **self._frame, section=section, **context)
        return File(
            path=f"{self.language.folder}{path}",
            content=html.replace(ROOT, root).encode(),
        )

    def piece(self, template: str, **context: Any) -> str:
        """Render a piece that many pages hold; links in it begin with ROOT until it stands on a page."""
        frame = safe("" if self.language is Language.CHINESE else f' lang="{self.language.value}"')
        return self._environment.render_template(template, root=safe(ROOT), frame=frame, **context)

    def missing(self) -> File:
        """Make the page that answers at addresses which do not exist, so from any depth: its links are absolute."""
        twins = {"chinese": safe("/"), "english": safe(f"/{Language.ENGLISH.folder}")}
        context = {"root": "/", "top": "/", "here": "/", "twins": twins, "section": ""}
        html = self._environment.render_template("not_found.html", **(self._frame | context | {"index": ""}))
        return File(path="404.html", content=html.encode())


def _place_words(district: str) -> re.Pattern[str]:
    """Return what finds the place at the beginning of a name: 上海市嘉定区, 上海, 嘉定区, 嘉定."""
    words = "".join(f"(?:{re.escape(part[:-1])}{part[-1]}?)?" for part in re.findall(r".{2,}?[省市区县州]", district))
    return re.compile(f"^{words}(?:[（(]{words}[）)])?")
