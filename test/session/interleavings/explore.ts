/** Something that an actor is about to do to one key of a store. */
export interface Access {
  readonly key: string;
  readonly writes: boolean;
}

/** Resolves when it is the actor's turn. */
export type TakeTurn = (access: Access) => Promise<void>;

/** Has actors do something at once, who wait for their turn before every access. Resolves when all have ended. */
export type Scenario = (takeTurn: TakeTurn) => Promise<void>;

/** Which of all waits of a run it is. It is the same in each run that has gone the same way so far. */
type WaitNumber = number;

interface Waiting {
  readonly access: Access;
  readonly go: () => void;
}

/** A point where somebody had to be chosen, and what is left to try there. */
interface Choice {
  readonly chosen: WaitNumber;
  /** Who need not be tried at this point: another order that was tried comes to the same. */
  readonly asleep: ReadonlyMap<WaitNumber, Access>;
  readonly untried: WaitNumber[];
  /** Whom was tried here, and what they were about to do. */
  readonly tried: Map<WaitNumber, Access>;
}

/**
 * Runs a scenario again and again, until its actors have taken their turns in every order that makes a difference: two
 * accesses to different keys, or that write nothing, may come in either order ("sleep sets", Godefroid 1996).
 * Resolves to how many orders were run.
 * @param most stops after so many
 */
export async function explore(scenario: Scenario, most = Infinity): Promise<number> {
  let path: Choice[] = [];
  for (let runs = 1; ; runs++) {
    path = await run(scenario, path);
    while (path.length > 0 && path.at(-1)!.untried.length === 0) path.pop();
    const last = path.pop();
    if (!last || runs >= most) return runs;
    const [next = 0, ...untried] = last.untried;
    const asleep = new Map([...last.asleep, ...last.tried]);
    path.push({ chosen: next, asleep, untried, tried: last.tried });
  }
}

/** Runs the scenario along a path and then on, whoever comes first; resolves to the path that it took. */
async function run(scenario: Scenario, path: readonly Choice[]): Promise<Choice[]> {
  const waiting = new Map<WaitNumber, Waiting>();
  let waits = 0;
  const takeTurn: TakeTurn = async (access) =>
    new Promise((go) => waiting.set(waits++, { access, go }));
  let ended = false;
  const all = scenario(takeTurn).finally(() => {
    ended = true;
  });
  // Whoever awaits it below hears of its failure.
  all.catch(() => undefined);

  const taken: Choice[] = [];
  let asleep: ReadonlyMap<WaitNumber, Access> = new Map();
  for (;;) {
    await settled(() => ended || waiting.size > 0);
    if (ended) break;
    const choice = path[taken.length] ?? choose(waiting, asleep);
    const { access, go } = waiting.get(choice.chosen)!;
    choice.tried.set(choice.chosen, access);
    taken.push(choice);
    asleep = new Map([...choice.asleep].filter(([, other]) => areIndependent(access, other)));
    waiting.delete(choice.chosen);
    go();
  }
  await all;
  return taken;
}

/** Whoever waits and is not asleep; where all are, the order comes to the same as another, and is only run to its end. */
function choose(
  waiting: ReadonlyMap<WaitNumber, Waiting>,
  asleep: ReadonlyMap<WaitNumber, Access>,
): Choice {
  const numbers = [...waiting.keys()];
  const [chosen, ...untried] = numbers.filter((each) => !asleep.has(each));
  if (chosen === undefined) return { chosen: numbers[0]!, asleep, untried: [], tried: new Map() };
  return { chosen, asleep, untried, tried: new Map() };
}

function areIndependent(one: Access, other: Access): boolean {
  return one.key !== other.key || (!one.writes && !other.writes);
}

/** Resolves when whoever was given a turn has come to the next one, or to an end. */
async function settled(hasSettled: () => boolean): Promise<void> {
  do {
    await new Promise((resolve) => void setImmediate(resolve));
  } while (!hasSettled());
}
