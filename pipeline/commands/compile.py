"""`ichor compile`: the pipeline for Kubeflow Pipelines."""

import argparse
from pathlib import Path

from pipeline import exit_codes
from pipeline.commands.arguments import add_beam, add_data, add_settings, load_settings
from pipeline.kubeflow.forms import mounted
from pipeline.kubeflow.package import SUFFIXES
from pipeline.kubeflow.settings import in_containers
from pipeline.settings.loading import ConfigError
from pipeline.terminal.console import NOWHERE, chatter_to

FILE = "ichor.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "--image", metavar="IMAGE", help="REPOSITORY@DIGEST; short for --set kubeflow.image=IMAGE"
    )
    parser.add_argument(
        "--pipeline-root",
        metavar="URI",
        help="s3://, minio:// or gs://; short for --set kubeflow.pipeline_root=URI",
    )
    add_data(parser, "folder of slices in the containers")
    parser.add_argument("-o", "--out", metavar="FILE", default=FILE, help=f"file to write; {FILE} by default")
    add_beam(parser)
    add_settings(parser)


def run(parsed: argparse.Namespace) -> int:
    """Writes the compiled pipeline and prints what is in it."""
    config = load_settings(
        parsed,
        kubeflow__image=parsed.image,
        kubeflow__pipeline_root=parsed.pipeline_root,
        run__data=parsed.data,
        beam__engine=parsed.beam,
    ).config
    if Path(parsed.out).suffix not in SUFFIXES:
        raise ConfigError(f"--out: expected a file that ends in {SUFFIXES[0]}, got {parsed.out!r}")
    in_containers(config)  # refuses at once what the compiler would refuse after TFX's import
    with chatter_to(NOWHERE):
        from pipeline.kubeflow.compile import compile_pipeline, write

        compiled = compile_pipeline(config)
    write(compiled, Path(parsed.out))
    print(f"{parsed.out}: {compiled.describe()}")
    if not mounted(config.run.data, config.kubeflow):
        print(f"note: run.data, {config.run.data}, is on none of kubeflow.volumes; the image has to hold it")
    print(f"Run it: ichor submit {parsed.out} --host URL")
    return exit_codes.OK
