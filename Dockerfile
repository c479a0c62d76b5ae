# The container images: docker build --target cpu -t activation:cpu .   ('./dev image' builds and tests them)
# Target cuda is the same with kernels for CUDA; it needs no libraries of CUDA, only the driver that NVIDIA's container
# runtime mounts, and runs on the CPU without one.
# The base is one and the same for building and running, so that the libraries agree. The stages of cuda come last,
# because buildah makes every stage above the target. Why a tag, and how to name a digest instead: docs/adr/0018.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
# The list of packages stands in one place; this layer is made anew only when it changes.
COPY scripts/dev/lib/packages.sh scripts/dev/lib/packages.sh
RUN apt-get update -qq \
 && bash -euc '. scripts/dev/lib/packages.sh; missing_packages build' >/tmp/packages \
 && xargs -a /tmp/packages env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
 && rm -rf /tmp/packages /var/lib/apt/lists/*
COPY . .
# The compiler cache outlives the build where the engine keeps such mounts.
ENV CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache \
    LANG=C.UTF-8 CCACHE_DIR=/ccache CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
RUN --mount=type=cache,target=/ccache cmake --preset release -DACTIVATION_BUILD_TESTS=OFF -DACTIVATION_CUDA=OFF \
 && cmake --build --preset release --target activation-server activation-client \
 && strip build/release/bin/activation-server build/release/bin/activation-client

# All of an image but the programs and the list of what they are made of.
FROM ${BASE} AS runtime
# The libraries the two programs link; what those need comes with them.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      libc-ares2 libcivetweb1 libhwy1 libprometheus-cpp-core1.0 libre2-9 libspdlog1.10 libssl3 libstdc++6 zlib1g \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
COPY LICENSE /usr/share/doc/activation/LICENSE
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 50051 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["activation-client", "health"]
ENTRYPOINT ["activation-server"]
# The binary itself listens on loopback only. A container's loopback reaches nobody, so the image listens on every
# address of the container and says --insecure; who reaches it is decided by the ports that are published.
CMD ["--address=0.0.0.0:50051", "--http-address=0.0.0.0:8080", "--insecure"]
# Version and revision come from './dev image': buildah's cache of layers would not see a changed argument in a label.
LABEL org.opencontainers.image.title="activation-server" \
      org.opencontainers.image.description="Neural-network activation functions over gRPC, accurate to the last bit" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"

# What the images are made of: the packages of the runtime, and those that the programs have inside, with their notices.
FROM build AS list
COPY --from=runtime /var/lib/dpkg/status runtime-status
RUN python3 scripts/packages_spdx.py build/release activation-server runtime-status >packages.spdx.json \
 && python3 scripts/notices.py build/release activation-server >notices

FROM runtime AS cpu
COPY --from=build /src/build/release/bin/activation-server /src/build/release/bin/activation-client /usr/local/bin/
COPY --from=list /src/packages.spdx.json /src/notices /usr/share/doc/activation/
# Fails here and not in production when a library is missing above.
RUN activation-server --version && activation-client --version

# The toolkit from PyPI, as './dev build' takes it.
FROM ${BASE} AS toolkit
WORKDIR /src
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY scripts/dev/lib/cuda.sh scripts/dev/lib/cuda.sh
# Certificates, where the way to PyPI leads through a proxy with an authority of its own: nothing of them stays.
RUN --mount=type=secret,id=certificates if [ -f /run/secrets/certificates ]; then \
      export PIP_CERT=/run/secrets/certificates; \
    fi \
 && bash -euc 'ROOT=/src; step() { echo "$*" >&2; }; . scripts/dev/lib/cuda.sh; cuda_options on >cuda_options'

# On top of the other build: what does not know CUDA is compiled once for both images.
FROM build AS build-cuda
COPY --from=toolkit /src/cuda_options ./
COPY --from=toolkit /src/build/cuda-toolkit build/cuda-toolkit
RUN --mount=type=cache,target=/ccache xargs cmake --preset release "-DCMAKE_CUDA_ARCHITECTURES=80-real;90-real;100" <cuda_options \
 && cmake --build --preset release --target activation-server activation-client \
 && strip build/release/bin/activation-server build/release/bin/activation-client

FROM build-cuda AS list-cuda
COPY --from=runtime /var/lib/dpkg/status runtime-status
RUN python3 scripts/packages_spdx.py build/release activation-server runtime-status >packages.spdx.json \
 && python3 scripts/notices.py build/release activation-server >notices

FROM runtime AS cuda
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=build-cuda /src/build/release/bin/activation-server /src/build/release/bin/activation-client /usr/local/bin/
COPY --from=list-cuda /src/packages.spdx.json /src/notices /usr/share/doc/activation/
RUN activation-server --version && activation-client --version
