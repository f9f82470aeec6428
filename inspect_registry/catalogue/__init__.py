"""The catalogue: who may inspect what (departments, matters with criteria, bundles, towns, working-day calendar)."""
