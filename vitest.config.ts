import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/*.test.ts", "test/simulation/**/*.test.ts", "test/interop/**/*.test.ts"],
    isolate: false,
    pool: "threads",
    maxWorkers: 2,
    // Generous: it is there for what hangs, not for what is slow on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
