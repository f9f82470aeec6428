"""检查码: payload, signature, QR, verdicts, arrival (design: docs/code-format.md, docs/adr/0004-code-payload.md)."""
