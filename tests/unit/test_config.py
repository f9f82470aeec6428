"""Settings: from the environment only, each readable back, wrong ones stop the start with the variable's name."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from inspect_registry.cli.serve import environment_of
from inspect_registry.config import SettingError, Settings, from_environment, variable


def test_without_an_environment_the_defaults_hold() -> None:
    settings = from_environment({})
    assert (settings.port, settings.public_url, settings.demo, settings.secure) == (
        8000,
        "http://127.0.0.1:8000",
        False,
        False,
    )
    assert len(settings.secret) == 32


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("PORT", "8080", "port", 8080),
        ("IR_VAR", "/srv/registry", "var", Path("/srv/registry")),
        ("IR_DEMO", "yes", "demo", True),
        ("IR_COMMAND_TIMEOUT", "2.5", "command_timeout", 2.5),
        ("IR_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2", "trusted_proxies", ("10.0.0.1", "10.0.0.2")),
        ("PUBLIC_URL", "https://jc.example.gov.cn/", "public_url", "https://jc.example.gov.cn"),
        ("IR_SECRET", "ab" * 32, "secret", b"\xab" * 32),
    ],
)
def test_a_variable_is_read_into_its_field(name: str, text: str, field: str, value: object) -> None:
    assert getattr(from_environment({name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "eighty"), ("PORT", "70000"), ("IR_DEMO", "perhaps"), ("PUBLIC_URL", "jc.example.gov.cn"),
        ("PUBLIC_URL", "https://x/path"), ("IR_REGION", "jiading"), ("IR_SECRET", "abcd"), ("IR_SECRET", "zz"),
        ("IR_DEMO_TODAY", "2026-11-20"), ("IR_DEMO_TODAY", "20 Nov"), ("IR_STAMP_AUTHORITY", "ftp://tsa.example"),
    ],
)  # fmt: skip
def test_a_wrong_value_stops_the_start_and_names_the_variable(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=name):
        from_environment({name: text})


def test_children_read_the_same_settings() -> None:
    settings = from_environment(
        {"IR_DEMO": "1", "IR_DEMO_TODAY": "2026-11-20", "IR_TRUSTED_PROXIES": "10.0.0.1", "IR_VAR": "x"}
    )
    again = from_environment(
        {
            name: text
            for name, text in environment_of(settings).items()
            if name in {variable(f.name) for f in msgspec.structs.fields(Settings)}
        }
    )
    assert again == settings
    assert again.demo_today == date(2026, 11, 20)
