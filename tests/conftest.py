"""What all tests need of the process that they run in."""

import signal

from hypothesis import HealthCheck, settings

# No test asserts a time: on a machine that others use as well, an example may take a second.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Let Ctrl-C come through, which shells have what they start in the background ignore.

    The processes that tests start would ignore it, too, and the tests that interrupt them fail.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
