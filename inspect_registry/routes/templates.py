"""Templates of the pages that the program renders itself; the public pages are rendered by publication/.

The templates live in public_site/ with the design system, escape by default and hold no rule.
"""

from functools import cache
from pathlib import Path
from typing import Any

import minijinja

FOLDER = Path(__file__).parent.parent.parent / "public_site" / "templates"


@cache
def environment() -> minijinja.Environment:
    """Return the one template environment of this process."""
    return minijinja.Environment(
        loader=minijinja.load_from_path([str(FOLDER)]), auto_escape_callback=lambda _name: "html"
    )


def render(name: str, **context: Any) -> str:
    """Render a template of public_site/templates."""
    return environment().render_template(
        name, **{"root": "/", "site": {"district": "嘉定区", "demo": False}, **context}
    )
