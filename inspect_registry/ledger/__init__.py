"""The ledger: every act leaves a leaf in a Merkle log that outsiders can check (docs/ledger-format.md, docs/trust.md)."""
