"""The core: sessions, threads, turns and their locks."""
