import { loadConfig } from './load-config';

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(loadConfig({})).toMatchObject({
      PORT: 3000,
      EXCHANGE: 'emulator',
      HISTORY_INTERVALS: ['1m'],
      SYMBOLS: [],
    });
  });

  it('reads numbers, flags and lists', () => {
    const config = loadConfig({
      PORT: '0',
      HISTORY_WORKER: 'false',
      SYMBOLS: 'BTCUSDT, 币安人生USDT',
      API_TOKEN: 'x'.repeat(16),
    });
    expect(config).toMatchObject({ PORT: 0, HISTORY_WORKER: false, SYMBOLS: ['BTCUSDT', '币安人生USDT'] });
  });

  it('takes a choice of what is told, and refuses what is none', () => {
    expect(loadConfig({ NOTIFY: 'trade, breaker' }).NOTIFY).toEqual(['trade', 'breaker']);
    expect(loadConfig({ NOTIFY: '' }).NOTIFY).toEqual(loadConfig({}).NOTIFY);
    for (const NOTIFY of ['trades', 'trade,all', ',']) expect(() => loadConfig({ NOTIFY })).toThrow(/NOTIFY/);
  });

  it('counts an empty value as not set', () => {
    expect(loadConfig({ PORT: '', REDIS_URL: ' ' })).toMatchObject({ PORT: 3000 });
    expect(loadConfig({ REDIS_URL: '' }).REDIS_URL).toBeUndefined();
  });

  it('names every problem at once', () => {
    const wrong = {
      PORT: '8e3',
      EXCHANGE: 'kraken',
      HISTORY_INTERVALS: '1m,7m',
      HOST: '0.0.0.0',
      WARMUP_MIN_READY: '1.5',
      TRADING_MODE: 'live',
    };
    expect(() => loadConfig(wrong)).toThrow(
      /PORT(.|\n)*EXCHANGE(.|\n)*HISTORY_INTERVALS(.|\n)*WARMUP_MIN_READY(.|\n)*API_TOKEN(.|\n)*BINANCE_API_KEY/,
    );
  });

  it('refuses limits that contradict each other', () => {
    expect(() => loadConfig({ RISK_POSITION_SHARE: '0.5' })).toThrow(/RISK_CORRELATED_SHARE/);
    expect(() => loadConfig({ CIRCUIT_BREAKER_LATENCY_WARNING: '4000' })).toThrow(
      /CIRCUIT_BREAKER_LATENCY_WARNING.* must ascend/,
    );
  });

  it('never shows a secret', () => {
    expect(() => loadConfig({ API_TOKEN: 'short-secret' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('short-secret') }),
    );
  });
});
