import type { Flag } from '../flag.js'

/** What is told, where and how. */
export const tellFlags = {
  report: {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Write a row for each object of this run to FILE, .parquet or .jsonl by its name',
  },
  'metrics-port': {
    kind: 'integer',
    minimum: 0,
    maximum: 65_535,
    describe: 'Serve a live page, Prometheus metrics and /healthz on this port; 0 takes a free one',
  },
  'metrics-host': {
    kind: 'text',
    valueName: 'ADDRESS',
    describe: 'Address that --metrics-port listens on',
    defaultText: '127.0.0.1',
  },
  json: { kind: 'boolean', describe: 'Newline-delimited JSON on stdout and nothing else there' },
  'log-level': {
    kind: 'choice',
    choices: ['DEBUG', 'INFO', 'WARNING', 'ERROR'],
    describe: 'Least severe messages on stderr, in any case; DEBUG also shows causes of errors',
    defaultText: 'INFO',
  },
  'log-format': {
    kind: 'choice',
    choices: ['text', 'json'],
    describe: 'Log on stderr as lines for people, or as JSON lines for a collector',
    defaultText: 'text on a terminal, else json',
  },
  'log-file': {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Also log to FILE as JSON lines; turned over at 64 MiB, five old ones are kept',
  },
} as const satisfies Record<string, Flag>
