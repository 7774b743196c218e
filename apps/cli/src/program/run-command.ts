import { commands } from '../command-specs/commands.js'
import type { CommandSpec } from '../command-specs/command-spec.js'
import type { CommandOutcome } from '../output/command.js'
import { loadCommand } from '../commands/load-command.js'
import type { FileSettings } from '../options/file-settings.js'
import { findConfig } from '../config/find-config.js'
import { adoptAwsVariables, readDotEnv } from '../options/dot-env.js'
import type { ParsedArguments } from '../command-line/parse-arguments.js'
import { booleanFlag, choiceFlag, resolveLogLevel, textFlag } from '../options/flag-values.js'
import { completeProxies } from '../options/environment-proxy.js'
import { storesByPosition } from '../options/stores-by-position.js'
import { createSettings, unknownVariables, type Settings } from '../options/settings.js'
import { resolveFinishHooks } from '../copy/finish-hooks.js'
import { exitCodes } from '../errors/exit-codes.js'
import { describeFailure } from '../output/describe-failure.js'
import { createJsonLines } from '../output/json-lines.js'
import type { Output } from '../output/output.js'
import { createRenderer } from '../output/renderer.js'
import { createRedactor } from '../text/redact.js'
import { installShutdown } from './shutdown.js'
import { unfinishedSummary } from '../copy/unfinished-summary.js'

/** Events after which there is something to drain. */
const begins: ReadonlySet<string> = new Set(['start', 'verifying', 'joined'])

/** A command with everything around it set up: settings read, signals caught, display on. */
export interface RunningCommand {
  readonly json: boolean
  /** The exit code says how it went: neither progress nor the summary is shown. */
  readonly quiet: boolean
  readonly debug: boolean
  readonly drains: boolean
  readonly redact: (text: string) => string
  run(): Promise<CommandOutcome>
  /** Prints one of the lines before the last. */
  row(data: object): void
  /** Prints the last line of `--json`. */
  lastLine(data: object): void
}

export async function prepareCommand(
  parsed: ParsedArguments,
  argv: readonly string[],
  stdout: Output,
  stderr: Output,
): Promise<RunningCommand> {
  const spec: CommandSpec = commands[parsed.command]
  const environment = { ...process.env }
  const dotEnv = readDotEnv(process.cwd())
  const stores = spec.takesStores === true ? storesByPosition(parsed.positionals) : undefined
  const settingsWith = async (variables: typeof dotEnv): Promise<Settings> => {
    const sources = { flags: parsed.flags, environment, dotEnv: variables, stores }
    return createSettings({ ...sources, file: await configurationFor(spec, createSettings(sources)) })
  }
  const settings = await settingsWith(dotEnv)
  const json = booleanFlag(settings, 'json')
  const logLevel = resolveLogLevel(settings)
  const redact = createRedactor(settings.secrets())
  const ignored = adoptAwsVariables(dotEnv, process.env)
  completeProxies(process.env)

  const hooks = spec.copies === true ? resolveFinishHooks(settings) : undefined
  const notifyEnd = async (data: object): Promise<void> => {
    if (hooks?.command === undefined && hooks?.url === undefined) return
    const { notifyFinish } = await import('../copy/notify-finish.js')
    await notifyFinish(hooks, JSON.parse(redact(JSON.stringify(data))) as object, (line) =>
      renderer.warn(line),
    )
  }
  const lines = createJsonLines(stdout)
  const drains =
    spec.drains !== undefined && (spec.drainsWith === undefined || booleanFlag(settings, spec.drainsWith))
  const quiet = parsed.quiet && spec.copies === true && drains && !json
  const renderer = await createRenderer({
    stdout,
    stderr,
    json,
    quiet,
    lines,
    logLevel,
    logFormat: choiceFlag(settings, 'log-format') ?? (stderr.isTTY || spec.forPeople ? 'text' : 'json'),
    logFile: textFlag(settings, 'log-file'),
    environment,
    redact,
  })
  let started = spec.drains === 'always'
  const shutdown = installShutdown({
    drains: () => started,
    lastWords(exitCode) {
      renderer.close()
      if (json && drains && spec.copies) {
        lines.last({ ...unfinishedSummary(renderer.model.progress), exitCode })
      }
    },
  })
  for (const line of [...ignored, ...unknownVariables({ environment, dotEnv })]) renderer.warn(line)

  return {
    json,
    quiet,
    debug: logLevel === 'DEBUG',
    drains,
    redact,
    row: (data) => lines.event(data),
    lastLine: (data) => lines.last(data),
    async run() {
      try {
        const command = await loadCommand(parsed.command)
        const work = command.run({
          settings,
          readSettings: () => settingsWith(readDotEnv(process.cwd())),
          setLogLevel: (level) => renderer.setLogLevel(level),
          positionals: parsed.positionals,
          environment,
          argv,
          drain: shutdown.drain,
          abort: shutdown.abort,
          stoppedBy: () => shutdown.stoppedBy(),
          beforeExit: (tidy) => shutdown.beforeExit(tidy),
          emit(event) {
            if (begins.has(event.type)) started = drains
            renderer.event(event)
          },
        })
        const ended = await shutdown.unlessExiting(work)
        const lost = [...renderer.lost, ...(json && stdout.closed ? ['events of --json'] : [])]
        const outcome = drains && lost.length > 0 ? incomplete(ended, lost) : ended
        if (outcome.failure !== undefined) renderer.failed(describeFailure(outcome.failure))
        renderer.finished(outcome.data)
        await notifyEnd(outcome.data)
        return outcome
      } catch (error) {
        const failure = describeFailure(error)
        renderer.failed(failure)
        await notifyEnd({ ...failure.data, exitCode: failure.exitCode, reason: failure.reason })
        throw error
      } finally {
        renderer.close()
      }
    },
  }
}

/** The configuration file, for a command that takes one. What reads and checks it is loaded only when there is one. */
async function configurationFor(spec: CommandSpec, settings: Settings): Promise<FileSettings | undefined> {
  if (!spec.flags.includes('config')) return undefined
  const found = findConfig(settings, process.cwd())
  if (found === undefined) return undefined
  const { loadConfig } = await import('../config/load-config.js')
  return loadConfig(found, settings.flag('profile'))
}

/** The outcome of a command that did its work but could not report all of it. */
function incomplete(outcome: CommandOutcome, lost: readonly string[]): CommandOutcome {
  const exitCode = outcome.exitCode === exitCodes.ok ? exitCodes.failures : outcome.exitCode
  const { reason } = outcome.data as { reason?: string }
  return {
    ...outcome,
    exitCode,
    data: { ...outcome.data, lost, exitCode, ...(reason === 'finished' ? { reason: 'failures' } : {}) },
    render: (style) => `${outcome.render(style)}${style.red(`Incomplete: ${lost.join(', ')}.`)}\n`,
  }
}
