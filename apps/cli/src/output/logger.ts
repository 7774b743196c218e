import { pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { LogLevel } from '../options/parse-value.js'
import { printable, printableJson } from './printable.js'

/** Messages of a run by severity. Fields are for machines; the message alone must make sense to a person. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface LoggerOptions {
  readonly level: LogLevel
  /** Takes one line at a time, with its newline. */
  readonly write: (line: string) => void
  readonly color: boolean
}

const pinoLevels = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' } as const

/** A pino logger whose lines are made for people. Whatever a key or a store's message holds, a line stays one line. */
export function createLogger({ level, write, color }: LoggerOptions): Logger {
  const pretty = prettyFactory({
    colorize: color,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    hideObject: true,
  })
  return pino(
    { level: pinoLevels[level], base: null },
    { write: (line: string) => write(pretty(safe(line))) },
  )
}

/** Escapes what the message carries before it is made pretty: colours come after. */
function safe(line: string): string {
  const record = JSON.parse(line) as { msg?: string }
  return printableJson({ ...record, msg: printable(record.msg ?? '') })
}
