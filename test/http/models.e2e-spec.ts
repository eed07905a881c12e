/** Learning by REST: what learned and who judges, training, promotion, rollback; and that signals teach. */
import { LearningBridge } from '../../apps/trader/src/intelligence/learning-bridge.service';
import type { ModelsDto } from '../../apps/trader/src/intelligence/models.dto';
import type { SignalDto } from '../../apps/trader/src/trading/signal.dto';
import { IntelligenceStore } from '../../libs/intelligence/src/store/intelligence-store';
import { fullSamples } from '../../libs/intelligence/src/testing/learning-bench';
import { eventually } from '../support/eventually';
import { SseReader } from './support/sse-reader';
import { startTrader, type TestTrader } from './support/start-trader';

const TOKEN = 'a-token-for-the-test';
const WAIT_MS = 40_000;

describe('models', () => {
  let trader: TestTrader;
  let listener: SseReader;

  beforeAll(async () => {
    trader = await startTrader({
      emulator: { symbols: 20, speed: 120 },
      environment: { CLUSTER_AUTOSTART: 'false', API_TOKEN: TOKEN, HISTORY_LIMIT: '400' },
    });
    listener = new SseReader(`${trader.url}/v1/events?types=model,training`);
    await listener.response;
  });
  afterAll(async () => {
    listener.close();
    await trader.close();
  });

  const models = async (): Promise<ModelsDto> =>
    (await (await fetch(`${trader.url}/v1/models`)).json()) as ModelsDto;
  const post = (path: string, token = TOKEN): Promise<Response> =>
    fetch(`${trader.url}/v1/models/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
  const idle = (): Promise<unknown> =>
    eventually(async () => (await models()).training.state === 'idle', WAIT_MS);
  const problem = async (response: Response): Promise<unknown[]> => [
    response.status,
    response.headers.get('content-type'),
    ((await response.json()) as { code: string }).code,
  ];
  const PROBLEM = 'application/problem+json; charset=utf-8';

  it('begins with the online learner, which knows nothing', async () => {
    expect(await models()).toMatchObject({
      isOn: true,
      market: expect.stringMatching(/^emulator:/) as unknown,
      champion: 'online',
      learner: { outcomes: 0, required: 200, isReady: false, drift: 'none', note: null },
      calibration: { count: 0, brier: null, ece: null, logLoss: null },
      models: [{ id: 'online', kind: 'online', status: 'champion', trainedOn: null, metrics: null }],
      promotions: [],
      training: { state: 'idle', startedAt: null, lastError: null },
    });
  });

  it('lets only who has the token change anything', async () => {
    for (const path of ['train', 'rollback', 'online/promote']) {
      expect(await problem(await post(path, 'another-token-123456'))).toEqual([
        401,
        PROBLEM,
        'REQUEST.UNAUTHENTICATED',
      ]);
    }
  });

  it('says why a training made no model', async () => {
    expect((await post('train')).status).toBe(202);
    await idle();
    expect((await models()).training.lastError).toContain('too few to train on');
  });

  it('trains from what was kept, one at a time, and shows the model with its figures', async () => {
    const { market } = await models();
    const samples = fullSamples(600);
    await trader.app.get(IntelligenceStore).save(market, { snapshot: {}, samples, at: 1 }, 100_000);
    const answers = await Promise.all([post('train'), post('train')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 422]);
    await idle();
    const { models: all, training } = await models();
    expect(training.lastError).toBeNull();
    expect(all).toHaveLength(2);
    expect(all[1]).toMatchObject({
      kind: 'forest',
      trainedOn: { from: samples[0]!.at, samples: 600 },
      metrics: { samples: expect.any(Number) as unknown, ece: expect.any(Number) as unknown },
      comparison: { verdict: expect.any(String) as unknown },
    });
  });

  it('promotes by hand, and goes back by one call', async () => {
    const id = (await models()).models[1]!.id;
    if ((await models()).champion !== id) expect((await post(`${id}/promote`)).status).toBe(200);
    expect((await models()).models.map(({ status }) => status)).toEqual(['challenger', 'champion']);
    const metrics = await (await fetch(`${trader.url}/metrics`)).text();
    expect(metrics).toContain('slt_learning_trainings_total{outcome="done"} 1');
    expect((await post('rollback')).status).toBe(200);
    const { champion, promotions } = await models();
    expect(champion).toBe('online');
    expect(promotions[0]).toMatchObject({ model: 'online', previous: id, reason: 'rollback' });
    expect(await problem(await post('rollback'))).toEqual([422, PROBLEM, 'MODEL.NO_PREVIOUS']);
    const told = (type: string) => listener.of(type).map(({ data }) => data);
    await eventually(() => told('model').length >= 2);
    expect(told('training')).toContainEqual(expect.objectContaining({ state: 'idle', model: id }));
  });

  it('refuses what is no model, or is one of other features', async () => {
    expect(await problem(await post('forest-of-nobody/promote'))).toEqual([404, PROBLEM, 'MODEL.UNKNOWN']);
    expect(await problem(await post('no%20id/promote'))).toEqual([400, PROBLEM, 'REQUEST.INVALID']);
    const { market } = await models();
    const store = trader.app.get(IntelligenceStore);
    const [known] = await store.models(market);
    const { state } = (await store.model(market, known!.id))! as never as { state: never };
    await store.addModel(market, { ...known!, id: 'forest-of-yore', featureVersion: 0, state }, null);
    expect(await problem(await post('forest-of-yore/promote'))).toEqual([
      422,
      PROBLEM,
      'MODEL.OTHER_FEATURES',
    ]);
  });

  it('follows every signal, also while nothing is traded, and says what it made of it', async () => {
    await fetch(`${trader.url}/v1/cluster/start`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    await eventually(async () => {
      const { learner } = await models();
      return learner.pending + learner.outcomes > 0;
    }, WAIT_MS);
    const [signal] = (await eventually(async () => {
      const signals = (await (await fetch(`${trader.url}/v1/signals`)).json()) as SignalDto[];
      return signals.length > 0 && signals;
    }, WAIT_MS)) as SignalDto[];
    expect(signal).toMatchObject({
      decision: 'refused',
      assessment: { model: 'heuristic', riskScale: 0.05 },
    });
  });

  it('knows of the market what features ask for', async () => {
    const bridge = trader.app.get(LearningBridge);
    await eventually(() => bridge.fundingRate('BTCUSDT') !== undefined, WAIT_MS);
    const symbols = await (await fetch(`${trader.url}/v1/symbols`)).json();
    for (const { symbol } of (symbols as { symbols: { symbol: string }[] }).symbols) {
      expect([symbol, Math.abs(bridge.fundingRate(symbol) ?? NaN) < 0.05]).toEqual([symbol, true]);
      expect(bridge.tickSize(symbol)).toBeGreaterThan(0);
    }
    expect(bridge.leader('1m')).toMatchObject({ symbol: 'BTCUSDT', interval: '1m' });
    expect([bridge.fundingRate('NOSUCHUSDT'), bridge.tickSize('NOSUCHUSDT')]).toEqual([undefined, undefined]);
  });
});
