# syntax=docker/dockerfile:1

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY .swcrc nest-cli.json tsconfig.json ./
COPY scripts ./scripts
COPY apps ./apps
COPY libs ./libs
RUN node scripts/build.mjs && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
# The embedded database is started under this user: it refuses root.
RUN mkdir /data && chown node:node /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
VOLUME /data
EXPOSE 3000
# docker stop asks politely, and the trader needs up to 5 s to put everything away.
STOPSIGNAL SIGTERM
# The young generation: V8 would let it take 48 MB, of which a trader with 600 symbols has no use for more than 12.
CMD ["node", "--max-semi-space-size=4", "--enable-source-maps", "dist/apps/trader/src/main.js"]
