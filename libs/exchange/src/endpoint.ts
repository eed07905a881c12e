/** Where the exchange is: addresses of REST, streams and archive, and how fast its clock runs. */
import { AppError } from '@slt/domain';
import type { AppConfig } from '@slt/config';

export interface ExchangeAddress {
  readonly restUrl: string;
  /** Without path: streams append `/market/stream`. */
  readonly wsUrl: string;
  /** How many times faster than the wall its clock runs: 1, unless it is the emulator. */
  readonly speed: number;
  /** Which market it is; cached data of another source is never used. */
  readonly source: string;
  /** Where `data/futures/um/…` of the public archive begins. */
  readonly archiveUrl: string;
  /** Its clock stands until it is let go. */
  readonly isHeld?: boolean;
}

export interface EmulatorAddress {
  readonly url: string;
  readonly wsUrl: string;
  readonly speed: number;
  readonly source: string;
  readonly isHeld?: boolean;
}

export class ExchangeEndpoint implements ExchangeAddress {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly speed: number;
  readonly source: string;
  readonly archiveUrl: string;
  readonly isHeld: boolean;

  constructor(address: ExchangeAddress) {
    this.restUrl = address.restUrl;
    this.wsUrl = address.wsUrl;
    this.speed = address.speed;
    this.source = address.source;
    this.archiveUrl = address.archiveUrl;
    this.isHeld = address.isHeld === true;
  }

  /** Recorded candles, played again by an emulator. */
  get isReplay(): boolean {
    return this.source.startsWith('emulator:replay=');
  }

  /** Whose weight is counted together: an emulator counts for itself alone, whatever market it plays. */
  get account(): string {
    return this.source.startsWith('emulator:') ? `emulator:${new URL(this.restUrl).host}` : this.source;
  }
}

const ARCHIVE_URL = 'https://data.binance.vision';
const STATUS_TIMEOUT_MS = 10_000;

const PUBLIC_ADDRESSES: Readonly<Record<'binance' | 'testnet', ExchangeAddress>> = {
  binance: {
    restUrl: 'https://fapi.binance.com',
    wsUrl: 'wss://fstream.binance.com',
    speed: 1,
    source: 'binance',
    archiveUrl: ARCHIVE_URL,
  },
  testnet: {
    restUrl: 'https://demo-fapi.binance.com',
    wsUrl: 'wss://demo-fstream.binance.com',
    speed: 1,
    source: 'testnet',
    archiveUrl: ARCHIVE_URL,
  },
};

/**
 * @param emulator the running emulator, needed with EXCHANGE=emulator; see resolveEndpoint for one that runs elsewhere
 * @throws AppError invalid, `EXCHANGE.NO_EMULATOR`
 */
export function endpointFromConfig(config: AppConfig, emulator?: EmulatorAddress): ExchangeEndpoint {
  if (config.EXCHANGE !== 'emulator') return new ExchangeEndpoint(PUBLIC_ADDRESSES[config.EXCHANGE]);
  if (emulator === undefined) {
    throw new AppError('invalid', 'EXCHANGE.NO_EMULATOR', 'EXCHANGE=emulator needs a running emulator');
  }
  const { url, wsUrl, speed, source, isHeld = false } = emulator;
  return new ExchangeEndpoint({
    restUrl: url.replace(/\/+$/, ''),
    wsUrl: wsUrl.replace(/\/+$/, ''),
    speed,
    source: source.startsWith('emulator:') ? source : `emulator:${source}`,
    archiveUrl: url.replace(/\/+$/, ''),
    isHeld,
  });
}

/**
 * As endpointFromConfig; an emulator at EMULATOR_URL is asked for its speed and market first.
 * @throws AppError transient, `EXCHANGE.UNREACHABLE`, when nothing or something else answers there
 */
export async function resolveEndpoint(
  config: AppConfig,
  emulator?: EmulatorAddress,
): Promise<ExchangeEndpoint> {
  const url = config.EXCHANGE === 'emulator' ? config.EMULATOR_URL : undefined;
  if (emulator !== undefined || url === undefined) return endpointFromConfig(config, emulator);
  return endpointFromConfig(config, await askEmulator(url));
}

async function askEmulator(url: string): Promise<EmulatorAddress> {
  const base = url.replace(/\/+$/, '');
  const status = await fetchStatus(`${base}/emulator/status`);
  const { speed, source, held } = status;
  if (typeof speed !== 'number' || !(speed > 0) || typeof source !== 'string' || source === '') {
    throw new AppError('transient', 'EXCHANGE.UNREACHABLE', `what answers at ${base} is not the emulator`);
  }
  return { url: base, wsUrl: base.replace(/^http/, 'ws'), speed, source, isHeld: held === true };
}

async function fetchStatus(url: string): Promise<{ speed?: unknown; source?: unknown; held?: unknown }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    const status: unknown = await response.json();
    return typeof status === 'object' && status !== null ? status : {};
  } catch (cause) {
    throw new AppError('transient', 'EXCHANGE.UNREACHABLE', `no emulator answers at ${url}`, { cause });
  }
}
