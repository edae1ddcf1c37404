"""Packages ichor; Beam's remote workers install it from here (`--setup_file setup.py`)."""

from setuptools import find_packages, setup

setup(
    packages=find_packages(
        include=["schemas", "schemas.*", "components", "components.*", "pipeline", "pipeline.*"]
    ),
    package_data={"": ["*.pbtxt", "*.html", "*.css", "*.js", "*.json", "*.toml", "templates/*", "py.typed"]},
    entry_points={"console_scripts": ["ichor = pipeline.cli:main"]},
)
