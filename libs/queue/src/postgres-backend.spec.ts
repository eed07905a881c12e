import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { ConnectionOptions } from 'bullmq';
import { Pool } from 'pg';
import { createRecoveringBackend } from './postgres-backend';

describe("a queue's backend on PostgreSQL", () => {
  let attempts: number;
  let server: Server;
  let pool: Pool;

  /** A database that goes away while one connects to it. */
  beforeEach(async () => {
    attempts = 0;
    server = createServer((socket) => {
      attempts++;
      socket.once('data', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    pool = new Pool({ host: '127.0.0.1', port, user: 'slt', password: 'secret' });
  });
  afterEach(async () => {
    await pool.end();
    server.close();
  });

  it('asks the database anew once it has failed', async () => {
    const backend = createRecoveringBackend(
      'queue',
      { connection: pool as unknown as ConnectionOptions },
      {},
    );
    for (const attempt of [1, 2, 3]) {
      await expect(backend.getState('1')).rejects.toThrow('Connection terminated unexpectedly');
      expect(attempts).toBe(attempt);
    }
    await backend.close();
  });
});
