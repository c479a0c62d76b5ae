# The container image: docker build --target cpu -t activation:cpu .   ('./dev image' builds and tests it)
# The base is one and the same for building and running, so that the libraries agree.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
# The list of packages stands in one place; this layer is made anew only when it changes.
COPY scripts/dev/lib/packages.sh scripts/dev/lib/packages.sh
RUN apt-get update -qq \
 && bash -c '. scripts/dev/lib/packages.sh && missing_packages build' \
  | xargs env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release -DACTIVATION_BUILD_TESTS=OFF -DACTIVATION_CUDA=OFF \
 && cmake --build --preset release --target activation-server activation-client \
 && strip build/release/bin/activation-server build/release/bin/activation-client

FROM ${BASE} AS cpu
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="activation-server" \
      org.opencontainers.image.description="Neural-network activation functions over gRPC, accurate to the last bit" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
# The libraries the two programs link; what those need comes with them.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      libcivetweb1 libgrpc++1.51 libhwy1 libprometheus-cpp-core1.0 libspdlog1.10 libssl3 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
COPY --from=build /src/build/release/bin/activation-server /src/build/release/bin/activation-client /usr/local/bin/
# Fails here and not in production when a library is missing above.
RUN activation-server --version && activation-client --version
COPY LICENSE /usr/share/doc/activation/LICENSE
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 50051 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["activation-client", "health"]
ENTRYPOINT ["activation-server"]
# The binary itself listens on loopback only. A container's loopback reaches nobody, so the image listens on every
# address of the container and says --insecure; who reaches it is decided by the ports that are published.
CMD ["--address=0.0.0.0:50051", "--http-address=0.0.0.0:8080", "--insecure"]
