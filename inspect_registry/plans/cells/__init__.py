"""The grammar of plan tables' cells: text as offices write it → values with bounds. Pure; never guesses."""
