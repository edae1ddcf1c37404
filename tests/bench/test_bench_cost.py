"""What counts as cost: every thread and every child, on the processor and on the clock."""

import subprocess
import sys
import time
from threading import Thread

import pytest

from bench.cost import Cost, cost_of, marginal, median

pytestmark = pytest.mark.numpy

BUSY = 0.2  # CPU seconds
BURN = f"import time\nwhile time.process_time() < {BUSY}: pass"


def burn() -> None:
    until = time.thread_time() + BUSY
    while time.thread_time() < until:
        pass


def test_waiting_takes_time_but_no_processor():
    cost = cost_of(lambda: time.sleep(BUSY))
    assert cost.wall >= BUSY
    assert cost.cpu < BUSY / 2


def test_a_child_that_has_ended_counts():
    assert cost_of(lambda: subprocess.run([sys.executable, "-c", BURN], check=True)).cpu >= BUSY


def test_all_threads_count():
    def two_threads() -> None:
        threads = [Thread(target=burn) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert cost_of(two_threads).cpu >= 2 * BUSY


def test_a_slice_more_costs_what_two_sizes_differ_by():
    # 5 s whatever the size, and 2 ms (3 ms on the clock) a slice
    cost = marginal(Cost(5.2, 5.3), Cost(7.0, 8.0), 900)
    assert cost.cpu == pytest.approx(0.002)
    assert cost.wall == pytest.approx(0.003)


def test_a_median_is_taken_of_each_kind_of_time_by_itself():
    assert median([Cost(1, 9), Cost(2, 7), Cost(30, 8)]) == Cost(2, 8)
