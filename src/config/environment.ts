/** A setting whose value needs a variable that is not set. */
export interface UnsetVariable {
  readonly path: PropertyKey[];
  readonly name: string;
}

/** Puts the environment's values in place of `${NAME}` and `${NAME:-default}`. */
export class Environment {
  readonly unset: UnsetVariable[] = [];
  readonly #references: { name: string; fallback: string | undefined }[] = [];

  constructor(private readonly variables: NodeJS.ProcessEnv) {}

  /**
   * Replaces each reference in YAML text by a mark that means nothing to YAML, so that no value, whatever characters
   * it has, can change the structure of the file.
   */
  mark(yaml: string): string {
    return yaml.replace(REFERENCE, (_, name: string, fallback?: string) => {
      const index = this.#references.push({ name, fallback }) - 1;
      return `${MARK}${index}${MARK}`;
    });
  }

  /** Replaces the marks in what was parsed from the text by the values. */
  fill(parsed: unknown, path: PropertyKey[] = []): unknown {
    if (typeof parsed === 'string') {
      return parsed.replace(MARKED, (_, index: string) => this.#valueOf(Number(index), path));
    }
    if (Array.isArray(parsed)) return parsed.map((item, i) => this.fill(item, [...path, i]));
    if (typeof parsed === 'object' && parsed !== null) {
      return Object.fromEntries(
        Object.entries(parsed).map(([key, value]) => [key, this.fill(value, [...path, key])]),
      );
    }
    return parsed;
  }

  /** An empty variable counts as unset, as with a shell's `:-`. */
  #valueOf(index: number, path: PropertyKey[]): string {
    const { name = '', fallback } = this.#references[index] ?? {};
    const value = this.variables[name] || fallback;
    if (value === undefined) this.unset.push({ path, name });
    return value ?? '';
  }
}

const REFERENCE = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/** A character for private use: it stands in no YAML syntax and in no sensible file. */
const MARK = '\uE000';
const MARKED = /\uE000(\d+)\uE000/g;
