import { BoundedQueue, QueueFull } from '../../src/passwords/bounded-queue.js';

/** A queue whose tasks end when they are told to, and what has become of them. */
class Scene {
  readonly begun: string[] = [];
  readonly refused: string[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #all: Promise<void>[] = [];
  readonly queue: BoundedQueue;

  constructor(concurrency: number, capacity: number) {
    this.queue = new BoundedQueue({ concurrency, capacity });
  }

  /** The client is the first letter of a task's name. */
  add(...names: string[]): void {
    for (const name of names) this.#all.push(this.#run(name));
  }

  /** Ends the tasks that run, one by one, until none is left. */
  async finish(): Promise<void> {
    for (let end = this.#ends.shift(); end; end = this.#ends.shift()) {
      end();
      await new Promise(setImmediate);
    }
    await Promise.all(this.#all);
  }

  async #run(name: string): Promise<void> {
    const task = async () => {
      this.begun.push(name);
      await new Promise<void>((end) => this.#ends.push(end));
    };
    await this.queue.run(name.slice(0, 1), task).catch((error: unknown) => {
      expect(error).toBeInstanceOf(QueueFull);
      this.refused.push(name);
    });
  }
}

test('runs as many tasks at once as it may, and the others in turn', async () => {
  const scene = new Scene(2, 10);
  scene.add('a1', 'a2', 'a3', 'a4');
  expect(scene.begun).toEqual(['a1', 'a2']);
  expect(scene.queue.waiting).toBe(2);
  await scene.finish();
  expect(scene.begun).toEqual(['a1', 'a2', 'a3', 'a4']);
  expect(scene.queue.waiting).toBe(0);
});

test('serves the clients in turn, however many tasks one of them has', async () => {
  const scene = new Scene(1, 10);
  scene.add('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1');
  await scene.finish();
  expect(scene.begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('gives the last place of the client with the most to one that has fewer', async () => {
  const scene = new Scene(1, 5);
  scene.add('a1', 'a2', 'a3', 'a4', 'a5');
  scene.add('b1', 'b2', 'b3');
  await new Promise(setImmediate);
  expect(scene.refused.toSorted()).toEqual(['a4', 'a5', 'b3']);
  expect(scene.queue.waiting).toBe(4);
  await scene.finish();
  expect(scene.begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
});

test('of clients that have as many, those that came first keep their places', async () => {
  const scene = new Scene(1, 4);
  scene.add('a1', 'a2', 'b1', 'c1', 'd1', 'a3');
  await new Promise(setImmediate);
  expect(scene.refused).toEqual(['d1', 'a3']);
  await scene.finish();
});

test('a task that fails hands its place on and the queue takes the next', async () => {
  const queue = new BoundedQueue({ concurrency: 1, capacity: 2 });
  const failing = queue.run('a', async () => Promise.reject(new Error('no')));
  const next = queue.run('a', async () => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
  expect(await queue.run('a', async () => Promise.resolve('again'))).toBe('again');
});

test('takes nothing more than it may, even where fewer may wait than may run', async () => {
  const scene = new Scene(2, 1);
  scene.add('a1', 'b1');
  await new Promise(setImmediate);
  expect(scene.begun).toEqual(['a1']);
  expect(scene.refused).toEqual(['b1']);
  await scene.finish();
});
