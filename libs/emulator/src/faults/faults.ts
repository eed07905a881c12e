/** The rules in force: which of them hits an event, and how often each has. */
import type { UtcMs } from '@slt/domain';
import { hashText, uniformAt } from '../core/hash';
import type { FaultKind, FaultOf, FaultRule } from './fault-rule';
import { parseFaultRule } from './validate-fault';

/** Something that a rule can hit. */
export interface FaultEvent {
  readonly target: 'rest' | 'stream';
  readonly path?: string;
  readonly symbol?: string | undefined;
  readonly interval?: string | undefined;
  readonly method?: string;
  /** Parameters of a request, fields of a frame. */
  readonly params?: (name: string) => string | undefined;
  /** Of a frame of the account stream. */
  readonly event?: string;
  /** A cancel, or an order that only makes a position smaller. */
  readonly reducesRisk?: boolean;
}

export interface FaultStatus {
  readonly id: string;
  readonly rule: FaultRule;
  /** Events that matched, whether hit or not. */
  readonly seen: number;
  readonly hits: number;
  /** Has been applied as often as `times` allows. */
  readonly isSpent: boolean;
}

interface Entry {
  readonly id: string;
  readonly rule: FaultRule;
  readonly target: 'rest' | 'stream';
  readonly symbols: ReadonlySet<string> | undefined;
  readonly events: ReadonlySet<string> | undefined;
  readonly seed: number;
  seen: number;
  hits: number;
}

/** A rule that applies to the event at hand; it counts as a hit only once taken. */
export interface FaultHit<K extends FaultKind> {
  readonly id: string;
  readonly rule: FaultOf<K>;
}

export class Faults {
  private readonly entries = new Map<string, Entry>();
  private readonly byKind = new Map<FaultKind, readonly Entry[]>();
  private nextNumber = 1;

  /**
   * @param now the exchange's clock
   * @param seed where rules with a probability draw from
   */
  constructor(
    private readonly now: () => UtcMs,
    private readonly seed = 0,
  ) {}

  /**
   * @returns the rule's id
   * @throws AppError invalid, `FAULT.INVALID`
   */
  add(rule: FaultRule): string {
    const checked = parseFaultRule(rule);
    const id = checked.id ?? this.freeId();
    this.entries.set(id, {
      id,
      rule: checked,
      target: checked.target ?? (isOfStreams(checked) ? 'stream' : 'rest'),
      symbols: setOf(checked.symbol),
      events: setOf(checked.event),
      seed: checked.seed ?? hashText(id, this.seed),
      seen: 0,
      hits: 0,
    });
    this.index();
    return id;
  }

  /** @returns whether there was such a rule */
  remove(id: string): boolean {
    const existed = this.entries.delete(id);
    this.index();
    return existed;
  }

  clear(): void {
    this.entries.clear();
    this.index();
  }

  list(): FaultStatus[] {
    return [...this.entries.values()].map((entry) => ({
      id: entry.id,
      rule: entry.rule,
      seen: entry.seen,
      hits: entry.hits,
      isSpent: isSpent(entry),
    }));
  }

  /** Whether any rule of the kind exists: a cheap question for hot paths. */
  has(kind: FaultKind): boolean {
    return this.byKind.has(kind);
  }

  /** Whether the rule exists and its time is now; `times` does not matter. */
  isInForce(id: string): boolean {
    const entry = this.entries.get(id);
    return entry !== undefined && isTimely(entry.rule, this.now());
  }

  /** The first rule of the kind that hits the event, counted as a hit; rules before it count the event as seen. */
  hit<K extends FaultKind>(
    kind: K,
    event: FaultEvent,
    also?: (rule: FaultOf<K>) => boolean,
  ): FaultHit<K> | undefined {
    const entries = this.byKind.get(kind);
    if (entries === undefined) return undefined;
    const now = this.now();
    for (const entry of entries) {
      const rule = entry.rule as FaultOf<K>;
      if (!this.matches(entry, event, now) || also?.(rule) === false) continue;
      entry.seen++;
      if (entry.seen <= (rule.afterRequests ?? 0) || isSpent(entry)) continue;
      if (rule.probability !== undefined && uniformAt(entry.seed, entry.seen) >= rule.probability) continue;
      entry.hits++;
      return { id: entry.id, rule };
    }
    return undefined;
  }

  /** All rules of the kind that hit the event, each counted as a hit. */
  hitAll<K extends FaultKind>(
    kind: K,
    event: FaultEvent,
    also?: (rule: FaultOf<K>) => boolean,
  ): FaultOf<K>[] {
    const rules: FaultOf<K>[] = [];
    const tried = new Set<FaultRule>();
    for (;;) {
      const hit = this.hit(
        kind,
        event,
        (rule) => !tried.has(rule) && (tried.add(rule), also?.(rule) !== false),
      );
      if (hit === undefined) return rules;
      rules.push(hit.rule);
    }
  }

  /** Milliseconds by which the exchange's clock seems off in this event. */
  skewMs(event: FaultEvent): number {
    return this.has('clock-skew') ? (this.hit('clock-skew', event)?.rule.ms ?? 0) : 0;
  }

  private matches({ rule, target, symbols, events }: Entry, event: FaultEvent, now: UtcMs): boolean {
    return (
      (!HAS_TARGET.has(rule.kind) || target === event.target) &&
      (rule.path === undefined || event.path === undefined || event.path.startsWith(rule.path)) &&
      (symbols === undefined || (event.symbol !== undefined && symbols.has(event.symbol))) &&
      (rule.interval === undefined || rule.interval === event.interval) &&
      (rule.method === undefined || rule.method === event.method) &&
      (events === undefined || (event.event !== undefined && events.has(event.event))) &&
      (rule.params === undefined || hasParams(rule.params, event)) &&
      isTimely(rule, now)
    );
  }

  private index(): void {
    this.byKind.clear();
    for (const entry of this.entries.values()) {
      this.byKind.set(entry.rule.kind, [...(this.byKind.get(entry.rule.kind) ?? []), entry]);
    }
  }

  private freeId(): string {
    let id: string;
    do id = `fault-${this.nextNumber++}`;
    while (this.entries.has(id));
    return id;
  }
}

/** Kinds that mean requests or stream connections, depending on their target. */
const HAS_TARGET: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'latency',
  'rate-limit',
  'ban',
  'server-error',
  'html',
  'drop-socket',
  'half-open',
]);

function setOf(values: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (values === undefined) return undefined;
  return new Set(typeof values === 'string' ? [values] : values);
}

function hasParams(wanted: Readonly<Record<string, string>>, event: FaultEvent): boolean {
  return Object.entries(wanted).every(([name, value]) => event.params?.(name) === value);
}

function isOfStreams({ path, event }: FaultRule): boolean {
  return (
    event !== undefined || (path !== undefined && /^\/(market|public|private|ws|stream)(\/|$)/.test(path))
  );
}

function isTimely(rule: FaultRule, now: UtcMs): boolean {
  return (rule.from === undefined || now >= rule.from) && (rule.until === undefined || now < rule.until);
}

function isSpent({ rule, hits }: Entry): boolean {
  return rule.times !== undefined && hits >= rule.times;
}
