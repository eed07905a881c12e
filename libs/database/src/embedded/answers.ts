import { Client } from 'pg';
import { type Connection, connectionUrl } from './connection-file';

/** Whether the server lets us in and executes a statement. */
export async function answers(connection: Connection, timeoutMs = 2_000): Promise<boolean> {
  const client = new Client({
    connectionString: connectionUrl(connection),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
