import { Emulator } from '../emulator';
import { send } from '../testing/raw-client';
import { encode, SignedClient, type Answer } from '../testing/signed-client';
import { DEFAULT_API_KEY } from './api-keys';

const READ = '/fapi/v1/rateLimit/order';
const CHANGE = '/fapi/v1/stock/contract';
const OTHER_KEY = 'k'.repeat(64);

describe('authentication', () => {
  let emulator: Emulator;
  let client: SignedClient;
  beforeAll(async () => {
    emulator = await Emulator.start({ symbols: 3 });
    client = new SignedClient(emulator.url, { now: () => emulator.now() });
  });
  afterAll(() => emulator.close());

  const refused = async (answer: Promise<Answer>): Promise<[number, unknown, unknown]> => {
    const { status, body } = await answer;
    return [status, body.code, body.msg];
  };
  /** Signs what it sends unless told otherwise. */
  const raw = (
    query: string,
    more: { body?: string; signature?: string; apiKey?: string } = {},
  ): Promise<Answer> => {
    const { signature = client.sign(query + (more.body ?? '')) } = more;
    return client.send({ method: 'GET', path: READ, query: `${query}&signature=${signature}`, ...more });
  };

  it('lets a signed request through', async () => {
    const { status, body } = await client.get(READ);
    expect(status).toBe(200);
    expect(body).toEqual([
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
    ]);
  });

  it('signs the raw query followed by the raw body, without anything between', async () => {
    const [query, body] = ['recvWindow=5000', encode({ timestamp: emulator.now(), note: 'a b&c=币' })];
    const signature = client.sign(query + body);
    const ask = (more: object): Promise<Answer> => client.send({ method: 'POST', path: CHANGE, ...more });
    const inBody = await ask({ query, body: `${body}&signature=${signature}` });
    expect([inBody.status, inBody.text]).toEqual([200, 'SUCCESS']);
    expect((await ask({ query: `${query}&signature=${signature}`, body })).status).toBe(200);
    const joined = client.sign(`${query}&${body}`);
    expect(await refused(ask({ query, body: `${body}&signature=${joined}` }))).toContain(-1022);
  });

  it('signs bytes, not meaning: another encoding of the same text does not fit', async () => {
    const query = `note=%E5%B8%81&timestamp=${emulator.now()}`;
    expect((await raw(query)).status).toBe(200);
    expect(await refused(raw(query.replace('%E5', '%e5'), { signature: client.sign(query) }))).toContain(
      -1022,
    );
  });

  it('finds the signature wherever it stands', async () => {
    const query = `timestamp=${emulator.now()}&recvWindow=5000`;
    const signature = client.sign(query);
    const first = `signature=${signature}&${query}`;
    expect((await client.send({ method: 'GET', path: READ, query: first })).status).toBe(200);
  });

  it('believes the query where the body says otherwise', async () => {
    const [query, body] = [`timestamp=${emulator.now()}`, 'timestamp=1'];
    const signed = `${query}&signature=${client.sign(query + body)}`;
    expect((await client.send({ method: 'POST', path: CHANGE, query: signed, body })).status).toBe(200);
  });

  it.each([
    ['no key', ''],
    ['a key of another shape', 'abc'],
  ])('-2014: %s', async (_, apiKey) => {
    const answer = refused(raw(`timestamp=${emulator.now()}`, { apiKey }));
    expect(await answer).toEqual([401, -2014, 'API-key format invalid.']);
  });

  it('-2015: an unknown key, whatever the signature', async () => {
    expect(await refused(raw(`timestamp=${emulator.now()}`, { apiKey: OTHER_KEY }))).toEqual([
      401,
      -2015,
      'Invalid API-key, IP, or permissions for action. (request ip: 127.0.0.1)',
    ]);
  });

  it.each(['timestamp', 'signature'])('-1102: no %s', async (name) => {
    const query = name === 'timestamp' ? 'recvWindow=5000' : `timestamp=${emulator.now()}`;
    const signed = name === 'signature' ? query : `${query}&signature=${client.sign(query)}`;
    expect(await refused(client.send({ method: 'GET', path: READ, query: signed }))).toEqual([
      400,
      -1102,
      `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
    ]);
  });

  it('-1100: a timestamp that is none', async () => {
    expect(await refused(raw('timestamp=now'))).toEqual([
      400,
      -1100,
      "Illegal characters found in parameter 'timestamp'; legal range is '^[0-9]{1,20}$'.",
    ]);
  });

  it('-1022: another secret, and a signature that is none', async () => {
    const expected = [400, -1022, 'Signature for this request is not valid.'];
    const stranger = new SignedClient(emulator.url, { apiSecret: 'x', now: () => emulator.now() });
    expect(await refused(stranger.get(READ))).toEqual(expected);
    expect(await refused(raw(`timestamp=${emulator.now()}`, { signature: 'zz' }))).toEqual(expected);
  });

  it('-1022: anything changed after signing', async () => {
    const query = `timestamp=${emulator.now()}`;
    const signature = client.sign(query);
    expect(await refused(raw(`${query}&symbol=BTCUSDT`, { signature }))).toContain(-1022);
  });

  describe('time', () => {
    const late = (ms: number, window?: number): Promise<[number, unknown, unknown]> =>
      refused(raw(`timestamp=${emulator.now() - ms}${window === undefined ? '' : `&recvWindow=${window}`}`));
    const outside = [400, -1021, 'Timestamp for this request is outside of the recvWindow.'];
    const ahead = [400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."];
    const FINE = [200, undefined, undefined];

    it('may be up to recvWindow old, 5 seconds by default', async () => {
      expect(await late(1_000)).toEqual(FINE);
      expect(await late(5_100)).toEqual(outside);
      expect(await late(5_100, 20_000)).toEqual(FINE);
      expect(await late(3_000, 2_000)).toEqual(outside);
    });

    it('may be less than a second ahead', async () => {
      expect(await late(-500)).toEqual(FINE);
      expect(await late(-10_000)).toEqual(ahead);
    });

    it('may not be waited for longer than a minute', async () => {
      expect(await late(0, 60_000)).toEqual(FINE);
      expect(await late(0, 60_001)).toEqual([400, -1131, 'recvWindow must be less than 60000']);
    });

    it('is judged by the time that a request is under way, however fast the exchange runs', async () => {
      const fast = await Emulator.start({ symbols: 3, speed: 600 });
      try {
        const hasty = new SignedClient(fast.url, { now: () => fast.now() - 600 * 2_000 }); // 2 s of wall time
        expect((await hasty.get(READ)).status).toBe(200);
        const tardy = new SignedClient(fast.url, { now: () => fast.now() - 600 * 6_000 });
        expect(await refused(tardy.get(READ))).toEqual(outside);
      } finally {
        await fast.close();
      }
    });
  });

  describe('of keys that the emulator was asked for', () => {
    const create = async (given: object): Promise<{ apiKey: string; apiSecret: string; account: string }> =>
      JSON.parse((await send('POST', `${emulator.url}/emulator/accounts`, given)).body) as never;
    const clientOf = (key: { apiKey: string; apiSecret: string }): SignedClient =>
      new SignedClient(emulator.url, { ...key, now: () => emulator.now() });

    it('works with a key and a secret of its own making', async () => {
      const key = await create({});
      expect(key.apiKey).toMatch(/^[0-9a-f]{64}$/);
      expect((await clientOf(key).get(READ)).status).toBe(200);
    });

    it('-2015: a key that may not trade changes nothing, but reads', async () => {
      const reader = clientOf(await create({ canTrade: false }));
      expect((await reader.get(READ)).status).toBe(200);
      expect(await refused(reader.post(CHANGE))).toContain(-2015);
    });

    it('-2015: a key from elsewhere', async () => {
      const bound = clientOf(await create({ ips: ['10.0.0.1'] }));
      expect(await refused(bound.get(READ))).toContain(-2015);
    });

    it('refuses a key that exists', async () => {
      const { status, body } = await send('POST', `${emulator.url}/emulator/accounts`, {
        apiKey: DEFAULT_API_KEY,
      });
      expect([status, body]).toEqual([400, expect.stringContaining('EMULATOR.API_KEY')]);
    });
  });
});
