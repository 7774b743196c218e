import { accessSync, constants, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { choiceFlag } from './flag-values.js'
import { nearest } from '../text/nearest.js'
import type { Setting } from './setting.js'
import type { Settings } from './settings.js'
import { withShard } from './shard.js'

const endings = ['.parquet', '.jsonl', '.csv']

export type ReportMode = 'new' | 'append' | 'replace'

/**
 * The report file, and what to do with rows in it. A report with rows is refused unless the mode says what to do with it: it may be all
 * that is left of a run.
 */
export function resolveReport(settings: Settings): { report?: string; reportMode?: ReportMode } {
  const setting = settings.flag('report')
  if (setting === undefined) return {}
  if (isOnBucket(setting)) return { report: checkReportBucket(setting, settings) }
  const value = withShard(setting.value, settings, setting.origin)
  return checkMode({ ...setting, value }, choiceFlag(settings, 'report-mode') ?? 'new')
}

/** Whether a report goes to a bucket, in parts. */
export function isOnBucket({ value }: Setting): boolean {
  return value.toLowerCase().startsWith('s3://')
}

function checkReportBucket({ value, origin }: Setting, settings: Settings): string {
  if (settings.flag('queue') === undefined) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `${origin} is ${printable(value)}, but --queue is not set`,
      'Only the workers of a job on a queue write parts to a bucket: use a file name, or set --queue.',
    )
  }
  if (/^s3:\/\/[^/{}]+(?:\/[^{}]*)?$/.test(value)) return value
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${origin} is ${JSON.stringify(printable(value))}`,
    'Use a bucket and a prefix, such as s3://reports/lake/. The job and its items name the parts, so placeholders are not needed.',
  )
}

/** @throws CliError LAGOON_CLI_REPORT_EXISTS, and what {@link checkReportFile} throws */
export function checkMode(
  setting: Setting,
  reportMode: ReportMode,
): { report: string; reportMode: ReportMode } {
  const report = checkReportFile(setting)
  // A run that was killed leaves its rows of a Parquet report beside the file.
  const sizes = [report, `${report}.partial`].map(
    (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
  )
  const bytes = Math.max(...sizes)
  if (reportMode === 'new' && bytes > 0) {
    throw new CliError(
      'LAGOON_CLI_REPORT_EXISTS',
      `${setting.origin}: ${printable(report)} has rows of an earlier run`,
      'Use another file (run-{run}.jsonl has the number of the run), or use --report-mode append or replace.',
    )
  }
  return { report, reportMode }
}

/** The format follows from the report's name, and its directory must exist before hours of work are put into it. */
function checkReportFile({ value, origin }: Setting): string {
  if (value === '')
    throw new CliError('LAGOON_CLI_INVALID_VALUE', `${origin} is empty`, 'Set it to a file name.')
  const extension = extname(value)
  if (!endings.includes(extension.toLowerCase())) {
    const meant = nearest(extension, endings)
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${origin} is ${JSON.stringify(printable(value))}`,
      `The name decides the format: end it in .parquet, .jsonl or .csv, for example ${meant === undefined ? 'report.jsonl' : printable(basename(value, extension) + meant)}.`,
    )
  }
  const directory = dirname(resolve(value))
  try {
    accessSync(directory, constants.W_OK)
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `${origin}: ${printable(directory)} is not a directory that can be written to`,
      'Create the directory, or use another file.',
      { cause },
    )
  }
  if (statSync(value, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new CliError('LAGOON_CLI_FILE', `${origin}: ${printable(value)} is a directory`, 'Use a file name.')
  }
  return value
}
