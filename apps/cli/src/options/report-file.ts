import { accessSync, constants, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import { nearest } from './nearest.js'
import type { Setting } from './setting.js'

const endings = ['.parquet', '.jsonl']

/** A report's format comes from its name, and its directory must be there before hours of work are put into it. */
export function checkReportFile({ value, origin }: Setting): string {
  if (value === '') throw new CliError('LAGOON_CLI_INVALID_VALUE', `${origin} is empty`, 'Give it a file.')
  const extension = extname(value)
  if (!endings.includes(extension.toLowerCase())) {
    const meant = nearest(extension, endings)
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${origin} is ${JSON.stringify(printable(value))}`,
      `The name decides the format: end it in .parquet or .jsonl, for example ${meant === undefined ? 'report.jsonl' : printable(basename(value, extension) + meant)}.`,
    )
  }
  const directory = dirname(resolve(value))
  try {
    accessSync(directory, constants.W_OK)
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `${origin}: ${printable(directory)} is not a directory that can be written to`,
      'Make the directory, or name another file.',
      { cause },
    )
  }
  if (statSync(value, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new CliError('LAGOON_CLI_FILE', `${origin}: ${printable(value)} is a directory`, 'Name a file.')
  }
  return value
}
