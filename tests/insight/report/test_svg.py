"""Plots within a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from matplotlib.figure import Figure

from chainrule.insight.report.svg import inline_svg


def draw() -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "o", label="both")
    axes.set_title("A title")
    axes.legend()
    return figure


SVG = inline_svg(draw, "first", 'Says "so"')


def test_it_is_one_element_of_svg() -> None:
    assert ET.fromstring(SVG).tag == "{http://www.w3.org/2000/svg}svg"


def test_letters_are_text() -> None:
    assert "A title" in "".join(ET.fromstring(SVG).itertext())


def test_lines_and_letters_have_the_colour_of_the_page() -> None:
    assert "currentColor" in SVG
    assert not re.findall(r"#000000|#010203|#ffffff", SVG)


def test_two_plots_of_a_page_share_no_id() -> None:
    other = inline_svg(draw, "second", "")
    ids, others = (set(re.findall(r'\bid="([^"]*)"', svg)) for svg in (SVG, other))
    assert ids
    assert not ids & others


def test_all_references_are_to_ids_of_the_plot() -> None:
    ids = set(re.findall(r'\bid="([^"]*)"', SVG))
    wanted = re.findall(r'(?:url\(|href=")#([^")]*)', SVG)
    assert wanted
    assert set(wanted) <= ids


def test_the_description_is_there_for_those_who_do_not_see_it() -> None:
    root = ET.fromstring(SVG)
    assert (root.get("role"), root.get("aria-label")) == ("img", 'Says "so"')


def test_the_same_plot_is_the_same_text() -> None:
    assert inline_svg(draw, "first", 'Says "so"') == SVG
