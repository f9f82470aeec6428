"""Papers: what is printed, handed over and signed, as PDF (A4, in the manners of GB/T 9704-2012)."""
