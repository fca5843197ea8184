# pghaul in a container, by the steps of docs/quick-start.md. What it needs when it runs: docs/containers.md.
#
#   docker build --tag pghaul .                                 on the current Debian
#   docker build --tag pghaul --build-arg DEBIAN=bookworm .     on the one before
#   docker build --target tested .                              the demo and all tests
ARG DEBIAN=trixie

FROM debian:${DEBIAN} AS source
WORKDIR /pghaul
COPY tools/setup tools/packages.txt tools/
RUN tools/setup
COPY . .

FROM source AS tested
RUN tools/demo && tools/test

FROM source AS built
RUN cmake --preset release -DPGHAUL_TESTS=OFF -DPGHAUL_BENCH=OFF && cmake --build --preset release
RUN cd build/release && cpack

# With the pg_dump and pg_restore of this Debian: they read and write all major versions up to its own.
FROM debian:${DEBIAN}-slim
RUN --mount=type=bind,from=built,source=/pghaul/build/release,target=/packages \
    apt-get update && apt-get install --yes --no-install-recommends /packages/pghaul_*.deb && \
    rm -rf /var/lib/apt/lists/*
USER nobody
ENTRYPOINT ["pghaul"]
