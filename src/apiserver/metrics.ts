import type { RequestInfo } from "./request-info.ts";

/** What /metrics says of requests: how many there were and how long they took, under upstream's names. */
export interface RequestMetrics {
  observe(info: RequestInfo, status: number, durationMs: number): void;
  /** Prometheus text. */
  text(): string;
}

const bucketsSeconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 5, 10, 30, 60];

interface Series {
  readonly labels: string;
  readonly codes: Map<number, number>;
  readonly buckets: number[];
  count: number;
  sumSeconds: number;
}

/** `isServed`: what else is asked for is not counted, or any client could make this grow without end. */
export function createRequestMetrics(isServed: (info: RequestInfo) => boolean): RequestMetrics {
  const byVerb = new Map<string, Map<string, Series>>();
  const seriesOf = ({ verb, group, version, resource, subresource }: RequestInfo): Series => {
    const target = `${group}/${version}/${resource}/${subresource}`;
    let byTarget = byVerb.get(verb);
    if (byTarget === undefined) {
      byTarget = new Map();
      byVerb.set(verb, byTarget);
    }
    let series = byTarget.get(target);
    if (series === undefined) {
      const labels = `verb="${verb.toUpperCase()}",group="${group}",version="${version}",resource="${resource}",subresource="${subresource}"`;
      series = { labels, codes: new Map(), buckets: bucketsSeconds.map(() => 0), count: 0, sumSeconds: 0 };
      byTarget.set(target, series);
    }
    return series;
  };
  return {
    observe(info, status, durationMs) {
      if (!info.isResourceRequest || !isServed(info)) return;
      const series = seriesOf(info);
      series.codes.set(status, (series.codes.get(status) ?? 0) + 1);
      const seconds = durationMs / 1000;
      const bucket = bucketsSeconds.findIndex(limit => seconds <= limit);
      if (bucket >= 0) series.buckets[bucket]!++;
      series.count++;
      series.sumSeconds += seconds;
    },
    text() {
      const all = [...byVerb.values()].flatMap(targets => [...targets.values()]);
      return [
        "# HELP apiserver_request_total Requests by verb, resource and status code.",
        "# TYPE apiserver_request_total counter",
        ...all.flatMap(({ labels, codes }) =>
          [...codes].map(([code, count]) => `apiserver_request_total{${labels},code="${code}"} ${count}`),
        ),
        "# HELP apiserver_request_duration_seconds Time until a request was answered, in seconds.",
        "# TYPE apiserver_request_duration_seconds histogram",
        ...all.flatMap(histogramLines),
        "",
      ].join("\n");
    },
  };
}

function histogramLines({ labels, buckets, count, sumSeconds }: Series): string[] {
  const name = "apiserver_request_duration_seconds";
  let below = 0;
  return [
    ...bucketsSeconds.map((limit, index) => {
      below += buckets[index]!;
      return `${name}_bucket{${labels},le="${limit}"} ${below}`;
    }),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sumSeconds}`,
    `${name}_count{${labels}} ${count}`,
  ];
}
