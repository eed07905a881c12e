import { rmSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { AppConfig, ConfigModule } from '@slt/config';
import { type Clock, MINUTE_MS } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import { BinanceClient } from './binance-client';
import { endpointFromConfig, resolveEndpoint } from './endpoint';
import { ExchangeModule } from './exchange.module';
import { CLOCK } from './exchange.tokens';
import { MarketStreams } from './market-streams';
import { temporaryFolder } from './testing/parts';
import { Universe } from './universe';
import { WeightBudget } from './weight-budget';

Logger.overrideLogger(false);

function configOf(values: Partial<AppConfig>): AppConfig {
  return Object.assign(new AppConfig(), values);
}

describe('endpointFromConfig', () => {
  it.each([
    ['binance', 'https://fapi.binance.com', 'wss://fstream.binance.com'],
    ['testnet', 'https://demo-fapi.binance.com', 'wss://demo-fstream.binance.com'],
  ] as const)('knows %s', (exchange, restUrl, wsUrl) => {
    const endpoint = endpointFromConfig(configOf({ EXCHANGE: exchange }));
    expect(endpoint).toMatchObject({ restUrl, wsUrl, speed: 1, source: exchange });
    expect(endpoint.account).toBe(exchange);
  });

  it('needs an emulator for the emulator', async () => {
    expect(() => endpointFromConfig(configOf({}))).toThrow('needs a running emulator');
    await expect(resolveEndpoint(configOf({ EMULATOR_URL: 'http://127.0.0.1:9' }))).rejects.toMatchObject({
      code: 'EXCHANGE.UNREACHABLE',
    });
  });
});

describe('ExchangeModule', () => {
  let emulator: Emulator;
  let module: TestingModule;
  let folder: string;

  async function start(address: {
    url: string;
    wsUrl: string;
    speed: number;
    source: string;
  }): Promise<void> {
    const config = configOf({ DATA_DIR: folder });
    module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(config), ExchangeModule.forRoot(endpointFromConfig(config, address))],
    }).compile();
    await module.init();
  }

  beforeEach(async () => {
    folder = temporaryFolder();
    emulator = await Emulator.start({ symbols: 5, speed: 60, quiet: true });
  });

  afterEach(async () => {
    await module.close();
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks an emulator elsewhere for its speed and market, and runs by its clock', async () => {
    const endpoint = await resolveEndpoint(configOf({ EMULATOR_URL: `${emulator.url}/` }));
    expect(endpoint).toMatchObject({
      restUrl: emulator.url,
      wsUrl: emulator.wsUrl,
      speed: 60,
      source: `emulator:${emulator.source}`,
    });
    await start({
      url: endpoint.restUrl,
      wsUrl: endpoint.wsUrl,
      speed: endpoint.speed,
      source: endpoint.source,
    });
    const clock = module.get<Clock>(CLOCK);
    expect(Math.abs(clock.now() - emulator.now())).toBeLessThan(10_000); // of a clock at 60 times the speed
    expect(clock.toWallMs(MINUTE_MS)).toBe(1_000);
  });

  it('refreshes the universe when the exchange lists a new symbol', async () => {
    await start(emulator);
    const universe = module.get(Universe);
    const streams = module.get(MarketStreams);
    await universe.load();
    await streams.open([{ symbol: 'BTCUSDT', interval: '1m' }]);
    const gone: string[] = [];
    universe.changes.subscribe(({ removed }) => gone.push(...removed.map(({ symbol }) => symbol)));
    const response = await fetch(`${emulator.url}/emulator/symbols/ETHUSDT/delist`, { method: 'POST' });
    expect(response.ok).toBe(true);
    await eventually(() => gone.includes('ETHUSDT'));
  });

  it('starts while the exchange is away', async () => {
    await start({ url: 'http://127.0.0.1:9', wsUrl: 'ws://127.0.0.1:9', speed: 1, source: 'x' });
    await expect(module.get(BinanceClient).serverTime()).rejects.toMatchObject({
      code: 'EXCHANGE.UNREACHABLE',
    });
    expect(module.get(WeightBudget).status()).toMatchObject({ mode: 'shared', store: 'memory' });
  });
});
