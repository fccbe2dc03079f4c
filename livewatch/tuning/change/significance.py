"""Whether a change of paired counts is more than chance: McNemar's test, exact."""

from __future__ import annotations

from math import comb


def mcnemar(gained: int, lost: int) -> float:
    """Return the two-sided exact p-value of McNemar's test: of as uneven a split of the changed pairs by chance.

    Of the pairs that changed, half would have changed either way if the two lists were equally good. Pairs that did not
    change say nothing. 1.0 when none changed. Whole numbers throughout, so exact for any count.
    """
    changed = gained + lost
    if changed == 0:
        return 1.0
    tail = sum(comb(changed, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << changed))
