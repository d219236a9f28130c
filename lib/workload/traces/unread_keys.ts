/** Collects the keys of rows that nothing reads. */
export class UnreadKeys {
  readonly #read: ReadonlySet<string>;
  readonly #found = new Set<string>();

  constructor(read: Iterable<string>) {
    this.#read = new Set(read);
  }

  /** Looks at one row. */
  see(row: Readonly<Record<string, unknown>>): void {
    for (const key in row) if (!this.#read.has(key)) this.#found.add(key);
  }

  /** The keys as part of a trace; nothing when every key is read. */
  field(): { readonly unread?: readonly string[] } {
    return this.#found.size > 0 ? { unread: [...this.#found] } : {};
  }
}
