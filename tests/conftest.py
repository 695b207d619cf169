"""Settings for all tests."""

import os

from hypothesis import settings

# A deadline measures the machine, not the code. Failing examples are kept in
# .hypothesis/ and tried again first. CI draws the same examples every time: what lands
# must not depend on luck; developers' runs keep looking for new ones.
settings.register_profile("wct", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "wct")
