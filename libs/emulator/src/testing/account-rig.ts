/** An emulator with a signing client and account streams, for specs of the account side. */
import { Emulator } from '../emulator';
import type { EmulatorOptions } from '../emulator-options';
import { RawStream } from './raw-client';
import { SignedClient, type Answer } from './signed-client';

export const SYMBOL = 'BTCUSDT';

type Values = Readonly<Record<string, string | number | boolean>>;

export class AccountRig {
  readonly client: SignedClient;
  private readonly streams: RawStream[] = [];

  private constructor(readonly emulator: Emulator) {
    this.client = new SignedClient(emulator.url, { now: () => emulator.now() });
  }

  static async start(options: EmulatorOptions = {}): Promise<AccountRig> {
    return new AccountRig(await Emulator.start({ symbols: 5, ...options }));
  }

  async close(): Promise<void> {
    for (const stream of this.streams) stream.close();
    await this.emulator.close();
  }

  async listenKey(): Promise<string> {
    const { body } = await this.client.send({ method: 'POST', path: '/fapi/v1/listenKey' });
    return body.listenKey as string;
  }

  /** @param path with `KEY` where the listen key belongs */
  async listen(path = '/private/ws/KEY'): Promise<RawStream> {
    const stream = new RawStream(`${this.emulator.wsUrl}${path.replace('KEY', await this.listenKey())}`);
    this.streams.push(stream);
    return stream.opened();
  }

  market(side: 'BUY' | 'SELL', more: Values = {}): Promise<Answer> {
    return this.client.post('/fapi/v1/order', this.marketParams(side, more));
  }

  marketParams(side: 'BUY' | 'SELL', more: Values = {}): Values {
    return { symbol: SYMBOL, side, type: 'MARKET', quantity: '0.01', ...more };
  }

  /** Far enough below the market to rest. */
  limit(more: Values = {}): Promise<Answer> {
    const price = this.price(0.97);
    const terms = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price };
    return this.client.post('/fapi/v1/order', { ...terms, ...more });
  }

  /** A share below the market, to sell when the price falls. */
  stop(share: number, more: Values = {}): Promise<Answer> {
    return this.client.post('/fapi/v1/algoOrder', {
      algoType: 'CONDITIONAL',
      symbol: SYMBOL,
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.01',
      triggerPrice: this.price(1 - share),
      reduceOnly: true,
      ...more,
    });
  }

  /** The last price times a factor, in whole units. */
  price(factor: number): string {
    const { emulator } = this;
    const row = emulator.market.forming(SYMBOL, '1m', emulator.now());
    return String(Math.round(Number(row!.close) * factor));
  }
}
