"""What the benchmark of speed writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.chart import write_chart
from benchmarks.peers import Peer, peer_named
from benchmarks.race import Result
from benchmarks.start import Starts
from benchmarks.table import as_lines, as_page, from_lines, ratios, summary
from benchmarks.works import WORKS, work_named

CNN = work_named("CNN, batch 64")
STARTS = Starts(import_torch=2.0, first_step=3.0)


def result(name: str, *rates: float, floor: float | None = None) -> Result:
    busy = (0.0, 0.02, 0.5)
    peer = peer_named(name)
    return Result(
        CNN,
        peer,
        threads=2,
        rates=rates,
        busy_cores=busy,
        score=0.9,
        floor=floor,
        difference=1e-5,
        measured="A machine.",
    )


def refused(peer: Peer) -> Result:
    return Result(CNN, peer, cannot=peer.cannot(CNN), measured="A machine.")


RESULTS = [
    result("chainrule", 600, 900, 800, floor=0.5),
    result("PyTorch eager", 300, 300, 400),
    result("JAX", 400, 500, 500),
    refused(peer_named("scikit-learn")),
]


def test_ratios_are_taken_turn_by_turn() -> None:
    # 600 / 300, 900 / 300, 800 / 400
    assert ratios(RESULTS[0], RESULTS[1]) == [2.0, 2.0, 3.0]


def test_the_summary_names_the_best_peer_and_the_spread() -> None:
    assert summary(RESULTS)[-1] == (
        "| CNN, batch 64 | 800 | 50% | **2.00** | JAX | **1.60** (1.50 to 1.80) |"
    )


def test_a_peer_that_cannot_do_a_work_has_a_dash_and_the_reason_below() -> None:
    page = as_page(RESULTS, STARTS)
    assert "| CNN, batch 64 | 800 (2) | 300 (2) | 500 (2) | – |" in page  # noqa: RUF001
    assert "- scikit-learn (CNN, batch 64): its networks have dense layers only" in page


def test_the_page_says_how_busy_other_processes_were() -> None:
    said = "A machine. Other processes used 0.02 cores in the turns, 0.50 at most. "
    assert said in as_page(RESULTS, STARTS)


def test_there_is_a_line_of_json_for_each_work_and_peer_and_one_for_the_start() -> None:
    lines = [json.loads(line) for line in as_lines(RESULTS, STARTS)]
    peers = ["chainrule", "PyTorch eager", "JAX", "scikit-learn"]
    assert [line.get("peer") for line in lines] == [*peers, None]
    assert lines[2]["chainrule_ratio"] == pytest.approx(1.6)
    assert lines[3]["cannot"] == "its networks have dense layers only"
    assert lines[4]["import_torch_seconds"] == 2.0


def test_results_come_back_from_their_lines() -> None:
    assert from_lines(as_lines(RESULTS, STARTS)) == RESULTS


def test_works_of_several_runs_say_which_run_was_theirs() -> None:
    later = [replace(one, work=WORKS[0], measured="Another.") for one in RESULTS[:2]]
    page = as_page([*RESULTS, *later], STARTS)
    assert "CNN, batch 64. A machine. Other processes used" in page
    assert f"{WORKS[0].name}. Another. Other processes used" in page
    # No peer but those two ran there.
    assert f"| {WORKS[0].name} | 800 (2) | 300 (2) | – | – |" in page  # noqa: RUF001


def test_the_chart_is_an_svg_that_a_page_can_take_up(tmp_path: Path) -> None:
    write_chart(RESULTS, tmp_path / "speed.svg")
    drawn = (tmp_path / "speed.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "CNN, batch 64" in drawn
    assert "<style>svg *{" in drawn
