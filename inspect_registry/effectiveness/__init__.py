"""How supervision works, counted over all departments: what is asked of the catalogue, later measures and warnings."""
