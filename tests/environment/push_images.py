# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes the images of an archive (docker save) into a registry, over the registry's HTTP API and without an engine.

usage: push_images.py ARCHIVE REGISTRY_URL [NAME_PREFIX [flat]]

Environment: REGISTRY_CA, a file with the registry's CA; REGISTRY_USER, USER:PASSWORD. In each image's name its first
part (the registry) is taken away, with "flat" all but the last one, and NAME_PREFIX put before the rest. Prints
NAME:TAG DIGEST for each image.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import ssl
import sys
import tarfile
import typing as t
import urllib.error
import urllib.parse
import urllib.request

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
GZIP = b"\x1f\x8b"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Registry:
    """A registry by its URL."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        ca, self.user = os.environ.get("REGISTRY_CA"), os.environ.get("REGISTRY_USER")
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if ca:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)))
        self._opener = urllib.request.build_opener(*handlers)

    def ask(self, method: str, path: str, data: bytes | None = None, kind: str = "application/octet-stream") -> t.Any:
        """The response to a request; path may be a whole URL."""
        url = urllib.parse.urljoin(self.url + "/", path)
        request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": kind})
        if self.user:
            request.add_header("Authorization", "Basic " + base64.b64encode(self.user.encode()).decode())
        return self._opener.open(request, timeout=120)

    def blob(self, name: str, data: bytes) -> str:
        """Uploads a blob that is not there yet; its digest."""
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        try:
            self.ask("HEAD", f"/v2/{name}/blobs/{digest}").close()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            with self.ask("POST", f"/v2/{name}/blobs/uploads/", b"") as begun:
                place = begun.headers["Location"]
            place += ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": digest})
            self.ask("PUT", place, data).close()
        return digest


def push(registry: Registry, archive: tarfile.TarFile, image: dict[str, t.Any], name: str, tag: str) -> str:
    """Pushes one image of an archive; its digest."""

    def content(path: str) -> bytes:
        stream = archive.extractfile(path)
        assert stream is not None, path
        return stream.read()

    def described(kind: str, data: bytes) -> dict[str, t.Any]:
        return {"mediaType": kind, "size": len(data), "digest": registry.blob(name, data)}

    def compressed(layer: bytes) -> bytes:
        return layer if layer[:2] == GZIP else gzip.compress(layer, compresslevel=1, mtime=0)

    layers = [compressed(content(layer)) for layer in image["Layers"]]
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described(CONFIG, content(image["Config"])),
        "layers": [described(LAYER, layer) for layer in layers],
    }
    text = json.dumps(manifest).encode()
    registry.ask("PUT", f"/v2/{name}/manifests/{tag}", text, MANIFEST).close()
    return "sha256:" + hashlib.sha256(text).hexdigest()


def main(path: str, url: str, prefix: str = "", flat: str = "") -> None:
    """Pushes all images of an archive."""
    registry = Registry(url)
    with tarfile.open(path) as archive:
        stream = archive.extractfile("manifest.json")
        assert stream is not None
        for image in json.load(stream):
            for full_name in image["RepoTags"] or []:
                name, _colon, tag = full_name.rpartition(":")
                name = prefix + (name.rpartition("/") if flat else name.partition("/"))[2]
                print(f"{name}:{tag}", push(registry, archive, image, name, tag), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
