"""The HTTP interface: translates between requests and what answers them, and decides nothing."""
