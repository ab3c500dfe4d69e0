# The program alone: what it needs to run, and nothing that builds or tests it. docs/containers.md says what is in it.
# Node.js 24 is the newest of the releases that `engines` in package.json names.

FROM node:24-trixie-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./

# Without install scripts nothing is fetched but the packages themselves, which package-lock.json knows by their hashes.
FROM base AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

# `optional` leaves out Prisma's command line, too: its client names it as an optional peer. And of the client's query
# compilers, of which there is one for each database, all but PostgreSQL's.
FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && \
  find node_modules/@prisma/client/runtime -name 'query_compiler_*' ! -name '*_fast_bg.postgresql.*' -delete

FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
# The only folder that may be written: for the store `file`, and mails that are not sent.
RUN mkdir data && chown node:node data
COPY --from=dependencies /app/node_modules ./node_modules
COPY config ./config
COPY public ./public
COPY views ./views
COPY prisma/migrations ./prisma/migrations
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without npm or a shell between, so that the program itself gets SIGTERM.
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
