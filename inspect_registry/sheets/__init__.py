"""Spreadsheets in and out: safe against hostile files, and precise to the cell. Knows no feature."""
