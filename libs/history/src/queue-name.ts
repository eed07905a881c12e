/**
 * Which processes share a queue: those that see the same cache folder and speak to the same market. The folder bears an
 * id of its own, so a worker in a container that mounts it elsewhere finds the queue, and two traders on one Redis with
 * a folder each do not take each other's jobs.
 */
import { createHash } from 'node:crypto';
import { storeId } from '@slt/queue';

export async function queueName(folder: string, source: string): Promise<string> {
  const id = await storeId(folder);
  return `history-${createHash('sha256').update(`${id}\n${source}`).digest('hex').slice(0, 16)}`;
}
