"""Figures of the fault tests."""

from tests.figures import Record, figures, pytest_terminal_summary

__all__ = ["Record", "figures", "pytest_terminal_summary"]
