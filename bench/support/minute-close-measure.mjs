/**
 * The burst of a minute's close, in a process of its own: `node minute-close-measure.mjs SYMBOLS BURSTS [trading|dashboards]`
 * prints JSON. A real cluster on a market in memory is warm with 1000 candles a symbol. Then, burst by burst, one closed candle
 * of every symbol comes as the text of a stream frame: parsed, appended, stepped through the engine, told to listeners.
 * With `trading` a paper account trades them: set-ups, risk and decisions are in the pass, orders leave after it. With
 * `dashboards` fifty of them are open, too, and each is told everything.
 */
import { createRequire } from 'node:module';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { openDashboards } from './dashboards.mjs';
import { percentile } from './statistics.mjs';
import { TradingRig } from './trading-rig.mjs';

const require = createRequire(import.meta.url);
const { Logger } = require('@nestjs/common');
const { NEVER } = require('rxjs');
const { createGeneratedMarket } = require('../../dist/libs/emulator/src/index.js');
const { allocateColumns, sliceColumns } = require('../../dist/libs/domain/src/index.js');
const { parseStreamMessage } = require('../../dist/libs/exchange/src/core/stream-frame.js');
const { buildCluster } = require('../../dist/libs/cluster/src/testing/build-cluster.js');
const { FakeMarket } = require('../../dist/libs/cluster/src/testing/fake-market.js');
const { SmcService } = require('../../dist/libs/smc/src/index.js');

const MINUTE_MS = 60_000;
const CANDLES = 1_000;
/** Bursts before the clock counts: a service is not measured in its first minutes. */
const SETTLING = 10;
const DASHBOARDS = 50;
/** Between bursts in front of dashboards: a minute is longer than what they gather frames for. */
const READING_MS = 60;

async function measure(symbols, bursts, variant) {
  const withTrading = variant !== undefined;
  const { generated, columns, texts, closes, from: warmAt } = recorded(symbols, SETTLING + bursts);
  const market = new FakeMarket([...columns.keys()], 1);
  let now = warmAt;
  market.clock.now = () => now;
  market.historyDelayMs = 0;
  market.mangle = () => [];
  market.history.ensureHistory = async (wanted, _interval, _limit, { onOutcome }) => {
    const outcomes = new Map(wanted.map((symbol) => [symbol, whole(columns.get(symbol))]));
    for (const [symbol, outcome] of outcomes) onOutcome(symbol, outcome);
    return outcomes;
  };
  const smc = new SmcService();
  const cluster = buildCluster(market, { HISTORY_LIMIT: CANDLES }, smc);
  let heard = 0;
  cluster.events.subscribe(() => heard++);
  cluster.onCandle((symbol, interval) => (heard += smc.lastOpenTime(symbol, interval) % 2));
  const from = performance.now();
  await cluster.start();
  while (cluster.status().warmUp.ready < columns.size) await setImmediate();
  const warmMs = performance.now() - from;
  const rig = withTrading
    ? new TradingRig({ market: generated, cluster, smc, clock: market.clock })
    : undefined;
  await rig?.start();
  const dashboards =
    variant === 'dashboards'
      ? await openDashboards(DASHBOARDS, { cluster, trading: rig.trading, intelligence: { events: NEVER } })
      : undefined;

  const times = [];
  const cpu = [];
  const intents = [];
  for (const [i, burst] of texts.entries()) {
    for (const [symbol, close] of closes[i]) rig?.price(symbol, close);
    await rig?.settled();
    await (dashboards === undefined ? setImmediate() : setTimeout(READING_MS));
    now += MINUTE_MS;
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    for (const text of burst) market.streams.closedCandles.next(parseStreamMessage(text, now).frame);
    times.push(performance.now() - began);
    cpu.push(cpuMs(process.cpuUsage(cpuBefore)));
    await rig?.settled();
    const lastIntent = rig?.takeLastIntent();
    if (lastIntent !== undefined) intents.push(lastIntent - began);
  }
  const { candlesTotal } = cluster.counters();
  const events = Object.values(smc.totals().events).reduce((sum, count) => sum + count, 0);
  const trading = rig && { state: rig.state, ...rig.decisions(), intents: summary(intents) };
  const told = dashboards && { count: DASHBOARDS, bytes: await dashboards.close() };
  await rig?.close();
  await cluster.stop();
  const sorted = times.slice(SETTLING).sort((a, b) => a - b);
  const sortedCpu = cpu.slice(SETTLING).sort((a, b) => a - b);
  return {
    symbols: columns.size,
    bursts: sorted.length,
    candles: candlesTotal,
    events,
    warmMs,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1),
    cpuP50: percentile(sortedCpu, 0.5),
    cpuP99: percentile(sortedCpu, 0.99),
    firstMs: times[0],
    trading,
    dashboards: told,
  };
}

/** All threads: on a machine that others use too it says more than the clock on the wall. */
const cpuMs = ({ user, system }) => (user + system) / 1_000;

function summary(values) {
  const sorted = values.sort((a, b) => a - b);
  return { count: sorted.length, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}

function whole(columns) {
  return { kind: 'whole', origin: 'cache', columns, requests: 0, weight: 0, knownHoles: 0 };
}

/** Of the emulator's generated markets: the history in columns, what comes later as the exchange's own texts. */
function recorded(symbols, bursts) {
  const now = Date.UTC(2026, 0, 1);
  const end = now + bursts * MINUTE_MS;
  const generated = createGeneratedMarket({ seed: 1, symbols, churn: false });
  const from = now - CANDLES * MINUTE_MS;
  const columns = new Map();
  const texts = Array.from({ length: bursts }, () => []);
  const closes = Array.from({ length: bursts }, () => []);
  for (const { symbol, onboardDate } of generated.listed(now)) {
    if (onboardDate > from || columns.size === symbols) continue;
    const range = { from, to: end - MINUTE_MS, limit: CANDLES + bursts, fromEnd: false };
    const rows = generated.klines(symbol, '1m', range, end);
    columns.set(symbol, historyOf(rows));
    rows.slice(CANDLES).forEach((row, i) => {
      texts[i].push(frameText(symbol, row));
      closes[i].push([symbol, Number(row.close)]);
    });
  }
  return { generated, columns, texts, closes, from: now };
}

function historyOf(rows) {
  const columns = allocateColumns(CANDLES);
  for (let i = 0; i < CANDLES; i++) {
    columns.openTime[i] = rows[i].openTime;
    for (const field of ['open', 'high', 'low', 'close', 'volume'])
      columns[field][i] = Number(rows[i][field]);
  }
  return sliceColumns(columns, 0);
}

function frameText(s, { openTime: t, open: o, high: h, low: l, close: c, volume: v }) {
  const k = {
    t,
    T: t + MINUTE_MS - 1,
    s,
    i: '1m',
    f: 1,
    L: 2,
    o,
    c,
    h,
    l,
    v,
    n: 2,
    x: true,
    q: '0',
    V: '0',
    Q: '0',
    B: '0',
  };
  return JSON.stringify({
    stream: `${s.toLowerCase()}@kline_1m`,
    data: { e: 'kline', E: t + MINUTE_MS, s, k },
  });
}

Logger.overrideLogger(false);
const [symbols, bursts, variant] = process.argv.slice(2);
console.log(JSON.stringify(await measure(Number(symbols), Number(bursts), variant)));
process.exit(0);
