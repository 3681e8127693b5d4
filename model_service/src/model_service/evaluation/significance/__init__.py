"""How far a number can be trusted: intervals, p-values and the verdict."""
