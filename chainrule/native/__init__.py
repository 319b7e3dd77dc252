"""Native: sequences of a plan's calls as one call of compiled code, where there is a C compiler.

A call of torch costs a few microseconds, however little it computes; in small networks that is half
of a training step. Here each call for which there is a rule becomes a record, and a C function
executes the records. Calls without a rule run as before; without a compiler all calls do. So
operations do not depend on this package, and the plan of torch calls is the reference for its
tests.
"""

from chainrule.native.compiled import CompiledCalls, compile_calls, lower_calls, merge_calls
from chainrule.registry import import_all

import_all(__name__)  # each file registers its translation rules

__all__ = ["CompiledCalls", "compile_calls", "lower_calls", "merge_calls"]
