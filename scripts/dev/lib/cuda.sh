# The CUDA Toolkit: the machine's own or, where there is none, NVIDIA's packages from PyPI. Sourced by verb.sh.

readonly CUDA_VENV="$ROOT/build/cuda-toolkit"
readonly CUDA_PACKAGES=(nvidia-cuda-nvcc nvidia-cuda-runtime nvidia-cuda-cccl nvidia-cuda-crt nvidia-nvvm nvidia-cuda-culibos)

# The oldest release that the kernels are compiled with (cmake/Dependencies.cmake).
readonly CUDA_LEAST=12.9

# The nvcc of the machine, or nothing where there is none or it is too old.
system_nvcc() {
  local nvcc release
  { command -v nvcc || true; ls -d /usr/local/cuda/bin/nvcc /usr/local/cuda-*/bin/nvcc 2>/dev/null | sort --version-sort || true; } |
    while read -r nvcc; do
      release="$("$nvcc" --version 2>/dev/null | sed -n 's/.*release \([0-9.]*\).*/\1/p' || true)"
      if [[ -n "$release" ]] && printf '%s\n' "$CUDA_LEAST" "$release" | sort --check=silent --version-sort; then
        echo "$nvcc"
        break
      fi
      step "passing over $nvcc: release ${release:-unknown}, and the kernels need $CUDA_LEAST"
    done
}

# Brings the toolkit into build/cuda-toolkit (270 MB) and prints its root; fails where it cannot be had. Each step says
# so by itself: what runs for its output does not end at the first failure.
fetch_cuda_toolkit() {
  local root
  root="$(ls -d "$CUDA_VENV"/lib/python3*/site-packages/nvidia/cu13 2>/dev/null || true)"
  if [[ ! -f "$CUDA_VENV/.complete" ]]; then
    step "no nvcc here: taking the CUDA Toolkit from PyPI into build/cuda-toolkit (270 MB)"
    rm -rf "$CUDA_VENV"
    python3 -m venv "$CUDA_VENV" >&2 || return 1
    "$CUDA_VENV/bin/pip" install --quiet --disable-pip-version-check "${CUDA_PACKAGES[@]/%/==13.0.*}" >&2 || return 1
    root="$(ls -d "$CUDA_VENV"/lib/python3*/site-packages/nvidia/cu13)"
    # Or the links would be made in the machine's own folders.
    [[ -d "$root" ]] || return 1
    # CMake looks for the folder and the name that NVIDIA's installer makes.
    ln -sfn lib "$root/lib64"
    ln -sfn libcudart.so.13 "$root/lib/libcudart.so"
    touch "$CUDA_VENV/.complete"
  fi
  echo "$root"
}

# Whether this machine has NVIDIA's driver, as one with a GPU has.
has_cuda_driver() { [[ "$(/sbin/ldconfig -p)" == *libcuda.so.1* ]]; }

# cuda_options on|off|machine: the CMake options, one a line. `on` fetches a toolkit where the machine has none that is
# new enough, `machine` takes only what is there.
cuda_options() {
  local nvcc root
  nvcc="$(system_nvcc)"
  if [[ "$1" == off || ("$1" == machine && -z "$nvcc" && ! -f "$CUDA_VENV/.complete") ]]; then
    echo "-DACTIVATION_CUDA=OFF"
    return
  fi
  if [[ -z "$nvcc" ]]; then
    root="$(fetch_cuda_toolkit)" || return 1
    nvcc="$root/bin/nvcc"
    echo "-DCUDAToolkit_ROOT=$root"
  fi
  echo "-DACTIVATION_CUDA=REQUIRED"
  echo "-DCMAKE_CUDA_COMPILER=$nvcc"
}

# Brings the disassembler into build/cuda-disassembler where the machine has none; fails where it cannot be had. A newer
# release reads the machine code of an older one.
need_disassembler() {
  local venv="$ROOT/build/cuda-disassembler"
  if command -v cuobjdump >/dev/null || [[ -f "$venv/.complete" ]]; then return; fi
  step "taking cuobjdump and nvdisasm from PyPI into build/cuda-disassembler"
  rm -rf "$venv"
  python3 -m venv "$venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'nvidia-cuda-cuobjdump~=13.0' 'nvidia-cuda-nvdisasm~=13.0' >&2 ||
    return 1
  touch "$venv/.complete"
}

readonly SANITIZER_VENV="$ROOT/build/cuda-sanitizer"

# Prints the compute-sanitizer of the machine or, where it has none, NVIDIA's from PyPI in build/cuda-sanitizer (50 MB);
# fails where it cannot be had. Packages of 13.0 are without the program that starts the one to be looked at.
need_sanitizer() {
  local found
  found="$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | tail -n 1 || true)"
  if [[ -z "$found" ]]; then
    if [[ ! -f "$SANITIZER_VENV/.complete" ]]; then
      step "taking compute-sanitizer from PyPI into build/cuda-sanitizer (50 MB)"
      rm -rf "$SANITIZER_VENV"
      python3 -m venv "$SANITIZER_VENV" >&2 || return 1
      "$SANITIZER_VENV/bin/pip" install --quiet --disable-pip-version-check 'nvidia-cuda-sanitizer-api==13.5.*' >&2 || return 1
      touch "$SANITIZER_VENV/.complete"
    fi
    found="$(ls "$SANITIZER_VENV"/lib/python3*/site-packages/nvidia/cu13/bin/compute-sanitizer)" || return 1
  fi
  echo "$found"
}
