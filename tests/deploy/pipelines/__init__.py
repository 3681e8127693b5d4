"""The pipelines of Jenkins, run and held against rules without a Jenkins."""
