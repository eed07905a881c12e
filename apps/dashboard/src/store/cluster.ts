/** The market pipeline: read once, then kept by events. */
import { effect, signal, untracked } from '@preact/signals';
import { get } from '../api/client';
import type { ClusterStatus } from '../api/types';
import { listen } from './feed';
import { resyncs } from './resync';

export const cluster = signal<ClusterStatus | undefined>(undefined);

export function startCluster(): void {
  listen('status', (status) => {
    cluster.value = status;
  });
  listen('warm-up', ({ warmUp, ready }) => {
    patch({ warmUp, ready });
  });
  // A phase changes more than its event tells.
  listen('phase', () => void refresh());
  listen('universe', () => void refresh());
  effect(() => {
    if (resyncs.value > 0) void untracked(refresh);
  });
}

async function refresh(): Promise<void> {
  // A failure shows as a stale connection; the stream's next status mends it.
  cluster.value = await get<ClusterStatus>('/v1/cluster').catch(() => cluster.peek());
}

function patch(news: Partial<ClusterStatus>): void {
  const known = cluster.peek();
  if (known !== undefined) cluster.value = { ...known, ...news };
}
