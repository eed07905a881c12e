/** What the server is started with: small and quick, and as durable as PostgreSQL is by default (see docs/adr/0020). */
import { createHash } from 'node:crypto';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  shared_buffers: '32MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  min_wal_size: '48MB',
  checkpoint_timeout: '15min',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  huge_pages: 'off',
  autovacuum_naptime: '30s',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  cluster_name: 'selflearningtrader',
};

export function serverArguments(folder: string, port: number): string[] {
  const all = { ...SETTINGS, port: String(port) };
  return ['-D', folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Changes when the binaries or the settings do: a server of another fingerprint is restarted, not adopted. */
export function settingsFingerprint(version: string): string {
  return createHash('sha256')
    .update(JSON.stringify([version, SETTINGS]))
    .digest('hex')
    .slice(0, 16);
}
