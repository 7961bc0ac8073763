/** Fails at once, and says why, where a test makes namespaces, mounts, rules or files of other users without the right to. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) throw new Error("this test changes what only root may change: run it as root");
}
