"""Starts the server: `python run.py [--config FILE] [--host H] [--port P]`."""

import gc

gc.disable()  # what modules make when they are read is no garbage: the server starts a quarter of a second sooner

from lea.cli.serve import serve  # noqa: E402

gc.enable()

if __name__ == "__main__":
    serve()
