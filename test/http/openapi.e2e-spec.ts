/** The OpenAPI document is complete: every call, every answer, every error, with examples; and Swagger UI shows it. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { startTrader, type TestTrader } from './support/start-trader';

type Json = Record<string, unknown>;

interface Operation {
  summary?: string;
  tags?: string[];
  operationId?: string;
  security?: Json[];
  parameters?: { name: string; in: string; description?: string; example?: unknown; schema?: Json }[];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  responses: Record<
    string,
    { description?: string; content?: Record<string, { schema?: Json; example?: unknown }> }
  >;
}

describe('the OpenAPI document', () => {
  let trader: TestTrader;
  let document: OpenAPIObject;
  let operations: { name: string; method: string; path: string; operation: Operation }[];

  beforeAll(async () => {
    trader = await startTrader({ environment: { CLUSTER_AUTOSTART: 'false' } });
    document = (await (await fetch(`${trader.url}/docs-json`)).json()) as OpenAPIObject;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method,
        path,
        operation,
      })),
    );
  });
  afterAll(() => trader.close());

  /** @returns the names for which the claim does not hold */
  const failing = (claim: (operation: Operation, method: string, path: string) => boolean): string[] =>
    operations
      .filter(({ operation, method, path }) => !claim(operation, method, path))
      .map(({ name }) => name);

  const successes = ({ responses }: Operation) =>
    Object.entries(responses).filter(([status]) => status < '300');
  const problems = ({ responses }: Operation) =>
    Object.entries(responses).filter(([status]) => status >= '400');

  it('has every route of the application, and no other', () => {
    // Pages and their files are no calls; of `/assets/*` the printed tree shows the asterisk alone.
    const isPage = / \/(docs|queues|\*)/;
    const routes = new Set(routesOf(trader).filter((route) => !isPage.test(route)));
    expect(new Set(operations.map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ':$1')))).toEqual(routes);
  });

  it('gives every call a summary, one known tag and a name of its own', () => {
    const tags = new Set(document.tags?.map(({ name }) => name));
    expect(failing(({ summary }) => summary !== undefined && summary.length > 5)).toEqual([]);
    expect(failing((operation) => operation.tags?.length === 1 && tags.has(operation.tags[0]!))).toEqual([]);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes every answer by a schema', () => {
    expect(failing((operation) => successes(operation).length === 1)).toEqual([]);
    expect(
      failing((operation) =>
        successes(operation).every(([, { content, description }]) => {
          const types = Object.values(content ?? {});
          return (
            description !== '' && types.length === 1 && types.every(({ schema }) => schema !== undefined)
          );
        }),
      ),
    ).toEqual([]);
  });

  it('describes every error as a problem document with an example', () => {
    const isProbe = (path: string) => path.startsWith('/health/');
    expect(
      failing((operation, _method, path) => {
        const all = problems(operation);
        return (
          all.length > 0 &&
          all.every(([status, { content }]) => {
            if (isProbe(path) && status === '503') return content?.['application/json'] !== undefined;
            const problem = content?.['application/problem+json'];
            const example = problem?.example as Json | undefined;
            return (
              problem?.schema?.['$ref'] === '#/components/schemas/Problem' &&
              example?.['status'] === Number(status)
            );
          })
        );
      }),
    ).toEqual([]);
    expect(failing(({ responses }) => '500' in responses && '421' in responses)).toEqual([]);
  });

  it('asks the token of changes and of nothing else', () => {
    const isChange = (method: string) => method !== 'get';
    expect(failing(({ security }, method) => (security !== undefined) === isChange(method))).toEqual([]);
    expect(
      failing(
        ({ responses }, method) => !isChange(method) || ['401', '403', '415'].every((s) => s in responses),
      ),
    ).toEqual([]);
  });

  it('gives every parameter a meaning and an example', () => {
    const poor = operations.flatMap(({ name, operation }) =>
      (operation.parameters ?? [])
        .filter(({ example, schema }) => example === undefined && schema?.['example'] === undefined)
        .map((parameter) => `${name} ${parameter.name}`),
    );
    expect(poor).toEqual([]);
  });

  it('gives every field of every schema an example or a schema of its own', () => {
    const poor = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) =>
      Object.entries((schema as { properties?: Record<string, Json> }).properties ?? {})
        .filter(([, property]) => !isIllustrated(property))
        .map(([property]) => `${name}.${property}`),
    );
    expect(poor).toEqual([]);
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const schemas = new Set(Object.keys(document.components?.schemas ?? {}));
    expect(references.length).toBeGreaterThan(20);
    expect(references.map(([, name]) => name).filter((name) => !schemas.has(name!))).toEqual([]);
  });

  it('is shown by Swagger UI, which needs nothing its policy forbids', async () => {
    const page = await fetch(`${trader.url}/docs`);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self'");
    const html = await page.text();
    const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
    expect(scripts.length).toBeGreaterThan(1);
    for (const [, attributes, inline] of scripts) {
      expect(inline!.trim()).toBe('');
      const source = /src=["']([^"']+)["']/.exec(attributes!)![1]!;
      const script = await fetch(new URL(source, `${trader.url}/docs`));
      expect([source, script.status, script.headers.get('content-type')]).toEqual([
        source,
        200,
        expect.stringContaining('javascript'),
      ]);
    }
  });

  it('comes as YAML, too', async () => {
    const response = await fetch(`${trader.url}/docs-yaml`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('openapi: 3.0.3');
  });
});

function isIllustrated(property: Json): boolean {
  const items = property['items'] as Json | undefined;
  return (
    'example' in property ||
    '$ref' in property ||
    'allOf' in property ||
    (items !== undefined && '$ref' in items)
  );
}

/** `GET /v1/cluster` of every route Fastify knows. */
function routesOf({ app }: TestTrader): string[] {
  const printed = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const stack: string[] = [];
  return printed.split('\n').flatMap((line) => {
    const match = /^([│ ]*(?:├── |└── ))(\S+)(?: \(([^)]+)\))?/.exec(line);
    if (match === null) return [];
    const depth = match[1]!.length / 4 - 1;
    stack.length = depth;
    stack.push(match[2]!);
    const path = stack.join('');
    const methods = (match[3] ?? '').split(', ').filter((method) => method !== '' && method !== 'HEAD');
    return methods.filter((method) => method !== 'OPTIONS').map((method) => `${method} ${path}`);
  });
}
