import type { KeyStatus } from './status-result.js'
import { formatCountOf } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

/** A line for each key that was asked for, and one for each row that failed with it. */
export function renderKeyStatus(keys: readonly KeyStatus[], style: Style): string {
  const lines = keys.flatMap(({ key, status, failures }) => [
    `${style.bold((status ?? 'unknown').padEnd(9))}  ${printable(key)}`,
    ...failures.map(
      ({ manifest, row, code, message, attempts, time }) =>
        `           ${printable(code)}: ${printable(message)} (${printable(manifest.key)} row ${row}, ${formatCountOf(attempts, 'attempt')}, ${new Date(time).toISOString()})`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
