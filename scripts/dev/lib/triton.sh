# NVIDIA's Triton, to be measured beside. Sourced by the verb that uses it; never part of the product.

# Says so and fails where it cannot be had: it is then left out.
fetch_triton() {
  local folder="$ROOT/build/triton" version=0.7.0
  if [[ "$(cat "$folder/version" 2>/dev/null)" == "$version" ]]; then return; fi
  step "installing Triton into build/triton"
  # Only its binary is run, so what its Python package needs is left out.
  if python3 -m venv "$folder/venv" >&2 &&
    "$folder/venv/bin/pip" install --quiet --no-deps "nvidia-pytriton==$version" >&2; then
    echo "$version" >"$folder/version"
  else
    echo "dev: Triton could not be installed; it is left out" >&2
    return 1
  fi
}
