/**
 * The part of the nftables table that changes, as a flat set of entries: elements of its maps and sets, and whole
 * chains and affinity sets.
 */
export interface Entry {
  readonly table: EntryTable;
  readonly key: string;
  readonly value: string;
}

/**
 * | table | key | value |
 * |---|---|---|
 * | svc | address . protocol . port | where to: `goto c3` |
 * | ep | address . protocol . port . slot | endpoint address . port |
 * | np, npi | protocol . port | where to; npi: from this node and its pods |
 * | npep | protocol . port . slot | endpoint address . port |
 * | hp | protocol . port | pod address . port |
 * | hairpin | address . address | - |
 * | chain | name | its rules, a line each |
 * | set | name | its declaration |
 */
export type EntryTable = "svc" | "ep" | "np" | "npi" | "npep" | "hp" | "hairpin" | "chain" | "set";

export interface Changes {
  readonly removed: readonly Entry[];
  readonly added: readonly Entry[];
}

/** Who wants which entries. Several owners may want the same one (a chain for three endpoints, a hairpin pair). */
export class EntryTableState {
  readonly #byOwner = new Map<string, readonly Entry[]>();
  /** Values in the order in which owners came; the first is the one in force. */
  readonly #values = new Map<string, string[]>();
  /** What was in force when changes were last taken, for entries touched since. */
  readonly #before = new Map<string, Entry | undefined>();

  /** From now on `owner` wants these entries and no others. */
  set(owner: string, entries: readonly Entry[]): void {
    for (const entry of this.#byOwner.get(owner) ?? []) this.#remove(entry);
    for (const entry of entries) this.#add(entry);
    if (entries.length > 0) this.#byOwner.set(owner, entries);
    else this.#byOwner.delete(owner);
  }

  get owners(): Iterable<string> {
    return this.#byOwner.keys();
  }

  /** What has to be removed and added since the last call. */
  takeChanges(): Changes {
    const removed: Entry[] = [];
    const added: Entry[] = [];
    for (const [id, before] of this.#before) {
      const value = this.#values.get(id)?.[0];
      if (before?.value === value) continue;
      if (before !== undefined) removed.push(before);
      if (value !== undefined) added.push({ ...parseId(id), value });
    }
    this.#before.clear();
    return { removed, added };
  }

  /** Everything that is in force. */
  all(): readonly Entry[] {
    return Array.from(this.#values, ([id, values]) => ({ ...parseId(id), value: values[0]! }));
  }

  #add(entry: Entry): void {
    const id = this.#touch(entry);
    const values = this.#values.get(id);
    if (values === undefined) this.#values.set(id, [entry.value]);
    else values.push(entry.value);
  }

  #remove(entry: Entry): void {
    const id = this.#touch(entry);
    const values = this.#values.get(id)!;
    values.splice(values.indexOf(entry.value), 1);
    if (values.length === 0) this.#values.delete(id);
  }

  #touch({ table, key }: Entry): string {
    const id = `${table}|${key}`;
    if (!this.#before.has(id)) {
      const value = this.#values.get(id)?.[0];
      this.#before.set(id, value === undefined ? undefined : { table, key, value });
    }
    return id;
  }
}

function parseId(id: string): { readonly table: EntryTable; readonly key: string } {
  const bar = id.indexOf("|");
  return { table: id.slice(0, bar) as EntryTable, key: id.slice(bar + 1) };
}
