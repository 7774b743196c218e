import type { Shard } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { choiceFlag } from './flag-values.js'
import type { Setting } from './setting.js'
import type { Settings } from './settings.js'
import { shardsVariable } from './variables.js'

/** The placeholder of the shard's index in `--data-dir` and `--report`. */
const placeholder = '{shard}'

/** The part of the job that this process copies, if it is one of several. Throws what is wrong with it. */
export function resolveShard(settings: Settings): Shard | undefined {
  const setting = settings.flag('shard')
  const by = choiceFlag(settings, 'shard-by')
  if (setting === undefined) {
    if (by === undefined) return undefined
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `${settings.flag('shard-by')!.origin} is set, but --shard is not`,
      'Set the shard, for example --shard 3/16, or omit --shard-by.',
    )
  }
  const place = setting.value.trim() === 'auto' ? placeInArray(settings, setting) : placeOf(setting)
  return { ...place, by: by ?? 'key' }
}

/** The text with the shard's index inserted. */
export function withShard(text: string, settings: Settings, origin: string): string {
  if (!text.includes(placeholder)) return text
  const shard = resolveShard(settings)
  if (shard !== undefined) return text.replaceAll(placeholder, String(shard.index))
  throw new CliError(
    'LAGOON_CLI_CONFLICT',
    `${origin} holds ${placeholder}, but --shard is not set`,
    'Set --shard, or use a path without a placeholder.',
  )
}

function placeOf(setting: Setting): Pick<Shard, 'index' | 'count'> {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(setting.value.trim()) ?? []
  return checked(Number(index ?? Number.NaN), Number(count ?? Number.NaN), setting)
}

function checked(index: number, count: number, { origin, value }: Setting): Pick<Shard, 'index' | 'count'> {
  if (index < count && count <= 65_535) return { index, count }
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${origin} is ${JSON.stringify(printable(value))}`,
    'Allowed: I/N with I from 0 to N - 1 and N up to 65535, for example 0/16, or auto.',
  )
}

/**
 * The place of this process in an Indexed Job of Kubernetes or an array of Slurm.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode, https://slurm.schedmd.com/job_array.html
 */
function placeInArray(settings: Settings, setting: Setting): Pick<Shard, 'index' | 'count'> {
  const number = (name: string): number | undefined => {
    const value = settings.variable(name)?.value.trim()
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined
  }
  const kubernetes = { index: number('JOB_COMPLETION_INDEX'), count: number(shardsVariable) }
  if (kubernetes.index !== undefined && kubernetes.count !== undefined) {
    const value = `${kubernetes.index}/${kubernetes.count} by JOB_COMPLETION_INDEX and LAGOON_SHARDS`
    return checked(kubernetes.index, kubernetes.count, { ...setting, value })
  }
  const [id, first, count] = [
    number('SLURM_ARRAY_TASK_ID'),
    number('SLURM_ARRAY_TASK_MIN'),
    number('SLURM_ARRAY_TASK_COUNT'),
  ]
  if (id !== undefined && first !== undefined && count !== undefined) {
    const step = number('SLURM_ARRAY_TASK_STEP') ?? 1
    const value = `task ${id} of ${count} from ${first} in steps of ${step} by SLURM_ARRAY_TASK_ID, _MIN, _COUNT and _STEP`
    return checked((id - first) / step, count, { ...setting, value })
  }
  throw new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    `${setting.origin} is auto, but no variable says which shard this is`,
    kubernetes.index === undefined
      ? 'Kubernetes: an Indexed Job sets JOB_COMPLETION_INDEX, set LAGOON_SHARDS to its completions. Slurm: start it with --array. Elsewhere: --shard I/N.'
      : 'Set LAGOON_SHARDS to the completions of the Indexed Job.',
  )
}
