"""Assignment: who does what at the least total cost."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from volery import _volery


@dataclasses.dataclass(frozen=True)
class Auction:
    """What an auction came to.

    Attributes:
        columns: (R,) the column of each row.
        num_bids: Bids made, the messages that agents would send.
        num_rounds: Rounds in which all that have nothing bid at once.
    """

    columns: NDArray[np.int32]
    num_bids: int
    num_rounds: int


def hungarian(cost: ArrayLike) -> NDArray[np.int32]:
    """Returns the column of each row at the least total cost.

    Shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987), O(n^3).

    Args:
        cost: (R, C) finite costs.

    Returns:
        (R,) columns; -1 for rows that are left over where C < R.

    Raises:
        ValueError: For anything but a matrix of finite numbers.
    """
    return _volery.hungarian(np.asarray(cost, np.float64))


def auction(cost: ArrayLike, epsilon: float) -> Auction:
    """Returns an assignment by Bertsekas's auction, as agents could agree on it by messages.

    Its total cost is within R * epsilon of the optimum; for whole costs and epsilon < 1 / R it is
    the optimum.

    Args:
        cost: (R, C) finite costs, R <= C.
        epsilon: What each bid adds to the price beyond indifference.

    Raises:
        ValueError: For another shape, costs that are not finite, or an epsilon that is not
            positive or below 1e-12 of the greatest cost.
    """
    columns, num_bids, num_rounds = _volery.auction(np.asarray(cost, np.float64), epsilon)
    return Auction(columns, num_bids, num_rounds)


def greedy(cost: ArrayLike) -> NDArray[np.int32]:
    """Returns the columns when the cheapest pair is taken first, then the next: the usual floor.

    Args:
        cost: (R, C) finite costs.

    Returns:
        (R,) columns; -1 for rows that are left over where C < R.

    Raises:
        ValueError: For anything but a matrix of finite numbers.
    """
    return _volery.greedy_assignment(np.asarray(cost, np.float64))
