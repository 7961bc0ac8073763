import type { Changes, Entry, EntryTable } from "./entries.ts";
import { masqueradeMark } from "./plan.ts";

export const tableName = "ip k8ts";

export interface TableOptions {
  readonly nodeIp: string;
  readonly serviceCidr: string;
  /** The cluster's pods. */
  readonly podCidr: string;
}

const elementTables: readonly EntryTable[] = ["svc", "ep", "np", "npi", "npep", "hp", "hairpin"];
/** Long lines are slow to read for nobody but people; still, one command per 200 elements. */
const elementsPerCommand = 200;

/** One transaction that replaces whatever the table was by all of these entries. */
export function fullTransaction(entries: readonly Entry[], options: TableOptions): string {
  // `table` first: deleting one that is not there would fail.
  const base = `table ${tableName}\ndelete table ${tableName}\n${skeleton(options)}`;
  return base + changeTransaction({ removed: [], added: entries });
}

/**
 * One transaction for a few changes, in the order that references demand: sets and chains exist before they are named,
 * and are named no longer when they go.
 */
export function changeTransaction({ removed, added }: Changes): string {
  const lines: string[] = [];
  const isNew = (entry: Entry) => !removed.some(old => old.table === entry.table && old.key === entry.key);
  const stays = new Set(added.map(entry => `${entry.table}|${entry.key}`));
  const goes = (entry: Entry) => !stays.has(`${entry.table}|${entry.key}`);
  const of = (entries: readonly Entry[], table: EntryTable) => entries.filter(entry => entry.table === table);
  const chains = of(added, "chain");
  for (const set of of(added, "set").filter(isNew)) lines.push(`add set ${tableName} ${set.key} { ${set.value} }`);
  for (const chain of chains) lines.push(`add chain ${tableName} ${chain.key}`);
  for (const table of elementTables) lines.push(...elementCommands("delete", table, of(removed, table)));
  for (const chain of chains) {
    if (!isNew(chain)) lines.push(`flush chain ${tableName} ${chain.key}`);
    for (const rule of chain.value.split("\n")) lines.push(`add rule ${tableName} ${chain.key} ${rule}`);
  }
  for (const table of elementTables) lines.push(...elementCommands("add", table, of(added, table)));
  const goneChains = of(removed, "chain").filter(goes);
  for (const { key } of goneChains) lines.push(`flush chain ${tableName} ${key}`);
  for (const { key } of goneChains) lines.push(`delete chain ${tableName} ${key}`);
  for (const { key } of of(removed, "set").filter(goes)) lines.push(`delete set ${tableName} ${key}`);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function elementCommands(command: "add" | "delete", table: EntryTable, entries: readonly Entry[]): string[] {
  const commands: string[] = [];
  for (let i = 0; i < entries.length; i += elementsPerCommand) {
    const elements = entries
      .slice(i, i + elementsPerCommand)
      .map(({ key, value }) => (value === "" || command === "delete" ? key : `${key} : ${value}`));
    commands.push(`${command} element ${tableName} ${table} { ${elements.join(", ")} }`);
  }
  return commands;
}

/** What never changes: maps, hooks, and the refusal of Service addresses that nothing took. */
function skeleton({ nodeIp, serviceCidr, podCidr }: TableOptions): string {
  return `table ${tableName} {
 map svc { type ipv4_addr . inet_proto . inet_service : verdict; }
 map ep { type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service; }
 map np { type inet_proto . inet_service : verdict; }
 map npi { type inet_proto . inet_service : verdict; }
 map npep { type inet_proto . inet_service . mark : ipv4_addr . inet_service; }
 map hp { type inet_proto . inet_service : ipv4_addr . inet_service; }
 set hairpin { type ipv4_addr . ipv4_addr; }
 chain prerouting { type nat hook prerouting priority dstnat; policy accept; jump services; }
 chain output { type nat hook output priority -100; policy accept; jump services; }
 chain services {
  ip daddr . meta l4proto . th dport vmap @svc
  ip daddr ${nodeIp} jump node_ports
 }
 chain node_ports {
  meta l4proto { tcp, udp } dnat ip to meta l4proto . th dport map @hp
  ip saddr ${podCidr} meta l4proto . th dport vmap @npi
  fib saddr type local meta l4proto . th dport vmap @npi
  meta l4proto . th dport vmap @np
 }
 chain to_ep { meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport . meta mark map @ep; }
 chain to_npep { meta l4proto { tcp, udp } dnat ip to meta l4proto . th dport . meta mark map @npep; }
 chain dropit { drop; }
 chain postrouting {
  type nat hook postrouting priority srcnat; policy accept;
  meta mark & ${masqueradeMark} == ${masqueradeMark} masquerade
  ct status dnat ip saddr . ip daddr @hairpin masquerade
 }
 chain unclaimed { fib daddr type local accept; ip daddr ${serviceCidr} reject; }
 chain filter_forward { type filter hook forward priority 0; policy accept; ct state new jump unclaimed; }
 chain filter_output { type filter hook output priority 0; policy accept; ct state new jump unclaimed; }
}
`;
}
