import type { Flag } from './flag.js'

/** Flags of output: what, where and how. */
export const outputFlags = {
  report: {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Write one row per object to FILE (.parquet, .jsonl, .csv)',
  },
  'report-mode': {
    kind: 'choice',
    choices: ['new', 'append', 'replace'],
    describe: 'What to do when the report has rows already; new refuses to start',
    defaultText: 'new',
  },
  'metrics-port': {
    kind: 'integer',
    minimum: 0,
    maximum: 65_535,
    describe: 'Serve a live page and Prometheus metrics; 0 picks a port',
  },
  'metrics-host': {
    kind: 'text',
    valueName: 'ADDRESS',
    describe: 'Address for --metrics-port to listen on',
    defaultText: '127.0.0.1',
  },
  'on-finish': {
    kind: 'text',
    valueName: 'COMMAND',
    commandLineOnly: true,
    describe: 'Run this shell command when the run ends; it gets the summary as JSON on stdin',
  },
  webhook: {
    kind: 'text',
    valueName: 'URL',
    describe: 'POST the summary as JSON to this URL when the run ends',
  },
  'require-work': {
    kind: 'boolean',
    describe: 'Exit with 3 when no object was found, or filters left none',
  },
  json: { kind: 'boolean', describe: 'Print newline-delimited JSON events on stdout' },
  'log-level': {
    kind: 'choice',
    choices: ['DEBUG', 'INFO', 'WARNING', 'ERROR'],
    describe: 'Least severe log messages to show',
    defaultText: 'INFO',
  },
  'log-format': {
    kind: 'choice',
    choices: ['text', 'json'],
    describe: 'Log format on stderr: text for people, JSON for collectors',
    defaultText: 'text on a terminal, else json',
  },
  'log-file': {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Also log to FILE as JSON lines; rotated at 64 MiB, keeping five files',
  },
} as const satisfies Record<string, Flag>
