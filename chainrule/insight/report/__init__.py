"""The report of a run: one self-contained HTML file; each section is a module."""

from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.page import page, write_report
from chainrule.insight.summary import format_score, positive_class_note, run_summary

__all__ = ["Evidence", "format_score", "page", "positive_class_note", "run_summary", "write_report"]
