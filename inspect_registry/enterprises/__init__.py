"""Who is inspected: enterprises, their premises, and four scales of grades that never mix."""
