import type { RunControls, SyncEvent } from '@lagoon/sync'
import type { OperatorSettings } from '@lagoon/sync/work'
import type { CommandContext } from '../output/command.js'
import type { ControlState, LiveRun } from '../output/live-file.js'
import { describeFailure } from '../output/describe-failure.js'
import { parseChanges, type Changes } from './changes.js'
import { startControlServer, type ControlServer } from './control-server.js'
import { Governor, type OperatorLimits } from './governor.js'
import type { ControlRequest } from './protocol.js'
import { compareSettings, resolveRunSettings } from './run-settings.js'

/** Everything that changes a run while it runs: `lagoon ctl`, SIGHUP, the schedule, the operator of a job. */
interface RunOperation {
  readonly onControls: (controls: RunControls) => void
  /** The limits of a job that this process shares with others. */
  readonly onOperator: (settings: OperatorSettings) => void
  note(event: SyncEvent): void
  state(): ControlState
  end(): void
}

interface OperationOptions {
  readonly context: Pick<CommandContext, 'settings' | 'readSettings' | 'setLogLevel' | 'emit'>
  /** Flags and variables that the run uses. */
  readonly settingNames: readonly string[]
  /** Where `lagoon ctl` reaches the run, and the run as it is now; null for a worker, which is reached through its job. */
  readonly local: { readonly dataDir: string; readonly run: () => LiveRun } | null
}

/** Begins with the run's `start` or `joined` event; a dry run, which holds no directory and copies nothing, is left alone. */
export function operateRun({ context, settingNames, local }: OperationOptions): RunOperation {
  let { settings } = context
  const { limits, schedule, logLevel: levelAtFirst } = resolveRunSettings(settings)
  const governor = new Governor({ limits, schedule })
  let logLevel = levelAtFirst
  let controls: RunControls | null = null
  let ended = false
  let server: Promise<ControlServer | null> = Promise.resolve(null)

  const change = (changes: Changes, by: string): void => {
    governor.change(changes, by)
    if (changes.logLevel === undefined) return
    logLevel = changes.logLevel
    context.setLogLevel(logLevel)
  }
  const answerWith =
    (run: () => LiveRun) =>
    (request: ControlRequest): { ok: true; run: LiveRun } => {
      const by = 'lagoon ctl'
      if (request.command === 'pause') governor.pause(by)
      else if (request.command === 'resume') governor.resume(by)
      else if (request.command === 'set') change(changesOf(request.values), by)
      return { ok: true, run: run() }
    }
  const reload = async (): Promise<void> => {
    try {
      const fresh = await context.readSettings()
      const running = { limits: governor.limits, schedule: governor.schedule, logLevel }
      const { changes, applied, needRestart } = compareSettings(settings, fresh, settingNames, running)
      change(changes, 'SIGHUP')
      settings = fresh
      context.emit({ type: 'reloaded', applied, needRestart })
    } catch (error) {
      const { message, hint } = describeFailure(error).data
      warn(context, `SIGHUP: settings not changed: ${message}`, hint)
    }
  }
  const onHangUp = (): void => void reload()
  const begin = (): void => {
    process.on('SIGHUP', onHangUp)
    governor.begin(controls!)
    if (local === null) return
    server = startControlServer(local.dataDir, answerWith(local.run)).catch((error: unknown) => {
      const { message, hint } = describeFailure(error).data
      warn(context, `lagoon ctl cannot reach this run: ${message}`, hint)
      return null
    })
  }
  const end = (): void => {
    if (ended) return
    ended = true
    process.off('SIGHUP', onHangUp)
    void server.then((started) => started?.close())
  }
  return {
    onControls: (given) => void (controls = given),
    onOperator(settings) {
      try {
        change(changesOfJob(settings, limits), "the job's operator")
      } catch (error) {
        const { message, hint } = describeFailure(error).data
        warn(context, `what the job's operator has set is not obeyed: ${message}`, hint)
      }
    },
    note(event) {
      if ((event.type === 'start' && !event.dryRun) || event.type === 'joined') begin()
      else if (event.type === 'progress') governor.tick()
      // Before the data directory is released: the next run's socket has the same name.
      else if (event.type === 'summary') end()
    },
    state: () => ({
      pausedBy: governor.pausedBy,
      limits: governor.inForce,
      schedule: governor.schedule && {
        text: governor.schedule.text,
        timeZone: governor.schedule.timeZone,
        now: governor.slot,
      },
      logLevel,
    }),
    end,
  }
}

function changesOf(values: readonly (readonly [string, string])[]): Changes {
  return parseChanges(values.map(([name, value]) => [name, { value, origin: name, from: 'flag' }]))
}

/** What holds for a worker: its own settings, and of what is set for the job its part; the tightest of them. */
function changesOfJob({ job, own, part }: OperatorSettings, atStart: OperatorLimits): Changes {
  const [all, alone] = [job, own].map((settings) =>
    changesOf(Object.entries(settings).map(([name, value]) => [name, String(value ?? 'none')])),
  ) as [Changes, Changes]
  const least = (name: 'maxBytesPerSecond' | 'maxRequestsPerSecond' | 'maxConcurrency' | 'concurrency') => {
    const whole = all[name]
    const given = [whole == null ? null : Math.max(1, Math.floor(whole * part)), alone[name], atStart[name]]
    return given.reduce<number | null>(
      (low, each) => (each == null ? low : Math.min(low ?? each, each)),
      null,
    )
  }
  const number = atStart.concurrency === null ? 'maxConcurrency' : 'concurrency'
  const minConcurrency = alone.minConcurrency ?? all.minConcurrency ?? atStart.minConcurrency
  return {
    ...all,
    ...alone,
    maxBytesPerSecond: least('maxBytesPerSecond'),
    maxRequestsPerSecond: least('maxRequestsPerSecond'),
    [number]: least(number)!,
    ...(number === 'concurrency' ? {} : { minConcurrency: Math.min(minConcurrency, least(number)!) }),
  }
}

function warn(context: Pick<CommandContext, 'emit'>, message: string, hint: string | undefined): void {
  context.emit({
    type: 'warning',
    code: 'LAGOON_CLI_CONTROL',
    message,
    ...(hint === undefined ? {} : { hint }),
  })
}
