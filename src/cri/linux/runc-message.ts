/** What runc says went wrong, out of its log line: whole if it has another form. */
export function runcMessage(text: string): string {
  const quoted = /\bmsg=("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return quoted === undefined ? text.trim() : (JSON.parse(quoted) as string);
}
