# syntax=docker/dockerfile:1

# The version is the one that the tests run on (package.json).
ARG NODE=24.21.0-bookworm-slim

# Production dependencies only. The npm package `node` is a development dependency: the image's
# own Node.js runs the server.
FROM node:${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY src/kit/package.json ./src/kit/
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM node:${NODE}
# Two areas of memory for all threads of a process: two MB less than one for each. One thread that compiles and
# collects garbage for V8: less CPU time than four.
ENV NODE_ENV=production \
    PORT=3000 \
    HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    NODE_OPTIONS=--v8-pool-size=1 \
    NODE_COMPILE_CACHE=/app/node_modules/.cache/stagedoor
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json CHANGELOG.md ./
COPY bin ./bin
COPY migrations ./migrations
COPY views ./views
COPY src ./src
# Files belong to root, and the server writes none of them: the root file system can be read-only. `data`
# is for the embedded database (NODE_ENV=development), on a volume. The commands below fill the folder
# of compiled code, so that server and commands start faster.
RUN mkdir -m 700 data node_modules/.cache && chown node:node data node_modules/.cache
USER 1000:1000
RUN node bin/stagedoor.cjs user --help > /dev/null && node -e "import('./src/server/start.ts')"
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((response) => process.exit(response.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: the server gets SIGTERM itself. `docker run … node bin/stagedoor.cjs migrate` migrates.
CMD ["node", "bin/server.cjs"]
