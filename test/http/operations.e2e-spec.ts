/** Alert rules, dashboard and runbook hold together, and name only what /metrics says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { readPromql, type Selector } from './support/promql';
import { startTrader } from './support/start-trader';

const ROOT = path.resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const RULES_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['groups'],
  properties: {
    groups: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'rules'],
        properties: {
          name: { type: 'string' },
          interval: { $ref: '#/definitions/duration' },
          rules: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['alert', 'expr', 'labels', 'annotations'],
              properties: {
                alert: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]+$' },
                expr: { type: 'string', minLength: 1 },
                for: { $ref: '#/definitions/duration' },
                keep_firing_for: { $ref: '#/definitions/duration' },
                labels: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['severity'],
                  properties: { severity: { enum: ['warning', 'critical'] } },
                },
                annotations: {
                  type: 'object',
                  additionalProperties: { type: 'string' },
                  required: ['summary', 'runbook'],
                },
              },
            },
          },
        },
      },
    },
  },
  definitions: { duration: { type: 'string', pattern: '^([0-9]+(ms|[smhdwy]))+$' } },
};

const rulesFile = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
const rules = rulesFile.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('deploy/grafana/dashboard.json')) as {
  panels: Panel[];
  templating: { list: { name: string }[] };
};
const targets = dashboard.panels.flatMap(({ title, targets: own = [] }) =>
  own.map((target) => ({ title, ...target })),
);
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...targets.map(({ title, expr }) => [title, expr] as const),
];

describe('alert rules', () => {
  it('follow the schema of Prometheus, each with a severity', () => {
    const validate = new Ajv({ strict: false }).compile(RULES_SCHEMA);
    expect([validate(rulesFile), validate.errors]).toEqual([true, null]);
    expect(validate({ groups: [{ name: 'x', rules: [{ ...rules[0], forr: '1m' }] }] })).toBe(false);
  });

  it('have names of their own, and a chapter each in the runbook, in the same order', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    const chapters = [...read('docs/runbook.md').matchAll(/^## ([A-Z]\w+)$/gm)].map((match) => match[1]);
    expect(chapters.filter((name) => name !== 'Logs' && name !== 'Traces')).toEqual(names);
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('lead to chapters that say what to do', () => {
    const guide = read('docs/runbook.md');
    for (const { alert } of rules)
      expect(guide.split(`## ${alert}\n`)[1]!.split('\n## ')[0]).toMatch(/^1\. /m);
    const anchors = [...guide.matchAll(/\]\(#(\w+)\)/g)].map((match) => match[1]!);
    const known = rules.map(({ alert }) => alert.toLowerCase());
    expect(anchors.filter((anchor) => !known.includes(anchor))).toEqual([]);
  });
});

describe('the Grafana dashboard', () => {
  const { panels } = dashboard;

  it('has panels with ids of their own that do not lie upon one another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('names only labels in its legends that its queries keep', () => {
    for (const { legendFormat, expr } of targets) {
      const { grouping } = readPromql(expr);
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!);
      if (grouping.length > 0) expect(grouping).toEqual(expect.arrayContaining(named));
    }
  });
});

describe('what they read', () => {
  /** Names, with the values that each of their labels has. */
  const known = new Map<string, Map<string, Set<string>>>();

  beforeAll(async () => {
    const trader = await startTrader({
      emulator: { symbols: 2 },
      environment: { CLUSTER_AUTOSTART: 'false' },
    });
    try {
      await fetch(`${trader.url}/health/live`);
      const text = await (await fetch(`${trader.url}/metrics`)).text();
      for (const [, family] of text.matchAll(/^# TYPE (\S+) /gm)) known.set(family!, new Map());
      for (const [, name, labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
        const values = known.get(name!) ?? new Map<string, Set<string>>();
        known.set(name!, values);
        for (const [, label, value] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
          values.set(label!, (values.get(label!) ?? new Set()).add(value!));
        }
      }
    } finally {
      await trader.close();
    }
  });

  /** A label whose values are a list; the others come with what happens. */
  const CLOSED = new Set(['state', 'phase', 'level', 'outcome', 'quantile', 'drift']);

  const problemsOf = ({ metric, matchers }: Selector): string[] => {
    if (metric === 'up') return [];
    const labels = known.get(metric);
    if (labels === undefined) return [`${metric} does not exist`];
    return matchers.flatMap(({ label, operator, value }) => {
      if (label === 'job') return [];
      const values = labels.get(label);
      if (labels.size > 0 && values === undefined) return [`${metric} has no label ${label}`];
      const isChecked = operator === '=' && CLOSED.has(label) && values !== undefined;
      return isChecked && !values.has(value) ? [`${metric}: ${label} is never ${value}`] : [];
    });
  };

  it('parses, exists, and has the labels it is asked by', () => {
    const problems = expressions.flatMap(([where, expr]) =>
      readPromql(expr.replaceAll('$job', '.+')).selectors.flatMap((selector) =>
        problemsOf(selector).map((problem) => `${where}: ${problem}`),
      ),
    );
    expect(problems).toEqual([]);
    expect(expressions.length).toBeGreaterThan(50);
  });

  it('would be found wrong if it were', () => {
    expect(() => readPromql('sum(rate(x[5m])')).toThrow(/not PromQL/);
    const of = (expr: string): string[] => readPromql(expr).selectors.flatMap(problemsOf);
    expect(of('slt_no_such_metric > 1')).toEqual(['slt_no_such_metric does not exist']);
    expect(of('slt_trading_state{status="halted"}')).toEqual(['slt_trading_state has no label status']);
    expect(of('slt_trading_state{state="stopped"}')).toEqual(['slt_trading_state: state is never stopped']);
  });
});
