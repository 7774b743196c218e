import type { Argv } from 'yargs'
import {
  captureEnvironment,
  conditionsOf,
  currentLoad,
  environmentFacts,
  machineLine,
  type Environment,
  type MeasuredOn,
} from '../environment.js'
import { renderHtml } from '../report/html.js'
import type { Report } from '../report/report.js'
import { renderText } from '../report/text.js'
import { withSession, type BenchSession } from '../session.js'
import type { Options, Values } from './options.js'
import { saveResult } from './save-result.js'

/** The result of every command: one JSON object, with the command's own findings beside these fields. */
export type Result<Findings> = Findings & {
  kind: string
  /** The command line that repeats the measurement. */
  command: string
  environment: Environment
  durationMs: number
  /** The finding in words, with load and noise. */
  headline: string
}

/** A command: its flags, its measurement, and the description of the result. Everything else is the same for all of them. */
export interface Command<O extends Options = Options, Findings extends object = object> {
  name: string
  summary: string
  options: O
  example: readonly [flags: string, meaning: string]
  measure(flags: Values<O>, session: BenchSession): Promise<Findings & MeasuredOn>
  describe(findings: Findings): Report
  /** Throws if the result is complete but must not pass as a success. */
  judge?(findings: Findings, flags: Values<O>): void
}

/** Infers the types of a command's flags and findings. */
export function defineCommand<O extends Options, Findings extends object>(
  command: Command<O, Findings>,
): Command<O, Findings> {
  return command
}

/** Adds the command to the parser. `args` is the original command line. */
export function addCommand<O extends Options, Findings extends object>(
  yargs: Argv,
  command: Command<O, Findings>,
  args: readonly string[],
): Argv {
  const { name, summary, options, example } = command
  return yargs.command(
    name,
    summary,
    (own) => {
      for (const [flag, { describe, fallback, several = false }] of Object.entries(options)) {
        const type = typeof fallback === 'boolean' ? 'boolean' : 'string'
        own.option(kebab(flag), {
          type,
          array: several,
          describe,
          ...(fallback === undefined ? {} : { default: fallback }),
        })
      }
      return own
        .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
        .option('out', {
          type: 'string',
          default: 'artefacts/bench',
          describe: 'Folder for the result and its report',
        })
        .example(`$0 ${name} ${example[0]}`, example[1])
    },
    async (given) => {
      const values = Object.entries(options).map(([flag, option]) => [
        flag,
        option.read(given[flag], kebab(flag)),
      ])
      const flags = Object.fromEntries(values) as Values<O>
      await run(command, flags, given as unknown as Output, commandOf(args))
    },
  )
}

interface Output {
  json: boolean
  out: string
}

async function run<O extends Options, Findings extends object>(
  { name: kind, measure, describe, judge }: Command<O, Findings>,
  flags: Values<O>,
  { json, out }: Output,
  command: string,
): Promise<void> {
  const [startedAt, loadBefore] = [new Date(), currentLoad()]
  const { measured, otherWork } = await withSession(out, async (session) => ({
    measured: await measure(flags, session),
    otherWork: session.otherWork,
  }))
  const { stores: _, clients: __, ...found } = measured
  const findings = found as unknown as Findings
  const durationMs = Date.now() - startedAt.getTime()
  const environment = await captureEnvironment(measured, { startedAt, loadBefore, otherWork })
  const report = describe(findings)
  const conditions = conditionsOf(environment, report.spread ?? null)
  const headline = `${report.headline} ${conditions}`
  const result: Result<Findings> = { kind, command, environment, durationMs, headline, ...findings }
  const circumstances = { conditions, command, facts: environmentFacts(environment, durationMs) }
  const base = await saveResult(result, await renderHtml(report, circumstances), out)
  process.stdout.write(
    `${json ? JSON.stringify(result) : renderText(report, `${conditions}\n${machineLine(environment)}`)}\n`,
  )
  process.stderr.write(`saved ${base}.json and ${base}.html\n`)
  judge?.(findings, flags)
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** The command line that repeats it: the original arguments, quoted for a shell. */
export function commandOf(args: readonly string[]): string {
  const quoted = args.map((arg) => (/^[\w./:,=@%+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
  return ['npx -y pnpm@12 bench', ...quoted].join(' ')
}
