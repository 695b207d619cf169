"""Settings for all tests."""

from hypothesis import settings

# A deadline measures the machine, not the code. Failing examples are kept in
# .hypothesis/ and tried again first.
settings.register_profile("wct", deadline=None)
settings.load_profile("wct")
