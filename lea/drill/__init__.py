"""Failures played on purpose for one throw-away company, so that an operator knows what people would see."""
