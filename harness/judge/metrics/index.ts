/** Every metric, in the order in which records list them. */
import { brownout } from "./brownout.ts";
import { bytes } from "./bytes.ts";
import { dirtyRateFirst, dirtyRateHighest } from "./dirty-rate.ts";
import { downtime } from "./downtime.ts";
import { faultLatency, faultLatencyP99 } from "./fault-latency.ts";
import { faults } from "./faults.ts";
import { goodput } from "./goodput.ts";
import { goodputShare } from "./goodput-share.ts";
import type { Metric } from "./metric.ts";
import { pagesSent } from "./pages-sent.ts";
import { rounds } from "./rounds.ts";
import { totalTime } from "./total-time.ts";
import { workLost } from "./work-lost.ts";

export const metrics: readonly Metric[] = [
  totalTime,
  downtime,
  brownout,
  rounds,
  bytes,
  goodput,
  goodputShare,
  faults,
  faultLatency,
  faultLatencyP99,
  workLost,
  pagesSent,
  dirtyRateFirst,
  dirtyRateHighest,
];
export { type Measurement, type Metric, metricValue } from "./metric.ts";
