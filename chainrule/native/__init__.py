"""Native: runs of a plan's calls as one call of compiled code, where the machine has a C compiler.

A call of torch costs a few microseconds, however little it computes; in small networks that is
half of a step. Here each call that is understood becomes a record, and a C function walks down the
records. What is not understood is called as before, and without a compiler everything is. So an
operation knows nothing of this, and the plan as it is written stays the truth to test this against.
"""

from chainrule.native.compiled import CompiledCalls, compile_calls, lower_calls, merge_calls
from chainrule.registry import import_all

import_all(__name__)  # each file of translations registers its rules

__all__ = ["CompiledCalls", "compile_calls", "lower_calls", "merge_calls"]
