/** One JSON line per entry: time, level, component, message, fields. Secrets never go into fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with these fields on every line. */
  with(fields: LogFields): Log;
}

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = "debug" | "info" | "warn" | "error";

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface LogOptions {
  readonly level?: LogLevel;
  readonly fields?: LogFields;
}

/** A log that writes each line (without the newline) to `write`. `now` gives epoch milliseconds. */
export function createLog(write: (line: string) => void, now: () => number, options: LogOptions = {}): Log {
  const least = order[options.level ?? "info"];
  const make = (bound: LogFields): Log => {
    const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
      if (order[level] < least) return;
      write(JSON.stringify({ time: new Date(now()).toISOString(), level, ...bound, message, ...readable(fields) }));
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: fields => make({ ...bound, ...fields }),
    };
  };
  return make(options.fields ?? {});
}

/** A log that keeps nothing. */
export const silentLog: Log = createLog(
  () => {},
  () => 0,
  { level: "error" },
);

function readable(fields: LogFields | undefined): LogFields | undefined {
  if (fields === undefined || !(fields["error"] instanceof Error)) return fields;
  const error = fields["error"];
  return { ...fields, error: error.message, stack: error.stack?.split("\n").slice(1, 6).join(" | ") };
}
