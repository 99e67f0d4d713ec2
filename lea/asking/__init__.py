"""Asking what people want asked at set times, each time once, as runs of one job."""
