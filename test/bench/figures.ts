/** What is measured, and what it should be. */
export interface Figure {
  readonly name: string;
  readonly unit: "s" | "ms" | "us" | "MB" | "%" | "/s";
  readonly target: number;
}

const figure = (name: string, unit: Figure["unit"], target: number): Figure => ({ name, unit, target });

/** In the order of the table. Rates are to be reached, everything else not to be passed. */
export const figures = {
  apiAnswers: figure("up: API answers", "s", 0.5),
  oneNodeReady: figure("up: one node Ready, DNS answers", "s", 1.2),
  appAnswers: figure("up: an app answers by its Service's DNS name", "s", 2),
  threeNodesReady: figure("up: three nodes Ready", "s", 2),
  down: figure("down", "s", 0.5),
  podReadyP50: figure("pod create to Ready, p50", "ms", 150),
  podReadyP99: figure("pod create to Ready, p99", "ms", 400),
  thirtyPodsReady: figure("30 pods at once on three nodes Ready", "s", 2),
  inProcess: figure("in-process cluster, 3 simulated nodes usable", "ms", 300),
  memoryOneNode: figure("idle memory (PSS), one node", "MB", 250),
  memoryThreeNodes: figure("idle memory (PSS), three nodes", "MB", 450),
  idleProcessor: figure("idle processor time, three nodes, of one core", "%", 3),
  create1: figure("durable creates, 1 client", "/s", 1_200),
  create1Cpu: figure("  server CPU each", "ms", 0.45),
  create16: figure("durable creates, 16 clients", "/s", 4_000),
  create16Cpu: figure("  server CPU each", "ms", 0.2),
  create64: figure("durable creates, 64 clients", "/s", 5_000),
  create64Cpu: figure("  server CPU each", "ms", 0.2),
  get64: figure("GET, 64 clients", "/s", 12_000),
  get64Cpu: figure("  server CPU each", "ms", 0.06),
  list: figure("LIST of 10,000 objects", "ms", 50),
  watch: figure("watch deliveries, 100 x 1,000", "/s", 60_000),
  watchCpu: figure("  server CPU each", "us", 8),
  journeyCost: figure("journey: recording a write, of its CPU", "%", 2),
};

export type Measured = Map<Figure, number[]>;

export function record(measured: Measured, of: Figure, value: number): void {
  const values = measured.get(of);
  if (values === undefined) measured.set(of, [value]);
  else values.push(value);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  if (at < 0) throw new RangeError("no values");
  return sorted[at]!;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function isMet({ unit, target }: Figure, value: number): boolean {
  return unit === "/s" ? value >= target : value <= target;
}
