"""Who sees every department: the same in Python and in row-level security."""

import pytest

from inspect_registry.actor import SEES_ALL_DEPARTMENTS, Role


@pytest.mark.parametrize("role", list(Role))
async def test_the_database_and_the_program_agree_on_who_sees_all_departments(owner, role) -> None:
    await owner.execute("SELECT set_config('app.role', $1, false)", role.value)
    assert await owner.fetchval("SELECT ir.sees_all_departments()") is (role in SEES_ALL_DEPARTMENTS)
