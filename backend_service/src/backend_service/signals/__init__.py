"""An agent's decisions, fills and ledger on a stored series."""
