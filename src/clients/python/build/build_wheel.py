"""Builds the wheel and the source distribution (PEP 517) with the standard library alone."""

import base64
import hashlib
import io
import tarfile
import tomllib
import zipfile
from pathlib import Path

PROJECT = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
NAME = f"{PROJECT['name'].replace('-', '_')}-{PROJECT['version']}"
DATE = (2026, 1, 1, 0, 0, 0)
PACKAGE = sorted(path for path in Path("server_events").iterdir() if path.is_file())


def _metadata() -> str:
    fields = {"Metadata-Version": "2.1", "Name": PROJECT["name"], "Version": PROJECT["version"],
              "Summary": PROJECT["description"], "License": PROJECT["license"]["text"],
              "Requires-Python": PROJECT["requires-python"],
              "Description-Content-Type": "text/markdown"}
    lines = [f"{field}: {value}" for field, value in fields.items()]
    return "\n".join(lines) + "\n\n" + Path(PROJECT["readme"]).read_text("utf-8")


def build_wheel(directory, config_settings=None, metadata_directory=None):
    files = {path.as_posix(): path.read_bytes() for path in PACKAGE}
    info = f"{NAME}.dist-info"
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = (b"Wheel-Version: 1.0\nGenerator: build_wheel\n"
                              b"Root-Is-Purelib: true\nTag: py3-none-any\n")
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        record += f"{path},sha256={digest},{len(data)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    wheel = f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(Path(directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, DATE), data)
    return wheel


def build_sdist(directory, config_settings=None):
    name = f"{NAME}.tar.gz"
    sources = [*PACKAGE, Path("pyproject.toml"), Path("README.md"), Path("build/build_wheel.py")]
    with tarfile.open(Path(directory, name), "w:gz") as archive:
        info = tarfile.TarInfo(f"{NAME}/PKG-INFO")
        info.size = len(_metadata().encode())
        archive.addfile(info, io.BytesIO(_metadata().encode()))
        for path in sources:
            archive.add(path, f"{NAME}/{path.as_posix()}")
    return name
