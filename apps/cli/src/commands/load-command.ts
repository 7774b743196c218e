import type { CommandName } from '../command-specs/commands.js'
import type { CommandModule } from '../output/command.js'

/** What each command loads, on demand. */
const loaders: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  sync: () => import('./sync.js'),
  worker: () => import('./worker.js'),
  plan: () => import('./plan.js'),
  verify: () => import('./verify.js'),
  cleanup: () => import('./cleanup.js'),
  'ctl status': async () => (await import('./ctl.js')).status,
  'ctl pause': async () => (await import('./ctl.js')).pause,
  'ctl resume': async () => (await import('./ctl.js')).resume,
  'ctl set': async () => (await import('./ctl.js')).set,
  status: () => import('./status.js'),
  runs: () => import('./runs.js'),
  failures: () => import('./failures.js'),
  'manifest inspect': () => import('./manifest-inspect.js'),
  'manifest create': () => import('./manifest-create.js'),
  'state forget': () => import('./state-forget.js'),
  'state move': () => import('./state-move.js'),
  'state compact': () => import('./state-compact.js'),
  'job list': async () => (await import('./job.js')).list,
  'job delete': async () => (await import('./job.js')).remove,
  'job export': async () => (await import('./job.js')).exportToFile,
  'job import': async () => (await import('./job.js')).importFromFile,
  init: () => import('./init.js'),
  doctor: () => import('./doctor.js'),
  'config show': () => import('./config-show.js'),
  'config schema': () => import('./config-schema.js'),
  demo: () => import('./demo.js'),
  completion: () => import('./completion.js'),
}

export function loadCommand(name: CommandName): Promise<CommandModule> {
  return loaders[name]()
}
