/** A process that writes a batch to the journal of the folder in argv, to be killed by a test while it does. */
import 'reflect-metadata';
import { journalOn } from './journal-under-test';
import { aFill, anIntent, aPlan, T0 } from './samples';

async function main(): Promise<void> {
  const [, , dataDir = '', account = ''] = process.argv;
  const { journal, leases } = journalOn(dataDir, { role: 'guest' });
  const lease = await leases.acquire({ account, ttlMs: 600_000 });
  process.stdout.write('begun\n');
  await journal.append(lease, [
    { kind: 'position', plan: aPlan() },
    { kind: 'intent', intent: anIntent({ fencingToken: lease.token }) },
    { kind: 'fill', fill: aFill() },
    { kind: 'balance', point: { at: T0, walletBalance: '1', equity: '1' } },
  ]);
  process.stdout.write('written\n');
}

void main();
