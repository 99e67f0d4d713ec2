"""Starts the server: `python run.py [--config FILE] [--host H] [--port P]`."""

from lea.cli.serve import serve

if __name__ == "__main__":
    serve()
