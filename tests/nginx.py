"""A real nginx with the shipped configuration, on ports and in folders of the test's own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.postgres import ANSWER_S

SHIPPED = Path(__file__).parent.parent / "deploy" / "nginx.conf"


def program() -> str:
    """Debian keeps it out of the PATH of ordinary users."""
    found = shutil.which("nginx", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if found is None:
        raise RuntimeError("no nginx found: run `make system`, or apt-get install nginx-light")
    return found


def configuration(folder: Path, port: int, servers: list[str]) -> Path:
    """The shipped file; only addresses and folders are others."""
    text = SHIPPED.read_text()
    shipped = re.findall(r"server (lea\d:8080) ", text)
    for name, server in zip(shipped, servers, strict=True):
        text = text.replace(f"server {name} ", f"server {server} ")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/log/nginx/", f"{folder}/")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    text = f"pid {folder}/pid;\ndaemon off;\n" + text.replace("http {\n", "http {\n" + own, 1)
    if os.geteuid() == 0:  # else nginx would look for a user of its own, who cannot reach the folder
        text = "user root;\n" + text
    file = folder / "nginx.conf"
    file.write_text(text)
    return file


def check(file: Path) -> str:
    """What `nginx -t` says. Raises CalledProcessError for a file it does not take."""
    command = [program(), "-t", "-c", str(file), "-e", str(file.parent / "error.log")]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=ANSWER_S).stderr


@contextmanager
def running(folder: Path, servers: list[str]) -> Iterator[str]:
    """The address of the proxy in front of `servers`; to be entered outside of a loop's thread or before it matters."""
    port = free_port()
    file = configuration(folder, port, servers)
    command = ["setpriv", "--pdeathsig=TERM", program(), "-c", str(file), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr, cwd="/")
    try:
        while not (folder / "pid").exists() or not (folder / "pid").read_text():
            if process.poll() is not None:
                raise RuntimeError((folder / "error.log").read_text())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(ANSWER_S)
