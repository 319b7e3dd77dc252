"""The report of a run: one HTML file that needs nothing else, a section a file."""

from chainrule.insight.in_words import figure, in_one_sentence, of_which_class
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.page import page, write_report

__all__ = ["Evidence", "figure", "in_one_sentence", "of_which_class", "page", "write_report"]
