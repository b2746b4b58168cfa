# One file for all images: `--target service|job --build-arg IMAGE=<name>`, names in scripts/images/images.ts.
# The version is that of the package `node` in package.json.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

# What Node needs of the system, from which the images begin.
FROM ${NODE_IMAGE} AS runtime-root
COPY scripts/images/runtime-root.sh /
RUN /runtime-root.sh /runtime

# What the lockfile is about, apart from the rest: packages are installed anew only when it changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN mkdir /manifests && \
    find . \( -name package.json -o -name package-lock.json -o -name .npmrc \) -exec cp --parents {} /manifests \; && \
    find /manifests -exec touch -d @0 {} +

# Nothing but the lockfile's packages, and none of their scripts is run.
FROM ${NODE_IMAGE} AS packages
WORKDIR /src
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=certificates \
    export NODE_EXTRA_CA_CERTS=/run/secrets/certificates && \
    npm ci --ignore-scripts --no-progress --loglevel=error

FROM packages AS sources
COPY prisma prisma
COPY scripts/generate-prisma.mjs scripts/
RUN node scripts/generate-prisma.mjs
COPY . .

# All programs at once, so that every image of a version is made from the same build.
FROM sources AS programs
ARG SOURCE_DATE_EPOCH=0
COPY --from=runtime-root /runtime.packages /runtime.packages
RUN node scripts/images/make.ts /programs /runtime.packages

# Sources as they are, for the override file with reload.
FROM sources AS development
USER node
CMD ["node", "--version"]

FROM scratch AS runtime
COPY --from=runtime-root /runtime /
ENV PATH=/usr/local/bin NODE_ENV=production
WORKDIR /app
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["/app/main.js"]

FROM runtime AS job
ARG IMAGE
LABEL org.opencontainers.image.title="cartwright-${IMAGE}" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=programs /programs/${IMAGE} /

FROM runtime AS service
ARG IMAGE
LABEL org.opencontainers.image.title="cartwright-${IMAGE}" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=programs /programs/${IMAGE} /
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/node", "/app/healthcheck.mjs"]
