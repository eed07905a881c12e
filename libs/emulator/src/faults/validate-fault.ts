/** Reads fault rules from JSON: every problem is named at once, unknown fields included. */
import { AppError } from '@slt/domain';
import { DEAD_KEY_CONNECTIONS } from './account-fault-rule';
import { SERVER_ERROR_BODIES, type FaultKind, type FaultRule } from './fault-rule';

/** What a field must be; undefined when the value is fine. */
type Check = (value: unknown) => string | undefined;
type Fields = Readonly<Record<string, Check>>;

const duration = number('a duration of 0 ms or more', (v) => v >= 0);
const instant = number('an instant in milliseconds', (v) => v >= 0);
const count = number('a whole number of 1 or more', (v) => Number.isInteger(v) && v >= 1);
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a non-empty string');
const moment = oneOf(['before', 'during', 'after']);
const httpStatus = number('an HTTP status of 200 to 599', (v) => Number.isInteger(v) && v >= 200 && v < 600);
const oneOrSeveral =
  (what: string): Check =>
  (value) =>
    text(value) === undefined ||
    (Array.isArray(value) && value.length > 0 && value.every((v) => text(v) === undefined))
      ? undefined
      : what;

const MATCH: Fields = {
  id: text,
  path: (value) =>
    typeof value === 'string' && value.startsWith('/') ? undefined : 'a path beginning with /',
  target: oneOf(['rest', 'stream']),
  symbol: oneOrSeveral('a symbol or a list of symbols'),
  interval: text,
  method: oneOf(['GET', 'POST', 'PUT', 'DELETE']),
  params: (value) =>
    isObject(value) && Object.values(value).every((v) => typeof v === 'string')
      ? undefined
      : 'an object of texts by parameter',
  event: oneOrSeveral('an event of the account stream or a list of them'),
  probability: number('a share above 0 and at most 1', (v) => v > 0 && v <= 1),
  seed: number('a whole number', Number.isInteger),
  times: count,
  from: instant,
  until: instant,
  afterRequests: number('a whole number of 0 or more', (v) => Number.isInteger(v) && v >= 0),
};

const SELECTION: Fields = {
  openTimes: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((v) => instant(v) === undefined)
      ? undefined
      : 'a list of open times in milliseconds',
  range: (value) =>
    isObject(value) && [value.from, value.to].every((v) => instant(v) === undefined)
      ? undefined
      : 'an object with the open times from and to',
};

interface KindFields {
  readonly required?: Fields;
  readonly optional?: Fields;
}

const KINDS: Readonly<Record<FaultKind, KindFields>> = {
  latency: {
    required: { ms: duration },
    optional: { jitterMs: duration, when: oneOf(['before', 'after']) },
  },
  'rate-limit': { optional: { retryAfterMs: duration, retryAfterHeader: flag, exhaust: flag } },
  ban: {
    optional: { durationMs: number('a duration above 0 ms', (v) => v > 0), retryAfterHeader: flag },
  },
  'server-error': { optional: { body: oneOf(SERVER_ERROR_BODIES), executed: flag } },
  html: { optional: { status: httpStatus, executed: flag } },
  'truncated-json': { optional: { keep: number('a share from 0 to below 1', (v) => v >= 0 && v < 1) } },
  'drop-socket': { optional: { when: moment } },
  'half-open': { optional: { when: moment } },
  'silent-stream': {},
  'missing-close': {},
  'late-close': { required: { ms: duration } },
  'duplicate-close': { optional: { copies: count, ms: duration } },
  'out-of-order-close': {},
  'clock-skew': { required: { ms: number('a number of milliseconds', () => true) } },
  'history-hole': { optional: SELECTION },
  'changed-candle': {
    required: { where: oneOf(['rest', 'stream']) },
    optional: { ...SELECTION, factor: number('a number above 0', (v) => v > 0) },
  },
  reject: {
    required: { code: number("the exchange's error code", Number.isInteger), msg: text },
    optional: { status: httpStatus },
  },
  'lost-update': {},
  'late-update': { required: { ms: duration } },
  'duplicate-update': { optional: { copies: count, ms: duration } },
  'out-of-order-update': {},
  'dead-listen-key': { optional: { connections: oneOf(DEAD_KEY_CONNECTIONS) } },
  'stuck-algo': {},
};

export const FAULT_KINDS = Object.keys(KINDS) as readonly FaultKind[];

/** @throws AppError invalid, `FAULT.INVALID`, naming every problem */
export function parseFaultRule(value: unknown): FaultRule {
  const problems = problemsOf(value);
  if (problems.length === 0) return value as FaultRule;
  throw new AppError('invalid', 'FAULT.INVALID', `the fault rule is wrong: ${problems.join('; ')}`);
}

function problemsOf(value: unknown): string[] {
  if (!isObject(value)) return ['it is not an object'];
  const kind = value.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    return [`kind ${show(kind)} is none of ${FAULT_KINDS.join(', ')}`];
  }
  const { required = {}, optional = {} } = KINDS[kind as FaultKind];
  const known: Fields = { ...MATCH, ...optional, ...required };
  const problems = Object.entries(value)
    .filter(([name, given]) => name !== 'kind' && given !== undefined)
    .flatMap(([name, given]) => {
      if (!Object.hasOwn(known, name)) return [`${kind} has no field ${name}`];
      const expected = known[name]!(given);
      return expected === undefined ? [] : [`${name} must be ${expected}, not ${show(given)}`];
    });
  for (const name of Object.keys(required)) {
    if (value[name] === undefined) problems.push(`${kind} needs ${name}`);
  }
  return [...problems, ...contradictions(value)];
}

function contradictions(value: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if (typeof value.from === 'number' && typeof value.until === 'number' && value.until <= value.from) {
    problems.push('until must be after from');
  }
  const isSelective = value.kind === 'history-hole' || value.kind === 'changed-candle';
  if (isSelective && (value.openTimes === undefined) === (value.range === undefined)) {
    problems.push(`${String(value.kind)} needs either openTimes or range`);
  }
  return problems;
}

function number(expected: string, isFine: (value: number) => boolean): Check {
  return (value) =>
    typeof value === 'number' && Number.isFinite(value) && isFine(value) ? undefined : expected;
}

function oneOf(values: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && values.includes(value) ? undefined : `one of ${values.join(', ')}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
