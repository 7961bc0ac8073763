import { defineConfig } from "vitest/config";

/** Real clusters on this machine: one file after another, one test after another. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    isolate: true,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
