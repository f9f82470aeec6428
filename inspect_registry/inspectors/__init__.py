"""Who inspects: the roster, certificates, leave and recusals."""
