import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueName } from './queue-name';

describe('queueName', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slt-name-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is one for all who share the folder and the market, also at the same moment', async () => {
    const names = await Promise.all(Array.from({ length: 8 }, () => queueName(folder, 'emulator:1')));
    expect(new Set(names).size).toBe(1);
    expect(names[0]).toMatch(/^history-[0-9a-f]{16}$/);
    expect(await readdir(folder)).toEqual(['store-id']);
  });

  it('differs by market and by folder', async () => {
    const mine = await queueName(folder, 'binance');
    expect(await queueName(folder, 'testnet')).not.toBe(mine);
    expect(await queueName(join(folder, 'other'), 'binance')).not.toBe(mine);
  });
});
