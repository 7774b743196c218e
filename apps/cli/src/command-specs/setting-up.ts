import { namesOf, settingNames } from '../options/flags.js'
import { initFlags } from '../options/flags/initialising.js'
import { queueCheckFlags, queueFlags } from '../options/flags/queue.js'
import type { CommandSpec } from './command-spec.js'
import { commonFlags, settingFlags, stores } from './common-flags.js'

/** Commands for before the first run. */
export const settingUpCommands = {
  init: {
    describe: 'Set up two stores: ask, test, write .env',
    ...stores,
    flags: [...namesOf(initFlags), ...commonFlags],
    forPeople: true,
    examples: [
      ['lagoon init', 'ask for everything'],
      [
        'lagoon init --source-bucket lake --source-provider aws --destination-bucket copy --destination-provider wasabi --destination-region eu-central-1',
        'without a terminal; the keys are in the environment',
      ],
    ],
  },
  doctor: {
    ...stores,
    describe: 'Check both stores and this machine before a run',
    flags: [
      ...namesOf(queueFlags),
      ...namesOf(queueCheckFlags),
      'queue-replicas',
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
    examples: [
      ['lagoon doctor --queue nats://nats:4222', 'the queue, too, and the least permissions of its users'],
    ],
  },
  'config show': {
    describe: 'Show every setting with its value and origin',
    flags: settingNames,
    examples: [['lagoon config show --profile prod', 'settings of a run with this profile']],
  },
  'config schema': {
    describe: 'Print the JSON Schema of configuration files, or of events',
    flags: [...commonFlags],
    positionals: {
      name: 'what',
      usage: '[config|events]',
      minimum: 0,
      maximum: 1,
      choices: ['config', 'events'],
    },
  },
  demo: {
    describe: 'Copy, interrupt, resume and compare a sample lake',
    flags: ['workers', ...namesOf(queueFlags), ...commonFlags],
    drains: 'always',
    forPeople: true,
    examples: [['lagoon demo --workers 3', 'three workers share a job, and one of them is killed']],
  },
  completion: {
    describe: 'Print or install shell completion',
    flags: ['install', ...commonFlags],
    positionals: {
      name: 'shell',
      usage: '[bash|zsh|fish]',
      minimum: 0,
      maximum: 1,
      choices: ['bash', 'zsh', 'fish'],
    },
    examples: [
      ['lagoon completion --install', 'install for your shell'],
      ['source <(lagoon completion bash)', 'for this shell only'],
    ],
  },
} as const satisfies Record<string, CommandSpec>
