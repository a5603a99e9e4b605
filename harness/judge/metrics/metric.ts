import type { MetricValue, Trace } from "../../contract/index.ts";

/** One quantity that is read off a trace. */
export interface Metric {
  /** Permanent name; records, budgets and published figures refer to it. */
  readonly id: string;
  readonly title: string;
  /** How it is measured, in one sentence. */
  readonly description: string;
  readonly unit: MetricValue["unit"];
  readonly better: MetricValue["better"];
  /** The same seed gives the same value to the last bit, in a world that is exact itself. */
  readonly exact: boolean;
  compute(trace: Trace): Measurement;
}

/** What was seen, what the engine says, and the best that the link allows; null where there is no such value. */
export interface Measurement {
  readonly observed: number | null;
  readonly claimed?: number | null;
  readonly ceiling?: number | null;
  /** Raw values behind `observed`. @default the observed value alone */
  readonly samples?: readonly number[];
}

export function metricValue(metric: Metric, trace: Trace): MetricValue {
  const { observed, claimed = null, ceiling = null, samples } = metric.compute(trace);
  return {
    unit: metric.unit,
    better: metric.better,
    exact: metric.exact && trace.world === "virtual",
    observed,
    claimed,
    ceiling,
    samples: [...(samples ?? (observed === null ? [] : [observed]))],
  };
}
