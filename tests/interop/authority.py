"""Certificates for tests, made with the `openssl` command."""

import os
import subprocess


class Authority:
    """Signs certificates for localhost and 127.0.0.1 in a folder."""

    def __init__(self, folder, name):
        self.folder = folder
        self.certificate = self._path(f"{name}.crt")
        self._key = self._path(f"{name}.key")
        self._openssl(
            *("req", "-x509", "-new", *self._new_key(self._key), "-subj", f"/CN={name}"),
            *("-days", "30", "-addext", "keyUsage=critical,keyCertSign", "-out", self.certificate),
        )

    def issue(self, name):
        """The paths of a certificate and its key."""
        certificate, key = self._path(f"{name}.crt"), self._path(f"{name}.key")
        request, extensions = self._path(f"{name}.csr"), self._path(f"{name}.ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
            file.write("extendedKeyUsage=serverAuth,clientAuth\n")
        self._openssl("req", "-new", *self._new_key(key), "-subj", f"/CN={name}", "-out", request)
        self._openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key),
            *("-CAcreateserial", "-days", "30", "-extfile", extensions, "-out", certificate),
        )
        return certificate, key

    def _path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def _new_key(path):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)
