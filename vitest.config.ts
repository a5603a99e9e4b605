import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{harness,engines,suites,reports}/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
