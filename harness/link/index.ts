export * from "./direction.ts";
export * from "./flow.ts";
export {
  bandwidthDelayBytes,
  goodputCeilingBytesPerSecond,
  roundTripNs,
  roundTripOfNs,
  segmentBytes,
} from "./framing.ts";
export { meanRateBitsPerSecond, parseMahimahi } from "./mahimahi.ts";
export * from "./spec.ts";
