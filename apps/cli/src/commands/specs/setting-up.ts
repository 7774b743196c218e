import { settingNames } from '../../options/flags.js'
import type { CommandSpec } from '../command-spec.js'
import { commonFlags, settingFlags } from './common-flags.js'

/** Commands for before the first run. */
export const settingUpCommands = {
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
  },
  'config show': {
    describe: 'Every setting with its value and where that comes from, secrets masked',
    flags: settingNames,
    examples: [['lagoon config show --profile prod', 'what a run with this profile would take']],
  },
  'config schema': {
    describe: 'Print the JSON Schema of configuration files',
    flags: [...commonFlags],
  },
  demo: {
    describe: 'Copy a sample lake between two stores on this machine, interrupt it, resume, compare',
    flags: [...commonFlags],
    drains: 'always',
    forPeople: true,
  },
  completion: {
    describe: 'Print the completion script for a shell',
    flags: [...commonFlags],
    positionals: { usage: '<bash|zsh|fish>', minimum: 1, maximum: 1 },
    examples: [['source <(lagoon completion bash)', 'for this shell']],
  },
} as const satisfies Record<string, CommandSpec>
