"""From a specification to its result: submission, the durable queue, and who works on it."""
