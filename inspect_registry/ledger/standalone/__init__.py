"""Programs that go out with receipts; they import nothing but the standard library, and nothing here imports them."""
