"""What can go wrong when a rule is looked up."""

from inspect_registry.errors import Invalid


class ParameterNotInForce(Invalid):
    """No dated value of this parameter covers the day asked for."""

    code = "parameter-not-in-force"
    title = "该日期没有适用的规则参数"
