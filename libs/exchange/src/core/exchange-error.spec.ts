import { type CallFailure, type FailureContext, judgeFailure } from './exchange-error';
import { redact } from './redact';

const NOW = 1_790_000_030_000;
const CONTEXT: FailureContext = { now: NOW, windowEndsAt: NOW + 30_000 };
const TOO_MANY =
  '{"code":-1003,"msg":"Too many requests; current limit of IP(1.2.3.4) is 2400 requests per minute."}';
const BANNED = `{"code":-1003,"msg":"Way too many requests; IP(1.2.3.4) banned until ${NOW + 120_000}. Please use the websocket."}`;

describe('judgeFailure', () => {
  it.each<[string, CallFailure, string, string]>([
    [
      'a symbol nobody knows',
      { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' },
      'not-found',
      'EXCHANGE.INVALID_SYMBOL',
    ],
    [
      'our clock',
      {
        status: 400,
        body: '{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}',
      },
      'transient',
      'EXCHANGE.CLOCK_SKEW',
    ],
    [
      'a wrong parameter',
      { status: 400, body: '{"code":-1130,"msg":"Data sent for parameter \'limit\' is not valid."}' },
      'invalid',
      'EXCHANGE.BAD_REQUEST',
    ],
    [
      'a key',
      { status: 401, body: '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}' },
      'rejected',
      'EXCHANGE.UNAUTHORIZED',
    ],
    [
      '503 without a code',
      {
        status: 503,
        body: '{"timestamp":1,"path":"/fapi/v1/klines","msg":"Unknown error, please check your request or try again later."}',
      },
      'transient',
      'EXCHANGE.SERVER_ERROR',
    ],
    [
      '-1001',
      {
        status: 503,
        body: '{"code":-1001,"msg":"Internal error; unable to process your request. Please try again."}',
      },
      'transient',
      'EXCHANGE.SERVER_ERROR',
    ],
    [
      '-1001 with 400',
      { status: 400, body: '{"code":-1001,"msg":"Internal error."}' },
      'transient',
      'EXCHANGE.SERVER_ERROR',
    ],
    [
      '-1008',
      { status: 503, body: '{"code":-1008,"msg":"Request throttled by system-level protection."}' },
      'transient',
      'EXCHANGE.SERVER_ERROR',
    ],
    [
      '-1007',
      { status: 408, body: '{"code":-1007,"msg":"Timeout waiting for response from backend server."}' },
      'transient',
      'EXCHANGE.SERVER_ERROR',
    ],
    [
      '502 in HTML',
      { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
      'transient',
      'EXCHANGE.SERVER_ERROR',
    ],
    ['403 in HTML', { status: 403, body: '<html>Request blocked</html>' }, 'transient', 'EXCHANGE.FORBIDDEN'],
    ['404 in HTML', { status: 404, body: '<html>' }, 'transient', 'EXCHANGE.BAD_RESPONSE'],
    ['nobody there', { networkCode: 'ECONNREFUSED' }, 'transient', 'EXCHANGE.UNREACHABLE'],
    ['a socket that broke', { networkCode: 'ECONNRESET' }, 'transient', 'EXCHANGE.UNREACHABLE'],
    ['silence', { networkCode: 'ECONNABORTED' }, 'transient', 'EXCHANGE.TIMEOUT'],
    [
      'too many orders',
      { status: 429, body: '{"code":-1015,"msg":"Too many new orders."}' },
      'transient',
      'EXCHANGE.RATE_LIMITED',
    ],
  ])('knows %s', (_, failure, kind, code) => {
    expect(judgeFailure(failure, CONTEXT)).toMatchObject({ kind, code });
  });

  it.each<[string, CallFailure, number]>([
    ['429: to the end of the minute', { status: 429, body: TOO_MANY }, 30_000],
    ['429 with Retry-After', { status: 429, body: TOO_MANY, retryAfter: '7' }, 7_000],
    ['418: to the end of the ban', { status: 418, body: BANNED }, 120_000],
    ['418 with both: the later one', { status: 418, body: BANNED, retryAfter: '300' }, 300_000],
    ['418 that says nothing: the shortest ban', { status: 418, body: '' }, 120_000],
    ['-1003 under another status', { status: 400, body: BANNED }, 120_000],
    [
      'a ban that has ended',
      { status: 418, body: BANNED.replace(String(NOW + 120_000), String(NOW - 1_000)) },
      0,
    ],
    [
      'a nonsensical ban: a week',
      { status: 418, body: BANNED.replace(String(NOW + 120_000), '99999999999999') },
      7 * 86_400_000,
    ],
    ['a Retry-After in words', { status: 429, body: TOO_MANY, retryAfter: 'soon' }, 30_000],
  ])('pauses after %s', (_, failure, pause) => {
    expect(judgeFailure(failure, CONTEXT)).toMatchObject({
      code: 'EXCHANGE.RATE_LIMITED',
      banUntil: NOW + pause,
      retryAfter: pause,
    });
  });

  it('does not ban market data for a limit on orders', () => {
    expect(judgeFailure({ status: 429, body: '{"code":-1015,"msg":"x"}' }, CONTEXT).banUntil).toBeUndefined();
  });

  it.each<[CallFailure, string]>([
    [
      { status: 503, body: '{"msg":"Unknown error, please check your request or try again later."}' },
      'outcome-unknown',
    ],
    [{ status: 503, body: '{"code":-1008,"msg":"Request throttled"}' }, 'outcome-unknown'],
    [{ status: 503, body: '{"code":0,"msg":"Service Unavailable."}' }, 'transient'],
    [{ networkCode: 'ECONNRESET' }, 'outcome-unknown'],
    [{ networkCode: 'ECONNREFUSED' }, 'transient'],
  ])('says of a change whether it may have happened: %j', (failure, kind) => {
    expect(judgeFailure(failure, { ...CONTEXT, mutates: true }).kind).toBe(kind);
  });

  it.each([
    [-2019, 'Margin is insufficient.', 'rejected', 'ORDER.MARGIN_INSUFFICIENT'],
    [-2021, 'Order would immediately trigger.', 'rejected', 'ORDER.WOULD_TRIGGER'],
    [-2022, 'ReduceOnly Order is rejected.', 'rejected', 'ORDER.REDUCE_ONLY'],
    [-4164, "Order's notional must be no smaller than 5.0", 'rejected', 'ORDER.BELOW_MIN_NOTIONAL'],
    [-4116, 'ClientOrderId is duplicated.', 'rejected', 'ORDER.DUPLICATE'],
    [-2011, 'Unknown order sent.', 'not-found', 'ORDER.UNKNOWN'],
    [-2013, 'Order does not exist.', 'not-found', 'ORDER.NOT_FOUND'],
    [-2014, 'API-key format invalid.', 'rejected', 'EXCHANGE.UNAUTHORIZED'],
    [-1121, 'Invalid symbol.', 'rejected', 'EXCHANGE.INVALID_SYMBOL'],
    [-1102, "Mandatory parameter 'side' was not sent.", 'rejected', 'ORDER.REJECTED'],
    [-2010, 'something new', 'rejected', 'ORDER.REJECTED'],
    [-9876, 'a code of a later day', 'rejected', 'ORDER.REJECTED'],
    [-1125, 'This listenKey does not exist.', 'not-found', 'EXCHANGE.LISTEN_KEY_GONE'],
    [
      -5028,
      'Timestamp for this request is outside of the ME recvWindow.',
      'transient',
      'EXCHANGE.CLOCK_SKEW',
    ],
  ])('knows of a change that %d was an answer, and nothing was done', (code, msg, kind, ours) => {
    const failure = { status: 400, body: JSON.stringify({ code, msg }) };
    const verdict = judgeFailure(failure, { ...CONTEXT, mutates: true });
    expect(verdict).toMatchObject({ kind, code: ours, exchangeCode: code });
    expect(verdict.message).toContain(`(${code}) ${msg}`);
  });

  it.each<[string, CallFailure]>([
    ['-1000', { status: 500, body: '{"code":-1000,"msg":"An unknown error occurred."}' }],
    ['-1000 with 400', { status: 400, body: '{"code":-1000,"msg":"An unknown error occurred."}' }],
    ['-1006', { status: 400, body: '{"code":-1006,"msg":"Execution status unknown."}' }],
    ['-1007', { status: 408, body: '{"code":-1007,"msg":"Timeout waiting for response."}' }],
    ['502 in HTML', { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' }],
    ['404 in HTML', { status: 404, body: '<html>' }],
    ['a body that broke off', { networkCode: 'ERR_BAD_RESPONSE' }],
    ['silence', { networkCode: 'ECONNABORTED' }],
    ['a broken pipe', { networkCode: 'EPIPE' }],
  ])('leaves it open what became of a change after %s', (_, failure) => {
    expect(judgeFailure(failure, { ...CONTEXT, mutates: true }).kind).toBe('outcome-unknown');
  });

  it.each<[string, CallFailure]>([
    [
      '-1001',
      { status: 503, body: '{"code":-1001,"msg":"Internal error; unable to process your request."}' },
    ],
    ['-1015', { status: 429, body: '{"code":-1015,"msg":"Too many new orders."}' }],
    ['-1021', { status: 400, body: '{"code":-1021,"msg":"outside of the recvWindow."}' }],
    ['a ban', { status: 418, body: BANNED }],
    ['the firewall', { status: 403, body: '<html>Request blocked</html>' }],
    ['a name that does not resolve', { networkCode: 'ENOTFOUND' }],
  ])('knows that a change was not made after %s, and may be tried again', (_, failure) => {
    expect(judgeFailure(failure, { ...CONTEXT, mutates: true }).kind).toBe('transient');
  });

  it('keeps secrets and addresses out of the message', () => {
    const key = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv';
    const body = `{"code":-2015,"msg":"Invalid API-key ${key}, request ip: 203.0.113.9"}`;
    const { message } = judgeFailure({ status: 401, body }, { ...CONTEXT, secrets: [key] });
    expect(message).not.toContain(key);
    expect(message).not.toContain('203.0.113.9');
  });
});

describe('redact', () => {
  it.each([
    [
      'https://fapi.binance.com/fapi/v1/order?symbol=A&signature=abc',
      'https://fapi.binance.com/fapi/v1/order',
    ],
    ['wss://user:pass@host/ws/x', 'wss://host/ws/x'],
    ['listenKey=short&x=1', 'listenKey=[removed]&x=1'],
    ['{"listenKey":"short"}', '{"listenKey":"[removed]"}'],
    ['IP(1.2.3.4) banned', 'IP([address]) banned'],
    [`hash ${'a1'.repeat(32)} end`, 'hash [removed] end'],
    ['Invalid symbol.', 'Invalid symbol.'],
    ['banned until 1615183669840.', 'banned until 1615183669840.'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});
