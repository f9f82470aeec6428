"""Law as data: dated parameters with their legal basis, read from TOML files beside this package.

Every cap, rate, period and weight is a parameter with the days on which it is in force, where it comes from, and
whether it is only a `sample` that an administrator has yet to confirm. A computation for a past day asks for the value
of that day. What a rule does with a value stands in the feature that applies it; docs/rules.md lists both.
"""

from inspect_registry.rules.errors import ParameterNotInForce
from inspect_registry.rules.model import Parameter
from inspect_registry.rules.reader import calendar, number, parameter, parameter_names, text, value, versions, whole

__all__ = [
    "Parameter",
    "ParameterNotInForce",
    "calendar",
    "number",
    "parameter",
    "parameter_names",
    "text",
    "value",
    "versions",
    "whole",
]
