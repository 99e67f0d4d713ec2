"""The edge: HTTP routes, the only room besides app.py that knows aiohttp.web."""
