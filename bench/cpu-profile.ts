import { readFileSync } from 'node:fs';

/** Time of a CPU in a call and in all that it has called, in microseconds. */
export interface Frame {
  readonly name: string;
  /** The package, or the file of this program, that it belongs to. */
  readonly owner: string;
  own: number;
  total: number;
  readonly calls: Map<string, Frame>;
}

/** What `node --cpu-prof` writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * The calls of a profile between two moments, as a tree; idle time is left out.
 * @param from microseconds of the clock of `process.hrtime`, which all processes share
 */
export function callsOf(file: string, from: number, to: number): Frame {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const times = new Map<number, number>();
  let now = profile.startTime;
  profile.samples.forEach((node, i) => {
    const delta = profile.timeDeltas[i] ?? 0;
    now += delta;
    if (now >= from && now <= to) times.set(node, (times.get(node) ?? 0) + delta);
  });
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const root: Frame = { name: 'all', owner: '', own: 0, total: 0, calls: new Map() };
  const add = (id: number, into: Frame): void => {
    const { callFrame, children = [] } = nodes.get(id)!;
    const name = callFrame.functionName || 'anonymous';
    const owner = ownerOf(callFrame.url, name);
    if (name === '(idle)') return;
    const key = `${name} ${owner}`;
    const frame = into.calls.get(key) ?? { name, owner, own: 0, total: 0, calls: new Map() };
    into.calls.set(key, frame);
    const [own, before] = [times.get(id) ?? 0, frame.total];
    frame.own += own;
    frame.total += own;
    for (const child of children) add(child, frame);
    into.total += frame.total - before;
  };
  for (const child of profile.nodes[0]?.children ?? []) add(child, root);
  return root;
}

/** The time that each package, or file of this program, has taken by itself, in microseconds; the most first. */
export function timeByOwner(root: Frame): [owner: string, us: number][] {
  const times = new Map<string, number>();
  const add = (frame: Frame): void => {
    const owner = frame.owner || frame.name;
    times.set(owner, (times.get(owner) ?? 0) + frame.own);
    for (const call of frame.calls.values()) add(call);
  };
  add(root);
  return [...times].toSorted(([, a], [, b]) => b - a);
}

function ownerOf(url: string, name: string): string {
  // Handlebars makes its templates with new Function(): V8 knows neither name nor place of them.
  if (url === '' && name === 'anonymous') return 'templates';
  const [, pack] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (pack !== undefined) return pack;
  const [, own] = /dist\/(src\/.*)\.js$/.exec(url) ?? [];
  if (own !== undefined) return `${own}.ts`;
  return url.startsWith('node:') ? 'Node.js' : '';
}
