# Other people's libraries, to be compared with. Sourced by the verbs that use them.

readonly PYTORCH="$ROOT/build/pytorch"

# need_peers: those of Debian; CMake then looks for them again.
need_peers() {
  if [[ -z "$(missing_packages peers)" ]]; then return; fi
  need_packages peers
  rm -f build/release/.configured-with
}

# fetch_pytorch: brings it into build/pytorch; says so and fails where it cannot be had. PyPI's brings CUDA, some
# gigabytes; with PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu set it is the CPU's alone.
fetch_pytorch() {
  local requirements=tests/benchmarks/compare/requirements.txt
  if cmp -s "$requirements" "$PYTORCH/requirements.txt"; then return; fi
  step "installing PyTorch into build/pytorch"
  if python3 -m venv "$PYTORCH" >&2 && "$PYTORCH/bin/pip" install --quiet --requirement "$requirements" >&2; then
    cp "$requirements" "$PYTORCH/requirements.txt"
  else
    echo "dev: PyTorch could not be installed; it is left out" >&2
    return 1
  fi
}
