"""`python -m inspect_registry`."""

import sys

from inspect_registry.cli import main

sys.exit(main())
