# syntax=docker/dockerfile:1

# Production dependencies only. The npm package `node` is a development dependency: the image's
# own Node.js runs the server.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY src/kit/package.json ./src/kit/
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM node:24-slim
ENV NODE_ENV=production \
    PORT=3000 \
    HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY migrations ./migrations
COPY views ./views
COPY src ./src
# Where the embedded database would be, for a container that is told to use it (NODE_ENV=development).
# The folder for compiled code makes commands start faster; --help fills it.
RUN mkdir -m 700 data node_modules/.cache && chown node:node data node_modules/.cache
USER node
RUN node bin/stagedoor.cjs user --help > /dev/null
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((response) => process.exit(response.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: the server gets SIGTERM itself. `docker run … node bin/stagedoor.cjs migrate` migrates.
CMD ["node", "src/main.ts"]
