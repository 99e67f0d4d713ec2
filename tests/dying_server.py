"""`python -m tests.dying_server POINT TIMES …` is run.py, ended as by `kill -9` at the given time it reaches POINT."""

import os
import signal
import sys
from itertools import count

from lea import faults
from lea.cli.serve import serve

point, times = sys.argv[1], int(sys.argv[2])
reached = count(1)


def die(at: str) -> None:
    if at == point and next(reached) == times:
        os.kill(os.getpid(), signal.SIGKILL)


assert point in {*faults.POINTS, *faults.ACTION_POINTS, *faults.WHATSAPP_POINTS, *faults.SCHEDULE_POINTS}, point
faults.arm(die)
serve(sys.argv[3:])
