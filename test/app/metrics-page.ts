import type { App } from '../../dev/app.js';

/** Makes the program tell its metrics, and where: that line is of the level info. */
export const METRICS_ON = { METRICS: 'true', METRICS_PORT: '0', LOG_LEVEL: 'info' };

/** The address of a program's metrics. @throws Error when it has not said it */
export function metricsUrlOf(app: App): string {
  const line = app
    .output()
    .split('\n')
    .find((one) => one.includes('"msg":"metrics"'));
  if (line === undefined) throw new Error('the program has no metrics');
  return (JSON.parse(line) as { url: string }).url;
}

const LINE = /^(?<name>[a-z_][a-z_0-9]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;

/** The metrics of one moment. */
export class MetricsPage {
  static async of(app: App): Promise<MetricsPage> {
    const response = await fetch(metricsUrlOf(app));
    return new MetricsPage(await response.text());
  }

  readonly #samples: { name: string; labels: ReadonlySet<string>; value: number }[] = [];

  constructor(readonly text: string) {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const { name = '', labels = '', value = '' } = LINE.exec(line)?.groups ?? {};
      if (name === '') throw new Error(`not in Prometheus's format: ${line}`);
      const each = new Set(labels.match(/\w+="[^"]*"/g));
      this.#samples.push({ name, labels: each, value: Number(value) });
    }
  }

  /** The names of all samples. */
  get names(): Set<string> {
    return new Set(this.#samples.map(({ name }) => name));
  }

  /** The sum of all samples of a name that have these labels, like `event="made"`. */
  sum(name: string, ...labels: string[]): number {
    return this.valuesOf(name, ...labels).reduce((sum, value) => sum + value, 0);
  }

  valuesOf(name: string, ...labels: string[]): number[] {
    return this.#samples
      .filter((sample) => sample.name === name && labels.every((one) => sample.labels.has(one)))
      .map(({ value }) => value);
  }
}
