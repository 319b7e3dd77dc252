"""An interruption waits for the end of what has to be whole."""

import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from chainrule.training.loop.interruption import uninterrupted


@pytest.fixture(autouse=True)
def handler_as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def interrupted_within(then: Callable[[], object]) -> None:
    with uninterrupted():
        interrupt()
        then()


def test_it_comes_after_the_block_and_not_within() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted_within(lambda: done.append("all of it"))
    assert done == ["all of it"]


def test_without_one_nothing_happens_and_the_next_one_comes_at_once() -> None:
    with uninterrupted():
        pass
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_an_error_within_is_not_replaced() -> None:
    with pytest.raises(ZeroDivisionError):
        interrupted_within(lambda: 1 / 0)


def test_a_program_that_ignores_interruptions_or_has_its_own_way_keeps_it() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        interrupt()
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    with uninterrupted():
        interrupt()
        assert came == []
    assert came == [signal.SIGINT]


def test_other_threads_go_on_as_they_are() -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            done.append("in a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["in a thread"]
