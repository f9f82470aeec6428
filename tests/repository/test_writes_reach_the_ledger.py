"""Every writing use case appends to the ledger, itself or through what it calls; a read opens no writing transaction."""

import ast

from tests.repository.source import PACKAGE, dotted, modules, tree

APPENDS = {"append", "append_many", "promise_and_append"}


def acts() -> list[tuple[str, ast.AsyncFunctionDef]]:
    """Every function decorated with @act."""
    return [
        (f"{dotted(path)}.{node.name}", node)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.AsyncFunctionDef) and any(decorator(one) == "act" for one in node.decorator_list)
    ]


def decorator(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def functions() -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
    return found


def called(node: ast.AST) -> set[str]:
    return {
        call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


def reaches(node: ast.AST, known: dict[str, list[ast.AST]], depth: int = 6) -> bool:
    names = called(node)
    if names & APPENDS:
        return True
    return depth > 0 and any(
        reaches(one, known, depth - 1) for name in names if len(known.get(name, [])) <= 3 for one in known.get(name, [])
    )


def test_every_act_appends_to_the_ledger() -> None:
    known = functions()
    found = acts()
    assert found
    silent = [name for name, node in found if not reaches(node, known)]
    assert not silent, f"acts that never append: {silent}"


def test_the_check_sees_a_silent_act() -> None:
    silent = ast.parse("async def quiet(tx):\n    await store.change(tx)").body[0]
    assert not reaches(silent, {})


def test_only_lower_rooms_open_transactions_of_their_own_accord() -> None:
    """Everything else goes through @act or @reads, so that permission, idempotency and refusals are never forgotten."""
    allowed = (
        "inspect_registry.access",
        "inspect_registry.db",
        "inspect_registry.ledger",
        "inspect_registry.demo",
        "inspect_registry.jobs",
        "inspect_registry.publication.service",  # reads, renders outside of any transaction, then one act
        "inspect_registry.codes.desk",  # its own pool with a deadline: the verdict is read outside row-level security
        "inspect_registry.routes.api.health",
    )
    opened = [
        dotted(path)
        for path in modules()
        if PACKAGE in path.parents
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "transaction"
    ]
    assert not [name for name in opened if not name.startswith(allowed)]
