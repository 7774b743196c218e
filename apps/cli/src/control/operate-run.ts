import type { RunControls, SyncEvent } from '@lagoon/sync'
import type { CommandContext } from '../commands/command.js'
import type { ControlState, LiveRun } from '../live/live-file.js'
import { describeFailure } from '../output/describe-failure.js'
import { parseChanges, type Changes } from './changes.js'
import { startControlServer, type ControlServer } from './control-server.js'
import { Governor } from './governor.js'
import type { ControlRequest } from './protocol.js'
import { compareSettings, resolveRunSettings } from './run-settings.js'

/** Everything through which a run is changed while it goes on: `lagoon ctl`, SIGHUP, the schedule. */
export interface Operation {
  readonly onControls: (controls: RunControls) => void
  note(event: SyncEvent): void
  state(): ControlState
  end(): void
}

export interface OperationOptions {
  readonly context: Pick<CommandContext, 'settings' | 'readSettings' | 'setLogLevel' | 'emit'>
  readonly dataDir: string
  /** Flags and variables that the run takes. */
  readonly settingNames: readonly string[]
  /** The run as it is now. */
  readonly run: () => LiveRun
}

/** Begins with the run's `start` event; a dry run, which holds no directory and copies nothing, is left alone. */
export function operateRun({ context, dataDir, settingNames, run }: OperationOptions): Operation {
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
  const answer = (request: ControlRequest): { ok: true; run: LiveRun } => {
    const by = 'lagoon ctl'
    if (request.command === 'pause') governor.pause(by)
    else if (request.command === 'resume') governor.resume(by)
    else if (request.command === 'set') change(changesOf(request.values), by)
    return { ok: true, run: run() }
  }
  const reload = async (): Promise<void> => {
    try {
      const fresh = await context.readSettings()
      const { changes, applied, needRestart } = compareSettings(settings, fresh, settingNames)
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
    server = startControlServer(dataDir, answer).catch((error: unknown) => {
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
    note(event) {
      if (event.type === 'start' && !event.dryRun) begin()
      else if (event.type === 'progress') governor.tick()
      // Before the data directory is let go of: the next run's socket has the same name.
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

function warn(context: Pick<CommandContext, 'emit'>, message: string, hint: string | undefined): void {
  context.emit({
    type: 'warning',
    code: 'LAGOON_CLI_CONTROL',
    message,
    ...(hint === undefined ? {} : { hint }),
  })
}
