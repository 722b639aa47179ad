"""Long runs under random faults: `python -m tests.endurance NAME`."""
