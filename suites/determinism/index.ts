/** Cells that between them touch every model: what must come out the same, to the last byte, wherever it runs. */
import type { Suite, SuiteEntry } from "../../harness/contract/cell.ts";

const entry = (part: Partial<SuiteEntry>): SuiteEntry => ({
  engines: [],
  links: [],
  scenarios: [],
  policies: [],
  published: [],
  ...part,
});

export const determinismSuite: Suite = {
  id: "determinism",
  title: "Every model once",
  description:
    "Every engine, congestion control, loss model, link event, throttle and workload; small guests where they do.",
  entries: [
    entry({
      links: [
        "rate=1Gbps,rtt=20ms,jitter=1ms,loss=0.01%,cc=reno",
        "rate=1Gbps,rtt=20ms,loss=ge(0.1%,20%,0%,50%),cc=cubic,streams=4",
        "rate=1Gbps,rtt=20ms,loss=0.1%,cc=bbr,cross=300Mbps,crossflows=3",
        "down.rate=100Mbps,up.rate=1Gbps,rtt=20ms,queue=64KiB,outage@1s+500ms,rate@2s=200Mbps",
      ],
      scenarios: ["hot-256m"],
    }),
    entry({
      engines: ["pre-copy"],
      links: ["lan-10g"],
      scenarios: [
        "sequential-1g",
        "web-4g",
        "database-4g",
        "uniform-4g",
        "zipf-4g",
        "bursts-4g",
        "phases-4g",
        "zstd-4g",
        "delta-4g",
        "huge-pages-2m",
      ],
    }),
    entry({ engines: ["hybrid"], links: ["lan-10g"], scenarios: ["busy-4g"] }),
    entry({ engines: ["post-copy"], links: ["transatlantic-10g"], scenarios: ["read-mostly-4g", "pre-paging-4g"] }),
    entry({
      engines: ["pre-copy"],
      links: ["metro-vmotion"],
      scenarios: ["hot-256m"],
      policies: ["xen-classic", "xen-v2", "qemu-auto-converge", "qemu-dirty-limit", "hyper-v", "metro-vmotion"],
    }),
    entry({
      engines: ["pre-copy"],
      links: ["lan-1g"],
      scenarios: ["hot-256m"],
      policies: ["libvirt-nova", "cloud-hypervisor", "proxmox", "simgrid"],
    }),
  ],
};
