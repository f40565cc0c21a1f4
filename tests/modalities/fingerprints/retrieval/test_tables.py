from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tests.drawn_prints import drawn_prints

from allpoints.modalities.fingerprints.retrieval.prints import Prints, prepared
from allpoints.modalities.fingerprints.retrieval.tables import LEAST_SET, TABLES, key_bits, key_of, tabulated

PRINTS = Prints.of(prepared(number, printed) for number, printed in enumerate(drawn_prints(6, 2), start=1))
BITS = PRINTS.cylinders.bits


def test_each_cylinder_stands_under_its_key_in_each_table() -> None:
    with ThreadPoolExecutor(2) as pool:
        tables = tabulated(PRINTS, 12, pool)
    for table in range(TABLES):
        starts, entries, positions = tables.starts[table], tables.entries[table], tables.positions[table]
        found = {
            int(row): key for key in range(len(starts) - 1) for row in entries[starts[key] : starts[key + 1]]
        }
        assert found == {row: key for row in range(len(BITS)) if (key := key_of(BITS[row], positions)) >= 0}


def test_a_key_is_the_bits_at_the_positions_first_one_highest() -> None:
    row = np.zeros(12, np.uint64)
    row[0], row[3] = 0b100, 1 << 63
    positions = np.array([2, 0, 3 * 64 + 63])
    assert key_of(row, positions) == 0b101


def test_a_cylinder_of_which_too_little_is_set_has_no_key() -> None:
    row = np.zeros(12, np.uint64)
    row[0] = (1 << (LEAST_SET - 1)) - 1
    assert key_of(row, np.arange(10)) == -1


def test_no_prints_make_empty_tables() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert tabulated(Prints.of([]), 10, pool).entries.shape == (TABLES, 0)


def test_the_more_cylinders_the_longer_the_keys() -> None:
    assert [key_bits(count) for count in (0, 1 << 20, 1 << 23, 1 << 40)] == [10, 13, 16, 20]
