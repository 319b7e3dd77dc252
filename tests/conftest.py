"""What all tests need of the process that they run in."""

import signal


def pytest_configure() -> None:
    """Let Ctrl-C come through, which shells have what they start in the background ignore.

    The processes that tests start would ignore it, too, and the tests that interrupt them fail.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
