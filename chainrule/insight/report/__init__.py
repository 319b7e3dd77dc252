"""The report of a run: one self-contained HTML file; each section is a module."""

from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.page import page, write_report

__all__ = ["Evidence", "page", "write_report"]
