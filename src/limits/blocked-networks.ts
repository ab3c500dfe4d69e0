/** How many networks are noted at most. */
const MAX_NETWORKS = 10_000;

/** After so long PostgreSQL is asked again: in another worker the network may have got attempts back. */
const RECHECK_MS = 10_000;

/** The networks that this worker has seen refused a moment ago, so that they are refused without asking PostgreSQL. */
export class BlockedNetworks {
  readonly #notes = new Map<string, { readonly since: number; readonly until: number }>();

  /** Until when a network is blocked, in milliseconds since 1970; null when that is not known. */
  until(network: string): number | null {
    const note = this.#notes.get(network);
    if (!note) return null;
    const now = Date.now();
    if (now < note.until && now < note.since + RECHECK_MS) return note.until;
    this.#notes.delete(network);
    return null;
  }

  add(network: string, until: number): void {
    const [oldest] = this.#notes.keys();
    if (this.#notes.size >= MAX_NETWORKS && oldest !== undefined) this.#notes.delete(oldest);
    this.#notes.set(network, { since: Date.now(), until });
  }

  delete(network: string): void {
    this.#notes.delete(network);
  }
}
