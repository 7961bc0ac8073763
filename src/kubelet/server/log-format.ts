/** One line of a container's log in CRI's format: `<RFC 3339 time> stdout|stderr F|P <text>`. */
export interface LogLine {
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  /** With its newline, unless more of the line follows (`P`). */
  readonly text: string;
}

/** Undefined when the line is none (cut off by a crash). */
export function parseLogLine(line: string): LogLine | undefined {
  const first = line.indexOf(" ");
  const second = line.indexOf(" ", first + 1);
  const third = line.indexOf(" ", second + 1);
  if (first < 0 || second < 0) return undefined;
  const stream = line.slice(first + 1, second);
  if (stream !== "stdout" && stream !== "stderr") return undefined;
  const tag = third < 0 ? line.slice(second + 1) : line.slice(second + 1, third);
  const text = third < 0 ? "" : line.slice(third + 1);
  return { time: line.slice(0, first), stream, text: tag.split(":")[0] === "P" ? text : `${text}\n` };
}
