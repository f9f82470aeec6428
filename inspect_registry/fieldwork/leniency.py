"""Where publication still looks for the leniency lists; they live in catalogue/leniency.py."""

from inspect_registry.catalogue.leniency import items

__all__ = ["items"]
