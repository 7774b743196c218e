import type { ProgressEvent } from '@lagoon/sync'
import type { CommandEvent, NoteEvent, ReloadedEvent, View, ViewEvent } from './command.js'
import { enumerate } from '../text/nearest.js'
import type { LogLevel } from '../options/flag-values.js'
import { inCliWords } from './cli-names.js'
import type { FailureDescription } from './describe-failure.js'
import type { JsonLines } from './json-lines.js'
import type { Display } from './live-display.js'
import { openLogFile } from './log-file.js'
import { createLogger, teeLogger, type Logger } from './logger.js'
import type { Output } from './output.js'
import { createNoProgress, createPlainProgress } from './plain-progress.js'
import { beginRun, createProgressModel, updateProgressModel, type ProgressModel } from './progress-model.js'
import { createRunLog } from './run-log.js'
import { createStyle, wantsColor } from '../text/style.js'

/** Shows a run: events on stdout for programs, display and log on stderr for people. */
interface Renderer {
  event(event: CommandEvent): void
  warn(message: string): void
  /** For the log file: how the command ended. What the screen shows of it is the entry's. */
  finished(data: object): void
  failed(failure: FailureDescription): void
  setLogLevel(level: LogLevel): void
  /** Outputs that are incomplete: the report, the log file. */
  readonly lost: readonly string[]
  /** The latest figures, for a summary if the run itself can give none. */
  readonly model: ProgressModel
  /** Removes the display and reports the counts of repeated messages. */
  close(): void
}

interface RendererOptions {
  readonly stdout: Output
  readonly stderr: Output
  readonly json: boolean
  /** No progress is shown. */
  readonly quiet: boolean
  /** Takes the events under `--json`. */
  readonly lines: JsonLines
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
  /** Undefined: the log goes to stderr alone. */
  readonly logFile: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Applied to every line for people. */
  readonly redact: (text: string) => string
}

export async function createRenderer(options: RendererOptions): Promise<Renderer> {
  const { stderr, json, lines, logLevel: level, logFormat: format, environment, redact } = options
  const lost: string[] = []
  const onLost = (error: Error) => {
    lost.push('log file')
    toScreen.warn({}, `the log file is incomplete: ${error.message}`)
  }
  const logFile = options.logFile === undefined ? undefined : openLogFile({ path: options.logFile, onLost })
  const model = createProgressModel()
  const color = wantsColor(stderr, environment)
  // Text does not belong among JSON lines: there, the logger reports progress like everything else.
  const logProgress = (progress: ProgressEvent, line: string) =>
    format === 'json' ? toScreen.info(progress, line) : stderr.write(`${redact(line)}\n`)
  const display = await createDisplay(options, model, color, logProgress)
  const toFile =
    logFile &&
    (await createLogger({
      level,
      format: 'json',
      color: false,
      write: (line) => logFile.write(redact(line)),
    }))
  const toScreen: Logger = await createLogger({
    level,
    format,
    color,
    write: (line) => display.above(redact(line)),
  })
  const logger = toFile === undefined ? toScreen : teeLogger([toScreen, toFile])
  const runLog = createRunLog(logger)
  /** Returns false for what was reported before. */
  const log = (event: Exclude<CommandEvent, NoteEvent | ViewEvent>): boolean => {
    if (event.type === 'listening') {
      logger.info(event, `live page at ${event.url}/, metrics at ${event.url}/metrics`)
    } else if (event.type === 'reloaded') {
      logger.info(event, describeReloaded(event))
    } else if (event.type === 'verifying') {
      beginRun(model)
      const who = event.job === undefined ? '' : `worker ${event.worker ?? ''} of verification ${event.job}: `
      logger.info(event, `${who}comparing ${event.source} with ${event.destination}`)
    } else {
      updateProgressModel(model, event)
      const isNew = runLog.log(event)
      display.changed()
      return isNew
    }
    return true
  }
  let closed = false
  return {
    model,
    lost,
    event(given) {
      const event = given.type === 'note' ? given : inCliWords(given)
      if (event.type === 'warning' && event.code === 'LAGOON_SYNC_REPORT_LOST') lost.push('report')
      if (event.type === 'note') {
        model.running = false
        if (!json) display.above(`${event.message}\n`)
        return
      }
      if (event.type === 'view') {
        showView(options, event.view)
        return
      }
      const isNew = log(event)
      if (!json || !isNew) return
      lines.event(
        'message' in event && event.message !== undefined
          ? { ...event, message: redact(event.message) }
          : event,
      )
    },
    warn(message) {
      logger.warn({}, message)
    },
    setLogLevel(next) {
      logger.setLevel(next)
    },
    finished(data) {
      toFile?.info(data, 'finished')
    },
    failed(failure) {
      toFile?.error({ ...failure.data, details: failure.details }, failure.line)
    },
    close() {
      if (closed) return
      closed = true
      runLog.close()
      display.close()
      logFile?.close()
    },
  }
}

/** On a terminal each view replaces the one before. */
function showView({ stdout, json, lines, environment }: RendererOptions, view: View): void {
  if (json) lines.event(view.data)
  else {
    const clear = stdout.isTTY ? '\u001b[H\u001b[2J' : ''
    stdout.write(`${clear}${view.render(createStyle(wantsColor(stdout, environment)))}\n`)
  }
}

function describeReloaded({ applied, needRestart }: ReloadedEvent): string {
  if (applied.length + needRestart.length === 0) return 'settings reloaded: no changes'
  const now = applied.length === 0 ? [] : [`changed: ${enumerate(applied)}`]
  const later = needRestart.length === 0 ? [] : [`needs a restart: ${enumerate(needRestart)}`]
  return `settings reloaded; ${[...now, ...later].join('; ')}`
}

async function createDisplay(
  options: RendererOptions,
  model: ProgressModel,
  color: boolean,
  logProgress: (progress: ProgressEvent, line: string) => void,
): Promise<Display> {
  const { stdout, stderr, json, quiet, environment } = options
  if (quiet) return createNoProgress(stderr)
  // Events on the same screen as the display would tear it apart.
  const screenIsFree = !(json && stdout.isTTY)
  if (stderr.isTTY && environment.TERM !== 'dumb' && screenIsFree) {
    const { createLiveDisplay } = await import('./live-display.js')
    return createLiveDisplay(stderr, model, createStyle(color))
  }
  return json ? createNoProgress(stderr) : createPlainProgress(stderr, model, logProgress)
}
