import { type Check, observe } from "./check.ts";

/** "failed" and "stalled" promise nothing about where the guest runs; the other words do. */
export const truthfulState: Check = {
  id: "truthful-state",
  level: "MUST",
  requirement:
    "An engine MUST say that it completed only when the guest was moved, and that it gave up or was cancelled only when it was not.",
  judge(trace) {
    const { kind } = trace.outcome;
    const moved = trace.events.some(
      (event) => event.by === "witness" && event.kind === "guest-running" && event.side === "destination",
    );
    if (kind === "failed" || kind === "stalled") return null;
    return observe(moved === (kind === "completed"), {
      expected: kind === "completed" ? "the guest ran on the destination" : "the guest never ran on the destination",
      actual: `"${kind}" claimed; the guest ${moved ? "ran" : "never ran"} on the destination`,
    });
  },
};
