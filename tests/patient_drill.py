"""`python -m tests.patient_drill …` is `python -m lea …`, whose drill allows for a machine that stands still."""

from dataclasses import replace

from lea.cli.drilling import playing, scenarios
from lea.cli.main import main

FIRST_BYTE_S = 3.5
"""Still before a model that hangs is given up."""

vars(scenarios).update(GRACE_S=20.0, RETRIES_S=30.0)
vars(playing).update(
    GRACE_S=scenarios.GRACE_S,
    SCENARIOS=tuple(replace(one, first_byte_s=max(one.first_byte_s, FIRST_BYTE_S)) for one in scenarios.SCENARIOS),
)

if __name__ == "__main__":
    main()
