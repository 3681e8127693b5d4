"""Units of work: what trains and evaluates, from candles to an artefact."""
