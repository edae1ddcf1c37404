"""A Spark cluster of two workers on this machine, each in a network of its own, with Beam's job server.

Needs root, Java 17 and iproute2. All that it makes goes when it is closed: processes, namespaces, bridge.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
NETWORK = "10.213.7"
DRIVER = f"{NETWORK}.1"
BRIDGE = "ichor-spark"
MASTER_PORT, JOB_PORT, ARTIFACT_PORT, POOL_PORT = 7077, 8099, 8098, 50000
SECONDS_TO_START = 120
# What Beam's runner needs in Spark's executors; the rest of its class path they have, or the driver needs.
STAGED = (
    "args4j", "auto-value", "avro", "beam-", "byte-buddy", "checker-qual", "classgraph", "commons-compress",
    "error_prone", "joda-time", "jsr305", "metrics-core", "opentelemetry-api", "opentelemetry-context",
)  # fmt: skip
# Google's options need a newer Guava than Spark's executors have.
DRIVER_ALONE = ("beam-sdks-java-extensions-google-cloud-platform-core",)
# Of Beam's class path, what would stand before Spark's own of another version.
SPARKS_OWN = ("spark-", "scala-", "slf4j", "log4j", "jackson-", "jul-to", "jcl-over", "json4s")
OPENED = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util",
    "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs", "sun.security.action",
    "sun.util.calendar",
)  # fmt: skip


def address(worker: int) -> str:
    """Returns a worker's address; workers count from 1."""
    return f"{NETWORK}.{10 + worker}"


def namespace(worker: int) -> str:
    """Returns the name of a worker's network namespace."""
    return f"{BRIDGE}-{worker}"


class Cluster:
    """A master, two workers with a pool of Python workers each, and Beam's job server."""

    def __init__(self, spark: Path, jars: Path, folder: Path, *workers: int) -> None:
        """Says what to start.

        Args:
          spark: Folder of pyspark, which holds all of Spark.
          jars: Folder of the job server's class path.
          folder: For logs and what the workers keep.
          workers: Their numbers; 1 and 2 by default.
        """
        self._spark = spark
        self._jars = sorted(jars.glob("*.jar"))
        self._folder = folder
        self._workers = workers or (1, 2)
        self._processes: list[subprocess.Popen[bytes]] = []

    def settings(self) -> list[str]:
        """Returns the settings with which ichor runs Beam here."""
        kept = [
            jar for jar in self._jars if jar.name.startswith(STAGED) and not jar.name.startswith(DRIVER_ALONE)
        ]
        options = ",".join(f"'--files_to_stage={jar}'" for jar in kept)
        return [
            "beam.engine=spark",
            f"beam.job_endpoint={DRIVER}:{JOB_PORT}",
            f"beam.environment_config=127.0.0.1:{POOL_PORT}",
            f"beam.options=[{options}]",
        ]

    def __enter__(self) -> "Cluster":
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._make_network()
            self._start(
                "master", [self._spark / "bin/spark-class", "org.apache.spark.deploy.master.Master"],
                ["--host", DRIVER, "--port", MASTER_PORT, "--webui-port", 0],
            )  # fmt: skip
            _wait(DRIVER, MASTER_PORT)
            for worker in self._workers:
                self.start_worker(worker)
            self._start("job-server", *self._job_server())
            _wait(DRIVER, JOB_PORT)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start_worker(self, worker: int) -> None:
        """Starts one worker and its pool, and waits until the pool answers."""
        inside = ["ip", "netns", "exec", namespace(worker)]
        self._start(
            f"worker-{worker}",
            [*inside, self._spark / "bin/spark-class", "org.apache.spark.deploy.worker.Worker"],
            ["--host", address(worker), "--cores", 1, "--memory", "2g", "--webui-port", 0,
             "--work-dir", self._folder / f"work-{worker}", f"spark://{DRIVER}:{MASTER_PORT}"],
            SPARK_LOCAL_IP=address(worker),
        )  # fmt: skip
        self._start(
            f"pool-{worker}",
            [*inside, sys.executable, "-P", "-m", "pipeline.cli", "worker"],
            ["--port", POOL_PORT],
        )
        _run(*inside, sys.executable, "-c", _WAIT, "127.0.0.1", POOL_PORT, SECONDS_TO_START)

    def kill_worker(self, worker: int) -> int:
        """Kills all that runs on a worker at once, as if its power went; returns how many processes."""
        printed = subprocess.run(["ip", "netns", "pids", namespace(worker)], check=True, capture_output=True)
        processes = [int(word) for word in printed.stdout.split()]
        for process in processes:
            os.kill(process, signal.SIGKILL)
        return len(processes)

    def close(self) -> None:
        """Ends what was started and removes what was made."""
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 20
        for process in self._processes:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()
        for worker in (1, 2):
            if Path("/run/netns", namespace(worker)).exists():
                self.kill_worker(worker)
                _run("ip", "netns", "delete", namespace(worker))
        if Path("/sys/class/net", BRIDGE).exists():
            _run("ip", "link", "delete", BRIDGE)

    def _make_network(self) -> None:
        _run("ip", "link", "add", BRIDGE, "type", "bridge")
        _run("ip", "address", "add", f"{DRIVER}/24", "dev", BRIDGE)
        _run("ip", "link", "set", BRIDGE, "up")
        for worker in (1, 2):
            inside, cable = namespace(worker), f"{BRIDGE}{worker}"
            _run("ip", "netns", "add", inside)
            _run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", inside)
            _run("ip", "link", "set", cable, "master", BRIDGE, "up")
            _run("ip", "-n", inside, "address", "add", f"{address(worker)}/24", "dev", "eth0")
            _run("ip", "-n", inside, "link", "set", "eth0", "up")
            _run("ip", "-n", inside, "link", "set", "lo", "up")

    def _job_server(self) -> tuple[list[object], list[object]]:
        classes = [jar for jar in self._jars if not jar.name.startswith(SPARKS_OWN)]
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        java = ["java", "-Xmx1g", *opened, f"-Dspark.driver.host={DRIVER}", "-Dspark.executor.memory=1g"]
        path = ":".join(map(str, [*classes, self._spark / "jars/*"]))
        return (
            [*java, "-Dspark.ui.enabled=false", "-cp", path],
            ["org.apache.beam.runners.spark.SparkJobServerDriver", f"--job-host={DRIVER}",
             f"--job-port={JOB_PORT}", f"--artifact-port={ARTIFACT_PORT}", "--expansion-port=0",
             f"--artifacts-dir={self._folder / 'artifacts'}",
             f"--spark-master-url=spark://{DRIVER}:{MASTER_PORT}"],
        )  # fmt: skip

    def _start(self, name: str, command: list[object], arguments: list[object], **environment: str) -> None:
        given = {
            "SPARK_HOME": str(self._spark), "SPARK_DAEMON_MEMORY": "512m", "SPARK_LOCAL_IP": DRIVER,
            "PYTHONPATH": str(ROOT), **environment,
        }  # fmt: skip
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    [str(word) for word in (*command, *arguments)],
                    stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                    env={**os.environ, **given}, cwd=self._folder, start_new_session=True,
                )
            )  # fmt: skip


_WAIT = """
import socket, sys, time
host, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
end = time.monotonic() + seconds
while True:
    try:
        socket.create_connection((host, port), 1).close()
        break
    except OSError:
        if time.monotonic() > end:
            sys.exit(f"nothing answers at {host}:{port}")
        time.sleep(0.2)
"""


def _wait(host: str, port: int) -> None:
    _run(sys.executable, "-c", _WAIT, host, port, SECONDS_TO_START)


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True)
