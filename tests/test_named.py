"""Methods by the texts that people write."""

from dataclasses import dataclass

import pytest

from chainrule.errors import InputError
from chainrule.named import named


@dataclass(frozen=True)
class Cosine:
    low: float = 0.0
    cycles: int = 1
    at: tuple[float, ...] = (0.5,)
    form: str = "half"
    restart: bool = False


@dataclass(frozen=True)
class Constant:
    pass


REGISTRY = {"cosine": Cosine, "constant": Constant}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cosine", Cosine()),
        ("constant", Constant()),
        ("constant:", Constant()),
        ("cosine:0.1", Cosine(low=0.1)),
        ("cosine:cycles=3", Cosine(cycles=3)),
        ("cosine:low=1e-3,at=0.1/0.9", Cosine(low=0.001, at=(0.1, 0.9))),
        ("cosine:form=whole,restart=true", Cosine(form="whole", restart=True)),
    ],
)
def test_a_text_names_a_method_and_its_settings(text: str, expected: object) -> None:
    assert named("schedule", text, REGISTRY) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cosin", "schedule 'cosin' is not known. Did you mean 'cosine'?"),
        ("cosine:hight=1", "setting of cosine 'hight' is not known. Known are: at, cycles,"),
        ("constant:1", "constant has none. Write 'constant'."),
        ("cosine:low=deep", "schedule cosine:low=deep: low: got 'deep', expected"),
        ("cosine:cycles=1.5", "cycles: got '1.5', expected a value such as 1, its default"),
        ("cosine:at=0.5/x", "at: got '0.5/x', expected a value such as 0.5, its default"),
        ("cosine:restart=yes", "restart: got 'yes', expected a value such as False"),
    ],
)
def test_what_can_not_be_read_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError) as told:
        named("schedule", text, REGISTRY)
    assert message in str(told.value)
