"""End-to-end stories of users in a real window, each in its own process, with screenshots."""
