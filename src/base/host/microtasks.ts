/**
 * Resolves when every promise chain that runs now has come to its end: the event loop takes its next turn only when no
 * microtask is left, however long the chains are. What waits for a thread, a file or a socket is not waited for.
 */
export function microtasksDrained(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
