import { readdirSync, readFileSync } from 'node:fs';

import { parse, parseAllDocuments } from 'yaml';

import { loadConfig } from '../../src/config/load-config.js';

const DATABASE_URL = 'postgresql://app@postgres.example/app';
const config = await loadConfig('config/server.yaml', { DATABASE_URL });
const variables = new Set(
  [...readFileSync('.env.example', 'utf8').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  ),
);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
  // Kubernetes' own schemas say what is in it.
  readonly spec: any; // oxlint-disable-line typescript/no-explicit-any
}

const FOLDER = 'deploy/kubernetes';
const manifests = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
  .flatMap((name) => parseAllDocuments(readFileSync(`${FOLDER}/${name}`, 'utf8')))
  .map((document) => document.toJS() as Manifest);

function manifest(kind: string, name?: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && (!name || one.metadata.name === name));
  if (!found) throw new Error(`no ${kind} ${name ?? ''}`);
  return found;
}

const pod = manifest('Deployment').spec.template.spec;
const [container] = pod.containers;
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });

test('a pod and a container are given the time that the program takes to end', () => {
  const graceS = config.server.shutdown_grace_period_ms / 1_000;
  const waitsS = container.lifecycle.preStop.sleep.seconds;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(waitsS + graceS);
  expect(Number.parseInt(compose.services.app.stop_grace_period, 10)).toBeGreaterThan(graceS);
});

test('a pod has the memory that its workers may take', () => {
  const workers = Number(manifest('ConfigMap', 'environment').data!['WORKERS']);
  const limitMb = Number.parseInt(container.resources.limits.memory, 10);
  expect(limitMb).toBeGreaterThan(workers * config.workers.max_memory_mb);
});

test('readiness waits for longer than the servers may take for an answer', () => {
  const longestMs = Math.max(config.session.redis.timeout_ms, config.database.timeout_ms);
  expect(container.readinessProbe.timeoutSeconds * 1_000).toBeGreaterThan(longestMs);
});

test('a node can be drained at the least number of pods', () => {
  const { minReplicas } = manifest('HorizontalPodAutoscaler').spec;
  expect(minReplicas).toBeGreaterThan(manifest('PodDisruptionBudget').spec.minAvailable);
});

test('pods and containers have the variables that must be set, and none that nobody knows', async () => {
  const { data = {} } = manifest('ConfigMap', 'environment');
  const { stringData = {} } = manifest('Secret', 'servers');
  const inPods = { ...data, ...stringData };
  await expect(loadConfig('config/server.yaml', inPods)).resolves.toBeDefined();
  const { environment } = compose.services.app;
  const names = [...Object.keys(inPods), ...Object.keys(environment)];
  expect(names.filter((name) => !variables.has(name))).toEqual([]);
  const filled = Object.entries(environment as Record<string, string>).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'),
  ]);
  const inContainers = Object.fromEntries(filled) as Record<string, string>;
  await expect(loadConfig('config/server.yaml', inContainers)).resolves.toBeDefined();
});

test('each port of a pod is open to one namespace alone, and nothing else is', () => {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const denied = policies.find(({ spec }) => Object.keys(spec.podSelector).length === 0);
  expect(denied?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
  const open = policies.flatMap(({ spec }) => spec.ingress ?? []);
  const from = (port: number) =>
    open.filter(({ ports }) => ports.some((one: { port: number }) => one.port === port));
  for (const { containerPort } of container.ports) {
    const [rule, ...others] = from(containerPort);
    expect(others).toEqual([]);
    expect(rule).toEqual({
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': expect.any(String) } },
        },
      ],
      ports: [{ protocol: 'TCP', port: containerPort }],
    });
  }
  expect(open).toHaveLength(container.ports.length);
  const { labels } = manifest('Deployment').spec.template.metadata;
  for (const { spec } of policies) expect(labels).toMatchObject(spec.podSelector.matchLabels ?? {});
});

test('the proxies that are trusted are in a network of /16 or narrower', () => {
  const pods = manifest('ConfigMap', 'environment').data!['TRUST_PROXY'] ?? '';
  const containers = String(compose.services.app.environment.TRUST_PROXY);
  for (const network of [pods, containers].flatMap((networks) => networks.split(','))) {
    expect(Number(network.split('/')[1] ?? 32)).toBeGreaterThanOrEqual(16);
  }
  const [front] = compose.services.nginx.networks;
  expect(compose.networks[front].ipam.config).toEqual([{ subnet: containers }]);
  // Nobody but nginx and the program is in it.
  const inFront = Object.keys(compose.services).filter((name) =>
    (compose.services[name].networks ?? []).includes(front),
  );
  expect(inFront).toEqual(['nginx', 'app']);
});

test('no container’s port of metrics is published', () => {
  expect(compose.services.app.ports).toBeUndefined();
});

test('tables are migrated with the image that is then rolled out', () => {
  const [migration] = manifest('Job').spec.template.spec.containers;
  expect(migration.image).toBe(container.image);
});

test('all that is applied together is named', () => {
  const { resources } = parse(readFileSync(`${FOLDER}/kustomization.yaml`, 'utf8'));
  const byHand = ['kustomization.yaml', 'migration.yaml', 'namespace.yaml', 'secret.example.yaml'];
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  expect([...resources, ...byHand].toSorted()).toEqual(files.toSorted());
});

test('nginx closes connections before the program does', () => {
  const [, upstreamS] = /keepalive_timeout (\d+)s;/.exec(
    readFileSync('deploy/nginx.conf', 'utf8'),
  )!;
  expect(Number(upstreamS) * 1_000).toBeLessThan(config.server.idle_timeout_ms);
});
