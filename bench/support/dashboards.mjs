/**
 * Open dashboards as the service sees them: so many streams of server-sent events, each with all that happens. The readers
 * are a process of their own: `node dashboards.mjs URL COUNT` reads until it is told to end, and says how much it read.
 */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const SELF = fileURLToPath(import.meta.url);

/** @param sources what the real feed listens to */
export async function openDashboards(count, { cluster, trading, intelligence }) {
  const require = createRequire(import.meta.url);
  const { EventFeed } = require('../../dist/apps/trader/src/events/event-feed.service.js');
  const { SseConnection } = require('../../dist/apps/trader/src/events/sse.js');
  const feed = new EventFeed(cluster, trading, intelligence);
  feed.onModuleInit();
  const opened = new EventEmitter();
  const server = createServer((_, response) => {
    const connection = new SseConnection(response, {}, () => stop());
    const stop = feed.listen(connection, { key: 'all', wants: () => true });
    if (feed.listenerCount === count) opened.emit('all');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/`;
  const reader = spawn(process.execPath, [SELF, url, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(opened, 'all');
  return {
    /** @returns how many bytes all of them have read */
    async close() {
      const told = once(reader.stdout, 'data');
      reader.stdin.end();
      const [text] = await told;
      feed.onModuleDestroy();
      server.closeAllConnections();
      server.close();
      return Number(text);
    },
  };
}

function read(url, count) {
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    get(url, { agent: false }, (response) => response.on('data', (chunk) => (bytes += chunk.length))).on(
      'error',
      () => undefined,
    );
  }
  process.stdin.on('end', () => process.stdout.write(String(bytes), () => process.exit(0))).resume();
}

if (process.argv[1] === SELF) read(process.argv[2], Number(process.argv[3]));
