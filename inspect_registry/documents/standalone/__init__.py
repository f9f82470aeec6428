"""Programs that leave the house with a case file: standard library only."""
