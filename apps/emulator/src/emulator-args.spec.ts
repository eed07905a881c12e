import { readOptions, USAGE } from './emulator-args';

describe('arguments of the emulator', () => {
  it('come from flags, then from the environment, then from defaults', () => {
    const environment = { EMULATOR_SPEED: '60', EMULATOR_SEED: '7', EMULATOR_REPLAY: '' };
    expect(readOptions(['--speed', '600', '--faults', 'f.json'], environment)).toEqual({
      port: 9010,
      speed: 600,
      seed: 7,
      faultScript: 'f.json',
    });
  });

  it('tell of the account in texts, so that no digit is lost', () => {
    const args = ['--balance', '250000.12345678', '--api-key', 'key', '--taker-fee', '0.0004'];
    expect(readOptions(args, { EMULATOR_API_SECRET: 'secret' })).toEqual({
      port: 9010,
      apiKey: 'key',
      apiSecret: 'secret',
      initialBalance: '250000.12345678',
      takerFee: '0.0004',
    });
  });

  it('are refused with every problem', () => {
    expect(() => readOptions(['--speed', 'fast', '--port', 'x'], {})).toThrow(/--port.*--speed/);
    expect(() => readOptions(['--nonsense'], {})).toThrow('nonsense');
  });

  it('explain themselves', () => {
    expect(readOptions(['--help'], {})).toBeUndefined();
    expect(USAGE).toContain('EMULATOR_LATENCY_MS');
  });
});
