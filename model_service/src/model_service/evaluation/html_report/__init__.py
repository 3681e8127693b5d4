"""An evaluation report as one page that stands alone: no script, no network, printable."""

from model_service.evaluation.html_report.render import render_report

__all__ = ["render_report"]
