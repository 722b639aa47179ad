"""End-to-end stories: what users do, in a real window of its own process, with screenshots."""
