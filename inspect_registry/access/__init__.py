"""People, roles, sessions, and what each may do.

Deny by default: an act or a reading names the permission it needs, and a role has only what permissions.py gives it.
"""

from inspect_registry.access.acts import act, must, reads
from inspect_registry.access.permissions import Permission

__all__ = ["Permission", "act", "must", "reads"]
