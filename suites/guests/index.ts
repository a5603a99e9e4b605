/** Guests and hosts by name. Sizes are the names; fills and device state are assumptions, stated in the source. */
import type { HostProfile } from "../../harness/contract/catalogue.ts";
import type { Guest } from "../../harness/contract/schemas/guest.ts";
import { named, type Source } from "../collection.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const FILL: Guest["fill"] = { zero: 0.3, duplicate: 0.05, compressible: 0.4, compressedShare: 0.35 };

const guest = (id: string, title: string, memoryBytes: number, vcpus: number, more: Partial<Guest> = {}): Guest => ({
  version: 1,
  id,
  title,
  source:
    "assumed for Longhaul: 30 % zero pages, 5 % duplicates, 40 % compressible to 35 %, the rest random; 1 MiB of device state",
  verified: true,
  memoryBytes,
  pageSizeBytes: 4096,
  vcpus,
  deviceStateBytes: MIB,
  fill: FILL,
  ...more,
});

const guests: readonly Guest[] = [
  guest("vm-256m", "256 MiB, 1 vCPU", 256 * MIB, 1),
  guest("vm-1g", "1 GiB, 1 vCPU", GIB, 1),
  guest("vm-4g", "4 GiB, 4 vCPUs", 4 * GIB, 4),
  guest("vm-16g", "16 GiB, 8 vCPUs", 16 * GIB, 8),
  guest("vm-64g", "64 GiB, 16 vCPUs", 64 * GIB, 16),
  guest("vm-1t", "1 TiB, 64 vCPUs", 1024 * GIB, 64),
  guest("huge-2m-16g", "16 GiB in pages of 2 MiB, 8 vCPUs", 16 * GIB, 8, {
    pageSizeBytes: 2_097_152,
    fill: { zero: 0.1, duplicate: 0, compressible: 0.5, compressedShare: 0.35 },
    source: "assumed for Longhaul: 10 % zero pages, 50 % compressible to 35 %, the rest random; 1 MiB of device state",
  }),
];

export const guestSources = (): Source<Guest>[] => named(guests);

/**
 * Send: 33.4 Gb/s per channel, from 66.8 Gb/s over 2 channels, nothing compressed. Compress: 64 GiB filled to 90 % with
 * zstd took 78.3 s over 2 channels and 20.2 s over 8, which is 0.39 and 0.38 GB/s per thread.
 */
const defaultHost: HostProfile = {
  id: "default",
  title: "Server processors of about 2024",
  source:
    "scan: 21.5 GB/s measured on one machine; send and compress: derived from the 100 Gb/s table of qemu-devel, QPL v7, 2024 " +
    "(66.8 Gb/s over 2 channels; zstd); 20 ms of setup and 10 ms of resume: assumed",
  verified: true,
  scanBytesPerSecond: 21.5e9,
  sendBytesPerSecondPerThread: 4.2e9,
  compressBytesPerSecondPerThread: 0.4e9,
  setupNs: 20e6,
  resumeNs: 10e6,
};

export const hostSources = (): Source<HostProfile>[] => named([defaultHost]);
