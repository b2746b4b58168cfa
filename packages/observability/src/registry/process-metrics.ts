import type { Definitions } from "./definition.ts";

const perProcess = { labels: [] } as const;

/** Of the process, not of a service: told apart by the scraped instance. Read by prom-client. */
export const processMetrics = {
  cartwright_log_lines_total: {
    type: "counter",
    unit: "{line}",
    labels: ["service", "level"],
    help: "Lines written to the log.",
  },
  cartwright_log_lines_dropped_total: {
    type: "counter",
    unit: "{line}",
    labels: ["service", "level"],
    help: "Lines that repeated what the log had said often enough within ten seconds.",
  },
  process_cpu_user_seconds_total: {
    ...perProcess,
    type: "counter",
    unit: "s",
    help: "Total user CPU time spent in seconds.",
  },
  process_cpu_system_seconds_total: {
    ...perProcess,
    type: "counter",
    unit: "s",
    help: "Total system CPU time spent in seconds.",
  },
  process_cpu_seconds_total: {
    ...perProcess,
    type: "counter",
    unit: "s",
    help: "Total user and system CPU time spent in seconds.",
  },
  process_start_time_seconds: {
    ...perProcess,
    type: "gauge",
    unit: "s",
    help: "Start time of the process since unix epoch in seconds.",
  },
  process_resident_memory_bytes: {
    ...perProcess,
    type: "gauge",
    unit: "By",
    help: "Resident memory size in bytes.",
  },
  process_open_fds: {
    ...perProcess,
    type: "gauge",
    unit: "{descriptor}",
    help: "Number of open file descriptors.",
  },
  process_max_fds: {
    ...perProcess,
    type: "gauge",
    unit: "{descriptor}",
    help: "Maximum number of open file descriptors.",
  },
  nodejs_eventloop_lag_seconds: {
    ...perProcess,
    type: "gauge",
    unit: "s",
    help: "Lag of event loop in seconds.",
  },
  nodejs_eventloop_lag_mean_seconds: {
    ...perProcess,
    type: "gauge",
    unit: "s",
    help: "The mean of the recorded event loop delays.",
  },
  nodejs_eventloop_lag_p99_seconds: {
    ...perProcess,
    type: "gauge",
    unit: "s",
    help: "The 99th percentile of the recorded event loop delays.",
  },
  nodejs_heap_size_total_bytes: {
    ...perProcess,
    type: "gauge",
    unit: "By",
    help: "Process heap size from Node.js in bytes.",
  },
  nodejs_heap_size_used_bytes: {
    ...perProcess,
    type: "gauge",
    unit: "By",
    help: "Process heap size used from Node.js in bytes.",
  },
  nodejs_external_memory_bytes: {
    ...perProcess,
    type: "gauge",
    unit: "By",
    help: "Node.js external memory size in bytes.",
  },
  nodejs_gc_duration_seconds: {
    type: "histogram",
    unit: "s",
    labels: ["kind"],
    help: "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
    buckets: [0.001, 0.01, 0.1, 1],
  },
  nodejs_version_info: {
    type: "gauge",
    unit: "{process}",
    labels: ["version", "major", "minor", "patch"],
    help: "Node.js version info.",
  },
} as const satisfies Definitions;
