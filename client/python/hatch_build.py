"""Puts the contract into the wheel: activation.proto as protoc's descriptor set.

The package makes its message classes from it when it is imported. So it works with every
release of protobuf, where generated code works with some, and it shares no global registry
with the generated code of others.
"""

import pathlib
import tempfile

from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROTO = "activation/v1/activation.proto"
CONTRACT = "activation/contract.binpb"


class ContractHook(BuildHookInterface):
    def initialize(self, version, build_data):
        if self.target_name != "wheel":
            return
        self._folder = tempfile.TemporaryDirectory()
        contract = pathlib.Path(self._folder.name, "contract.binpb")
        arguments = [
            "protoc",
            f"-I{self._proto_folder()}",
            f"--descriptor_set_out={contract}",
            PROTO,
        ]
        if protoc.main(arguments) != 0:
            raise RuntimeError(f"protoc could not read {PROTO}")
        # An editable install is looked for where the sources are.
        if version == "editable":
            pathlib.Path(self.root, "src", CONTRACT).write_bytes(contract.read_bytes())
        else:
            build_data["force_include"][str(contract)] = CONTRACT

    def _proto_folder(self):
        root = pathlib.Path(self.root)
        for folder in (root / "proto", root.parents[1] / "proto"):
            if (folder / PROTO).exists():
                return folder
        raise RuntimeError(f"{PROTO} is neither beside the package nor in the repository around it")
