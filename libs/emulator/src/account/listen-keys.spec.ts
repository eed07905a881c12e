import { Emulator } from '../emulator';
import type { EmulatorOptions } from '../emulator-options';
import { eventually } from '../../../../test/support/eventually';
import { RawStream, send } from '../testing/raw-client';
import { SignedClient, type Answer } from '../testing/signed-client';

const PATH = '/fapi/v1/listenKey';

describe('listen keys', () => {
  const emulators: Emulator[] = [];
  const streams: RawStream[] = [];
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    for (const emulator of emulators.splice(0)) await emulator.close();
  });

  const start = async (options: EmulatorOptions = {}): Promise<Emulator> => {
    const emulator = await Emulator.start({ symbols: 3, ...options });
    emulators.push(emulator);
    return emulator;
  };
  const ask = (emulator: Emulator, method: string): Promise<Answer> =>
    new SignedClient(emulator.url, { now: () => emulator.now() }).send({ method, path: PATH });
  const keyOf = async (emulator: Emulator, method = 'POST'): Promise<string> =>
    (await ask(emulator, method)).body.listenKey as string;
  const connect = (emulator: Emulator, path: string): Promise<RawStream> => {
    const stream = new RawStream(`${emulator.wsUrl}${path}`);
    streams.push(stream);
    return stream.opened();
  };
  const GONE = { status: 400, body: { code: -1125, msg: 'This listenKey does not exist.' } };

  it('need the API key and nothing else', async () => {
    const emulator = await start();
    const client = new SignedClient(emulator.url, { now: () => 0 });
    expect(await client.send({ method: 'POST', path: PATH, apiKey: '' })).toMatchObject({ status: 401 });
    expect(await keyOf(emulator)).toMatch(/^[A-Za-z0-9]{64}$/);
  });

  it('are one per account: the same as long as it is valid', async () => {
    const emulator = await start();
    const key = await keyOf(emulator);
    expect(await keyOf(emulator)).toBe(key);
    expect(await keyOf(emulator, 'PUT')).toBe(key);
    const stranger = new SignedClient(emulator.url, { ...emulator.createAccount(), now: () => 0 });
    expect((await stranger.send({ method: 'POST', path: PATH })).body.listenKey).not.toBe(key);
  });

  it('-1125: renewal without one', async () => {
    expect(await ask(await start(), 'PUT')).toMatchObject(GONE);
  });

  it('end when they are told to, with their connections; the next one is another', async () => {
    const emulator = await start();
    const key = await keyOf(emulator);
    const stream = await connect(emulator, `/private/ws/${key}`);
    expect(await ask(emulator, 'DELETE')).toMatchObject({ status: 200, body: {} });
    await eventually(() => expect(stream.closed).toBeDefined());
    expect(await ask(emulator, 'PUT')).toMatchObject(GONE);
    expect(await keyOf(emulator)).not.toBe(key);
  });

  it('end after their time, and say so on every connection', async () => {
    const emulator = await start({ listenKeyLifetimeMs: 150 });
    const key = await keyOf(emulator);
    const raw = await connect(emulator, `/private/ws?listenKey=${key}&events=ORDER_TRADE_UPDATE`);
    const wrapped = await connect(emulator, `/private/stream?listenKey=${key}`);
    await eventually(() => expect(wrapped.messages).toHaveLength(1));
    const frame = { e: 'listenKeyExpired', E: expect.any(Number), listenKey: key };
    expect(wrapped.messages).toEqual([{ stream: key, data: frame }]);
    await eventually(() => expect(raw.messages).toEqual([frame]));
    expect(await ask(emulator, 'PUT')).toMatchObject(GONE);
  });

  it('live on as long as they are renewed', async () => {
    const emulator = await start({ listenKeyLifetimeMs: 1_500 });
    const other = emulator.createAccount();
    const neglecting = new SignedClient(emulator.url, { ...other, now: () => 0 });
    const neglected = (await neglecting.send({ method: 'POST', path: PATH })).body.listenKey as string;
    const key = await keyOf(emulator);
    const stream = await connect(emulator, `/private/ws/${neglected}`);
    await eventually(async () => {
      expect(await keyOf(emulator, 'PUT')).toBe(key);
      expect(stream.messages).toHaveLength(1);
    });
    expect(await keyOf(emulator, 'PUT')).toBe(key);
  });

  it.each(['silent', 'closed', 'told'] as const)('can be killed, connections %s', async (connections) => {
    const emulator = await start();
    const key = await keyOf(emulator);
    const stream = await connect(emulator, `/private/ws/${key}`);
    const kill = await send('POST', `${emulator.url}/emulator/listen-keys/kill`, { connections });
    expect(JSON.parse(kill.body)).toEqual({ killed: 1 });
    expect(await ask(emulator, 'PUT')).toMatchObject(GONE);
    expect(await stream.answersPing(2_000)).toBe(connections !== 'closed');
    const heard = connections === 'told' ? [expect.objectContaining({ e: 'listenKeyExpired' })] : [];
    expect(stream.messages).toEqual(heard);
  });

  it('die at their next renewal by a fault', async () => {
    const emulator = await start();
    const key = await keyOf(emulator);
    emulator.faults.add({ kind: 'dead-listen-key', path: PATH, times: 1 });
    expect(await ask(emulator, 'PUT')).toMatchObject(GONE);
    expect(await keyOf(emulator)).not.toBe(key);
  });

  it('are listed, subscribed and unsubscribed like streams', async () => {
    const emulator = await start();
    const key = await keyOf(emulator);
    const stream = await connect(emulator, `/private/ws?listenKey=${key}`);
    stream.say({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    stream.say({ method: 'UNSUBSCRIBE', params: [key], id: 2 });
    await eventually(() => expect(stream.messages).toHaveLength(2));
    expect(stream.messages).toEqual([
      { result: [key], id: 1 },
      { result: null, id: 2 },
    ]);
    emulator.killListenKeys('told');
    expect(await stream.answersPing(2_000)).toBe(true);
    expect(stream.messages).toHaveLength(2);
  });
});
