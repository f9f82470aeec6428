"""Other people's programs that check ours: fetched by `make test-long`, never a dependency of the service."""
