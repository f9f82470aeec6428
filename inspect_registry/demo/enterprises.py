"""Makes the demo's enterprises from a seed: the same seed gives the same district, on any machine. Pure."""

import random
from collections.abc import Iterator
from typing import Final

from inspect_registry import identifiers
from inspect_registry.demo import words
from inspect_registry.demo.reference import IndustryData, industries, towns
from inspect_registry.enterprises.model import (
    CateringGrade,
    CreditRiskClass,
    DeviceLevel,
    DeviceSide,
    EnterpriseKind,
    FoodRiskGrade,
    NewEnterprise,
    NewPremises,
)

ENTERPRISES: Final = 20_000
_WITHOUT_CODE: Final = 0.004
"""Share of 个体工商户 that still have only a 注册号."""
_NATURAL_NAME: Final = 0.03
_ELSEWHERE: Final = 0.05
"""Share registered in another district: the code's region is where it was issued, not where the enterprise works."""
_SHARED_SITE: Final = 0.12
_SECOND_PREMISES: Final = 0.04
_LETTER_FIRST_EVERY: Final = 8
"""One cooperative in so many has a code that begins with a letter (N2, 农村集体经济组织)."""

_SMALL_TRADERS: Final = {
    "H6291": 0.95, "H6220": 0.6, "H6210": 0.45, "F5223": 0.95, "F5229": 0.8, "F5212": 0.5, "O8040": 0.85, "O8052": 0.7,
    "O8111": 0.4, "R9013": 0.4, "F5191": 0.5, "F5292": 0.2,
}  # fmt: skip
"""Share of 个体工商户 in a line; elsewhere companies."""

_OFFICE_WEEK: Final = 0b0011111
_WHOLE_WEEK: Final = 0b1111111
_CLOSED_MONDAY: Final = 0b1111110


def enterprises(seed: int, count: int = ENTERPRISES) -> Iterator[NewEnterprise]:
    """Yield so many enterprises with valid numbers, premises and activities."""
    dice = random.Random(f"enterprises {seed}")  # noqa: S311 - a demo must be repeatable, not unpredictable
    lines = industries()
    shares = [line.share for line in lines]
    taken: set[str] = set()
    for number in range(count):
        (line,) = dice.choices(lines, shares)
        kind = _kind(dice, line)
        premises = _premises(dice, line)
        natural = kind is EnterpriseKind.INDIVIDUAL and dice.random() < _NATURAL_NAME
        name = _name(dice, line, kind, premises[0].town, natural=natural)
        while name in taken:
            name = _name(dice, line, kind, premises[0].town, natural=natural)
        taken.add(name)
        only_reg_no = kind is EnterpriseKind.INDIVIDUAL and dice.random() < _WITHOUT_CODE
        yield NewEnterprise(
            name=name,
            uscc=None if only_reg_no else _uscc(dice, kind, number),
            reg_no=identifiers.make_reg_no(f"3101146{number:07d}") if only_reg_no else None,
            kind=kind,
            natural_name=natural,
            industry=line.code,
            tags=_tags(dice, line),
            contact=f"qy{number:05d}@example.invalid",
            premises=premises,
        )


def _kind(dice: random.Random, line: IndustryData) -> EnterpriseKind:
    if line.code.startswith("A0"):
        return EnterpriseKind.COOPERATIVE
    if line.code in {"P8310", "Q8514"}:
        return EnterpriseKind.INSTITUTION
    return EnterpriseKind.INDIVIDUAL if dice.random() < _SMALL_TRADERS.get(line.code, 0.0) else EnterpriseKind.COMPANY


def _tags(dice: random.Random, line: IndustryData) -> tuple[str, ...]:
    extra = [tag for tag, share in line.some.items() if dice.random() < share]
    return tuple(dict.fromkeys([*line.activities, *extra]))


def _uscc(dice: random.Random, kind: EnterpriseKind, number: int) -> identifiers.Uscc:
    region = dice.choice(("310000", "310115", "310120")) if dice.random() < _ELSEWHERE else "310114"
    prefix = {
        EnterpriseKind.COMPANY: "91",
        EnterpriseKind.INDIVIDUAL: "92",
        EnterpriseKind.COOPERATIVE: "93",
        EnterpriseKind.INSTITUTION: "52",
    }[kind]
    if kind is EnterpriseKind.COOPERATIVE and number % _LETTER_FIRST_EVERY == 0:
        prefix = "N2"
    return identifiers.make_uscc(prefix + region, _subject(number))


def _subject(number: int) -> str:
    """Eight characters of a 主体标识 in today's manner (MA1…), one for each number."""
    scattered = (number * 7_919 + 123_457) % 31**4
    digits = []
    for _ in range(4):
        scattered, digit = divmod(scattered, 31)
        digits.append(identifiers.USCC_ALPHABET[digit])
    return "MA1G" + "".join(digits)


def _brand(dice: random.Random) -> str:
    if dice.random() < 0.01:
        return dice.choice(words.RARE_BRANDS)
    third = dice.choice(words.BRAND_SECOND) if dice.random() < 0.35 else ""
    return dice.choice(words.BRAND_FIRST) + dice.choice(words.BRAND_SECOND) + third


def person_name(dice: random.Random) -> str:
    """A made-up person's name."""
    return dice.choice(words.SURNAMES) + "".join(dice.choices(words.GIVEN, k=dice.choice((1, 2, 2, 2))))


def _name(dice: random.Random, line: IndustryData, kind: EnterpriseKind, town: str, *, natural: bool) -> str:
    word = dice.choice(line.words)
    town_name = _TOWN_NAMES[town]
    if natural:
        return f"上海市嘉定区{town_name}{person_name(dice)}{word}"
    if kind is EnterpriseKind.INDIVIDUAL:
        return f"上海市嘉定区{town_name}{_brand(dice)}{word}"
    if kind is EnterpriseKind.INSTITUTION:
        return f"上海嘉定区{_brand(dice)}{word}"
    if kind is EnterpriseKind.COOPERATIVE:
        return f"上海{_brand(dice)}{word}"
    return f"上海{_brand(dice)}{word}{dice.choices(('有限公司', '（上海）有限公司', '股份有限公司'), (92, 5, 3))[0]}"


_TOWN_NAMES: Final = {town.code: town.name for town in towns()}
_TOWN_CODES: Final = tuple(words.TOWN_WEIGHTS)
_TOWN_SHARES: Final = tuple(words.TOWN_WEIGHTS.values())


def _premises(dice: random.Random, line: IndustryData) -> tuple[NewPremises, ...]:
    places = [_place(dice, line)]
    if dice.random() < _SECOND_PREMISES:
        places.append(_place(dice, line))
    return tuple(places)


def _place(dice: random.Random, line: IndustryData) -> NewPremises:
    if dice.random() < _SHARED_SITE:
        town, street = dice.choice(words.SHARED_SITES)
    else:
        (town,) = dice.choices(_TOWN_CODES, _TOWN_SHARES)
        street = f"{dice.choice(words.ROADS[town])}{dice.randint(1, 3999)}号"
        if dice.random() < 0.4:
            street += f"{dice.randint(1, 12)}幢{dice.randint(1, 6)}0{dice.randint(1, 9)}室"
    return NewPremises(address=f"嘉定区{_TOWN_NAMES[town]}{street}", town=town, open_mask=_open_mask(dice, line))


def _open_mask(dice: random.Random, line: IndustryData) -> int:
    if line.code[0] in "CIEL" or line.code.startswith(("F51", "G", "K")):
        return _OFFICE_WEEK
    return _CLOSED_MONDAY if dice.random() < 0.05 else _WHOLE_WEEK


class Grading:
    """Draws grades for one enterprise after another; each scale with dice of its own, so that none shifts another."""

    def __init__(self, seed: int) -> None:
        self._credit = random.Random(f"credit {seed}")  # noqa: S311 - repeatable
        self._food = random.Random(f"food {seed}")  # noqa: S311 - repeatable
        self._catering = random.Random(f"catering {seed}")  # noqa: S311 - repeatable
        self._device = random.Random(f"device {seed}")  # noqa: S311 - repeatable

    def credit_class(self) -> CreditRiskClass | None:
        """65/25/8/1.5 % as in the one published distribution (domain.md 3.1); the rest is too new to have a class."""
        c = CreditRiskClass
        return self._credit.choices((c.A, c.B, c.C, c.D, None), (65, 25, 8, 1.5, 0.5))[0]

    def food_risk(self, new: NewEnterprise) -> FoodRiskGrade | None:
        """A grade for every food business."""
        if {"food_production", "catering", "food_retail"}.isdisjoint(new.tags):
            return None
        return self._food.choices(tuple(FoodRiskGrade), (35, 40, 20, 5))[0]

    def catering(self, new: NewEnterprise) -> CateringGrade | None:
        """A grade for restaurants; new ones have none for three months."""
        if "catering" not in new.tags:
            return None
        g = CateringGrade
        return self._catering.choices((g.A, g.B, g.C, None), (35, 48, 12, 5))[0]

    def device(self, new: NewEnterprise) -> tuple[DeviceSide, DeviceLevel] | None:
        """A level for makers and sellers of medical devices."""
        if "device_production" in new.tags:
            return DeviceSide.PRODUCTION, self._device.choices(tuple(DeviceLevel), (30, 40, 20, 10))[0]
        if "device_retail" in new.tags:
            return DeviceSide.DISTRIBUTION, self._device.choices(tuple(DeviceLevel), (40, 35, 20, 5))[0]
        return None
