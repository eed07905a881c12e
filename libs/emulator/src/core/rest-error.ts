/** Binance's refusals: status, code and text as the USDⓈ-M API sends them. */
import type { UtcMs } from '@slt/domain';

export class RestError extends Error {
  override readonly name = 'RestError';

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  get body(): string {
    return JSON.stringify({ code: this.code, msg: this.message });
  }
}

export const mandatoryParameter = (name: string): RestError =>
  new RestError(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

export const illegalCharacters = (name: string, legalRange: string): RestError =>
  new RestError(
    400,
    -1100,
    `Illegal characters found in parameter '${name}'; legal range is '${legalRange}'.`,
  );

export const invalidInterval = (): RestError => new RestError(400, -1120, 'Invalid interval.');

export const invalidSymbol = (): RestError => new RestError(400, -1121, 'Invalid symbol.');

export const invalidData = (name: string): RestError =>
  new RestError(400, -1130, `Data sent for parameter '${name}' is not valid.`);

export const startAfterEnd = (): RestError =>
  new RestError(400, -1023, 'Start time is greater than end time.');

export const tooManyRequests = (ip: string, limit: number): RestError =>
  new RestError(
    429,
    -1003,
    `Too many requests; current limit of IP(${ip}) is ${limit} requests per minute. ` +
      'Please use the websocket for live updates to avoid polling the API.',
  );

export const banned = (ip: string, until: UtcMs): RestError =>
  new RestError(
    418,
    -1003,
    `Way too many requests; IP(${ip}) banned until ${until}. ` +
      'Please use the websocket for live updates to avoid bans.',
  );
