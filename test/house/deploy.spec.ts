import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingNames } from '@slt/config';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = path.resolve(__dirname, '../..');
const K8S = path.join(ROOT, 'deploy/k8s');

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    strategy?: { type: string };
    replicas?: number;
    selector?: { matchLabels?: object };
    template: { spec: PodSpec };
  };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}
interface PodSpec {
  securityContext: { runAsNonRoot: boolean };
  containers: Container[];
}
interface Container {
  env: { name: string }[];
  envFrom: { secretRef?: { name: string; optional?: boolean } }[];
  command?: string[];
  securityContext: { readOnlyRootFilesystem: boolean; allowPrivilegeEscalation: boolean };
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
}
interface Probe {
  httpGet: { path: string };
}

const manifests = readdirSync(K8S)
  .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
  .flatMap((name) =>
    parseAllDocuments(readFileSync(path.join(K8S, name), 'utf8')).map((doc) => doc.toJS() as Manifest),
  );
const one = (kind: string, name: string): Manifest =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name)!;

/** The model class of kubernetes-models for a manifest: `apps/v1` Deployment is in `kubernetes-models/apps/v1`. */
function validate(manifest: Manifest): void {
  const models = createRequire(__filename)(`kubernetes-models/${manifest.apiVersion}`) as Record<
    string,
    new (data: unknown) => { validate(): void }
  >;
  new models[manifest.kind]!(manifest).validate();
}

describe('Kubernetes manifests', () => {
  it.each(manifests.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const))(
    '%s follows the schema',
    (_, manifest) => {
      expect(() => validate(manifest)).not.toThrow();
    },
  );

  it('would be found wrong if they were', () => {
    const broken = structuredClone(one('Deployment', 'trader'));
    Object.assign(broken.spec, { replicas: 'one' });
    expect(() => validate(broken)).toThrow(/replicas/);
  });

  it('are all listed by the kustomization, and no other', () => {
    const { resources } = parse(readFileSync(path.join(K8S, 'kustomization.yaml'), 'utf8')) as {
      resources: string[];
    };
    const files = readdirSync(K8S).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(files.sort());
  });

  it('run one trader, replaced and never doubled, on the real probes', () => {
    const { strategy, replicas, template } = one('Deployment', 'trader').spec;
    expect({ strategy: strategy?.type, replicas }).toEqual({ strategy: 'Recreate', replicas: 1 });
    const [trader] = template.spec.containers as [Container];
    expect(
      [trader.startupProbe, trader.livenessProbe, trader.readinessProbe].map((probe) => probe.httpGet.path),
    ).toEqual(['/health/startup', '/health/live', '/health/ready']);
  });

  it.each(['trader', 'worker'])('run %s as nobody special, on a read-only root file system', (name) => {
    const pod = one('Deployment', name).spec.template.spec;
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    for (const container of pod.containers) {
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
    }
  });

  it('give the keys of the exchange to the trader alone, and start without them', () => {
    const secretsOf = (name: string): object[] =>
      one('Deployment', name).spec.template.spec.containers.flatMap(({ envFrom }) =>
        envFrom.flatMap(({ secretRef }) => (secretRef === undefined ? [] : [secretRef])),
      );
    const common = { name: 'selflearningtrader' };
    expect(secretsOf('trader')).toEqual([common, { name: 'selflearningtrader-keys', optional: true }]);
    expect(secretsOf('worker')).toEqual([common]);
    expect(Object.keys(one('Secret', 'selflearningtrader').stringData!).join()).not.toContain('BINANCE');
    // Live mode without keys stops the start, so it must not be set where workers read it.
    expect(Object.keys(one('ConfigMap', 'selflearningtrader').data!).join()).not.toContain('TRADING');
  });

  it('set only what the configuration knows', () => {
    const names = [
      ...Object.keys(one('ConfigMap', 'selflearningtrader').data!),
      ...Object.keys(one('Secret', 'selflearningtrader').stringData!),
      ...['trader', 'worker'].flatMap((name) =>
        one('Deployment', name).spec.template.spec.containers.flatMap((container) =>
          container.env.map((each) => each.name),
        ),
      ),
    ];
    expect(names.filter((name) => !settingNames().includes(name))).toEqual([]);
  });
});

interface Compose {
  services: Record<
    string,
    {
      read_only?: boolean;
      user?: string;
      build?: string;
      healthcheck?: unknown;
      environment?: Record<string, string>;
    }
  >;
}

describe('docker-compose.yml', () => {
  const compose = parse(readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  }) as Compose;

  const lint = (file: string): string =>
    execFileSync(
      process.execPath,
      [path.join(ROOT, 'node_modules/dclint/bin/dclint.cjs'), '--max-warnings', '0', file],
      { cwd: ROOT, encoding: 'utf8' },
    ).trim();

  it('passes the linter', () => {
    expect(lint('docker-compose.yml')).toBe('');
  });

  it('would not pass it if it broke the schema', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'slt-compose-'));
    try {
      const file = path.join(folder, 'docker-compose.yml');
      writeFileSync(file, 'services:\n  trader:\n    image: x:1\n    restrat: always\n');
      expect(() => lint(file)).toThrow(
        expect.objectContaining({ stdout: expect.stringContaining('invalid-schema') }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(Object.entries(compose.services))('%s is checked, read-only and not root', (_, service) => {
    expect(service.healthcheck).toBeDefined();
    expect(service.read_only).toBe(true);
    expect(service.user ?? (service.build === '.' ? 'node' : 'root')).not.toBe('root');
  });

  it('has trader, worker, redis and postgres, and sets only what the configuration knows', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['trader', 'worker', 'redis', 'postgres']),
    );
    const namesOf = (service: string): string[] => Object.keys(compose.services[service]!.environment!);
    const names = ['trader', 'worker'].flatMap(namesOf);
    expect(names.filter((name) => !settingNames().includes(name))).toEqual([]);
    expect(namesOf('worker').join()).not.toContain('BINANCE');
  });
});

describe('Dockerfile', () => {
  const dockerfile = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8');

  it('is multi-stage and slim, and does not run as root', () => {
    expect(dockerfile.match(/^FROM (.*)$/gm)).toEqual([
      'FROM node:20-bookworm-slim AS build',
      'FROM node:20-bookworm-slim',
    ]);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it('copies only what is in the context', () => {
    const allowed = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8')
      .match(/^!(.*)$/gm)!
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((match) =>
      match[1]!.split(' '),
    );
    expect(copied.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
