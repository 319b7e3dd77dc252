"""A run on data whose columns have names that are an attack on whoever shows them as markup."""

from chainrule.data import Column, Table
from chainrule.layers import Dense, Network
from chainrule.training.train import Run, train
from tests.training import toys

ATTACK = "<script>alert(1)</script>"


def attacked_run() -> Run:
    """Its target and one of its columns, which has a missing value, are named like that."""
    table = toys.table("regression")
    assert table.target is not None
    values = table.columns[0].values.copy()
    values[0] = float("nan")
    attacked = Table(
        "toy.csv",
        (Column(ATTACK, values), *table.columns[1:]),
        Column(f"y {ATTACK}", table.target.values),
        notes=(f"toy.csv: column '{ATTACK}' has 1 missing value",),
    )
    return train(Network(Dense(8, "relu"), Dense(1)), attacked, epochs=4, progress=False)
