import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino'
import type { LogLevel } from '../options/flag-values.js'
import { printable, printableJson } from '../text/printable.js'

/** Messages of a run by severity. Fields are for machines; the message alone must make sense to a person. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  setLevel(level: LogLevel): void
}

interface LoggerOptions {
  readonly level: LogLevel
  /** `text`: a line for people. `json`: a line with the fields, for collectors. */
  readonly format: 'text' | 'json'
  /** Takes one line at a time, with its newline. */
  readonly write: (line: string) => void
  readonly color: boolean
}

const pinoLevels = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' } as const

/** A pino logger. Whatever a key or a store's message holds, a line stays one line without control characters. */
export async function createLogger({ level, format, write, color }: LoggerOptions): Promise<Logger> {
  const threshold = pinoLevels[level]
  if (format === 'json') {
    const options = {
      level: threshold,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    }
    return leveled(pino(options, { write: (line) => write(`${printableJson(JSON.parse(line))}\n`) }))
  }
  const { prettyFactory } = await import('pino-pretty')
  const pretty = prettyFactory({
    colorize: color,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    hideObject: true,
  })
  return leveled(pino({ level: threshold, base: null }, { write: (line) => write(pretty(safe(line))) }))
}

function leveled(logger: PinoLogger): Logger {
  return Object.assign(logger, {
    setLevel(level: LogLevel) {
      logger.level = pinoLevels[level]
    },
  })
}

/** One logger that speaks to several. */
export function teeLogger(loggers: readonly Logger[]): Logger {
  const logAt = (severity: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) => {
    for (const logger of loggers) logger[severity](fields, message)
  }
  return {
    debug: logAt('debug'),
    info: logAt('info'),
    warn: logAt('warn'),
    error: logAt('error'),
    setLevel(level) {
      for (const logger of loggers) logger.setLevel(level)
    },
  }
}

/** Escapes what the message carries before it is made pretty: colours come after. */
function safe(line: string): string {
  const record = JSON.parse(line) as { msg?: string }
  return printableJson({ ...record, msg: printable(record.msg ?? '') })
}
