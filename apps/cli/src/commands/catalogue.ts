import { namesOf, settingNames, type FlagName } from '../options/flags.js'
import { copyFlags } from '../options/flags/copying.js'
import { filterFlags } from '../options/flags/filters.js'
import { scheduleFlags } from '../options/flags/scheduling.js'
import type { BooleanFlagName } from '../options/parse-value.js'
import type { CommandModule } from './command.js'

/** What is known of a command without loading it. */
export interface CommandSpec {
  readonly describe: string
  readonly flags: readonly FlagName[]
  /**
   * When a first signal lets work in flight finish, `once started` meaning from the run's `start` event on. At any other time,
   * and for other commands, it ends the process at once.
   */
  readonly drains?: 'always' | 'once started'
  /** The command drains only with this flag; without it the rest is a question that ends at once. */
  readonly drainsWith?: BooleanFlagName
  /** Its log is made of lines for people wherever it goes, unless told otherwise. */
  readonly forPeople?: true
  /** What stands after the name, as the help shows it, and how many there may be. */
  readonly positionals?: { readonly usage: string; readonly minimum: number; readonly maximum: number }
  readonly examples?: readonly (readonly [command: string, what: string])[]
  load(): Promise<CommandModule>
}

/** Flags that every command takes. */
const commonFlags = ['json', 'log-level', 'log-format', 'log-file'] as const

/** Flags of every command that has settings. */
const settingFlags = ['config', 'profile', ...commonFlags] as const

/** How objects are copied, and what a run tells: for every command that copies. */
const copyRunFlags = [
  'min-concurrency',
  'max-concurrency',
  'concurrency',
  'no-controller',
  'controller-interval-s',
  'threads',
  'max-attempts',
  ...namesOf(copyFlags),
  ...namesOf(scheduleFlags),
  'report',
  'metrics-port',
  'metrics-host',
] as const

export const commands = {
  sync: {
    describe: 'Copy every object that the manifests name (this is what `lagoon` alone does)',
    flags: [
      'manifest-prefix',
      'manifest',
      'manifest-column',
      ...namesOf(filterFlags),
      'data-dir',
      ...copyRunFlags,
      'watch',
      'dry-run',
      ...settingFlags,
    ],
    examples: [
      ['lagoon --dry-run', 'how much there is to do'],
      ['lagoon --data-dir state --max-concurrency 512', 'copy; repeat the command to resume'],
      ['lagoon --json --report run.parquet', 'events for a machine, a row for each object'],
      ['find-keys | lagoon --manifest -', 'the objects that another program names'],
      ['lagoon --watch 5m', 'and every manifest that comes later, until it is stopped'],
    ],
    drains: 'once started',
    load: () => import('./sync.js'),
  },
  plan: {
    describe: 'What a run would do and take: objects, bytes, requests, time, cost; touches nothing',
    flags: [
      'manifest-prefix',
      'manifest',
      'manifest-column',
      ...namesOf(filterFlags),
      'multipart-threshold',
      'part-size',
      'data-dir',
      'price-get-1000',
      'price-put-1000',
      'price-egress-gb',
      ...settingFlags,
    ],
    examples: [
      ['lagoon plan --price-put-1000 0.005 --price-egress-gb 0.09', 'with the cost at these prices'],
    ],
    drains: 'once started',
    load: () => import('./plan.js'),
  },
  verify: {
    describe: 'Whether it is all there: compare what the manifests name on both sides, copy nothing',
    flags: [
      'manifest-prefix',
      'manifest',
      'manifest-column',
      ...namesOf(filterFlags),
      'strip-prefix',
      'add-prefix',
      'compare',
      'min-concurrency',
      'max-concurrency',
      'concurrency',
      'no-controller',
      'controller-interval-s',
      'max-attempts',
      'max-requests-per-second',
      'requester-pays',
      'report',
      ...settingFlags,
    ],
    examples: [
      ['lagoon verify --compare checksum,metadata --report verify.parquet', 'all that can be compared'],
    ],
    drains: 'once started',
    load: () => import('./verify.js'),
  },
  cleanup: {
    describe: 'Abort the multipart uploads that stopped runs left at the destination, and say what they held',
    flags: ['data-dir', 'strip-prefix', 'add-prefix', 'dry-run', ...settingFlags],
    examples: [['lagoon cleanup --dry-run', 'what there is, and nothing is aborted']],
    load: () => import('./cleanup.js'),
  },
  'ctl status': {
    describe: 'Ask the run under way: figures, limits in force, schedule',
    flags: ['data-dir', ...settingFlags],
    load: async () => (await import('./ctl.js')).status,
  },
  'ctl pause': {
    describe: 'Hold the run under way: what is in flight finishes, nothing new begins',
    flags: ['data-dir', ...settingFlags],
    load: async () => (await import('./ctl.js')).pause,
  },
  'ctl resume': {
    describe: 'Let a paused run go on',
    flags: ['data-dir', ...settingFlags],
    load: async () => (await import('./ctl.js')).resume,
  },
  'ctl set': {
    describe: 'Change the run under way, until its end: bounds, caps, schedule, log level; none lifts a cap',
    flags: ['data-dir', ...settingFlags],
    positionals: { usage: '<NAME=VALUE ...>', minimum: 1, maximum: 20 },
    examples: [
      ['lagoon ctl set max-concurrency=64 max-bytes-per-second=50MB', 'leave room for others'],
      ['lagoon ctl set max-bytes-per-second=none log-level=debug', 'no cap, and say more'],
    ],
    load: async () => (await import('./ctl.js')).set,
  },
  status: {
    describe: 'How far it is: the run under way, what is complete and failed, runs before, each manifest',
    flags: ['data-dir', 'limit', 'key', ...settingFlags],
    examples: [
      ['lagoon status --key data/a.bin', 'whether this object was copied: COMPLETED or FAILED, and why'],
    ],
    load: () => import('./status.js'),
  },
  failures: {
    describe: 'What failed and why: counts by class and code, and the objects; --retry tries them again',
    flags: [
      'data-dir',
      'class',
      'code',
      'manifest',
      'limit',
      'export',
      'as',
      'retry',
      ...copyRunFlags,
      ...settingFlags,
    ],
    drains: 'once started',
    drainsWith: 'retry',
    examples: [
      ['lagoon failures --retry --class transient', 'once more what failed for a passing reason'],
      ['lagoon failures --code NoSuchKey', 'the objects that the source does not have'],
      ['lagoon failures --export failed.jsonl', 'all of them, for another tool'],
      ['lagoon failures --export failed.parquet --as manifest', 'manifests for another job'],
    ],
    load: () => import('./failures.js'),
  },
  'manifest inspect': {
    describe: 'What manifests hold: columns, rows, row groups; all under the prefix, or the ones named',
    flags: ['manifest-prefix', 'manifest-column', 'every-row', 'limit', ...settingFlags],
    positionals: { usage: '[KEY|PATH ...]', minimum: 0, maximum: 100 },
    load: () => import('./manifest-inspect.js'),
  },
  'manifest create': {
    describe:
      'Make manifests of the source bucket, or of some prefixes of it, by listing, or of a list, table or query',
    flags: [
      'from',
      'manifest-column',
      'from-table',
      'from-column',
      'from-query',
      'cut-prefix',
      'max-rows',
      'only-new',
      'order',
      'list-concurrency',
      'output',
      'rows-per-file',
      'upload',
      'manifest-prefix',
      ...settingFlags,
    ],
    positionals: { usage: '[PREFIX ...]', minimum: 0, maximum: 1000 },
    examples: [
      ['lagoon manifest create photos/ tables/ --upload', 'what the next sync copies'],
      ['lagoon manifest create --from keys.csv', 'keys, and sizes, ETags, times where the list has them'],
      [
        'lagoon manifest create --from-table files --from-column path --only-new --upload',
        'what a database has since',
      ],
    ],
    load: () => import('./manifest-create.js'),
  },
  'state forget': {
    describe: 'Make the next run look again: at keys, at manifests, or at whatever failed',
    flags: ['data-dir', 'key', 'manifest', 'failed', ...settingFlags],
    positionals: { usage: '[KEY ...]', minimum: 0, maximum: 10_000 },
    examples: [['lagoon state forget data/a.bin', 'copy this object again in the next run']],
    load: () => import('./state-forget.js'),
  },
  'state compact': {
    describe: 'Give the disk space back that the data directory no longer needs',
    flags: ['data-dir', ...settingFlags],
    load: () => import('./state-compact.js'),
  },
  doctor: {
    describe:
      'Try both stores and this machine with the least that a run needs, and say how to mend what is wrong',
    flags: [
      'manifest-prefix',
      'manifest-column',
      'add-prefix',
      'copy-tags',
      'storage-class',
      'acl',
      'sse',
      'sse-kms-key-id',
      'data-dir',
      'min-concurrency',
      'max-concurrency',
      'concurrency',
      ...settingFlags,
    ],
    load: () => import('./doctor.js'),
  },
  'config show': {
    describe: 'Every setting with its value and where that comes from, secrets masked',
    flags: settingNames,
    examples: [['lagoon config show --profile prod', 'what a run with this profile would take']],
    load: () => import('./config-show.js'),
  },
  'config schema': {
    describe: 'Print the JSON Schema of configuration files',
    flags: [...commonFlags],
    load: () => import('./config-schema.js'),
  },
  demo: {
    describe: 'Copy a sample lake between two stores on this machine, interrupt it, resume, compare',
    flags: [...commonFlags],
    drains: 'always',
    forPeople: true,
    load: () => import('./demo.js'),
  },
  completion: {
    describe: 'Print the completion script for a shell',
    flags: [...commonFlags],
    positionals: { usage: '<bash|zsh|fish>', minimum: 1, maximum: 1 },
    examples: [['source <(lagoon completion bash)', 'for this shell']],
    load: () => import('./completion.js'),
  },
} as const satisfies Record<string, CommandSpec>

export type CommandName = keyof typeof commands

export const commandNames = Object.keys(commands) as CommandName[]

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

/** The command that the words begin with, and how many of them are its name. */
export function commandIn(words: readonly string[]): { name: CommandName; length: number } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    if (words.length >= length && isCommandName(name)) return { name, length }
  }
  return undefined
}
