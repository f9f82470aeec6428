"""The ledger: every act leaves a leaf in a Merkle log that outsiders can check.

The format is in docs/ledger-format.md, whom one has to trust for what in docs/trust.md.
"""
