"""Annual and monthly plans: their spreadsheets, their life, the frequency rules, and the draws."""
