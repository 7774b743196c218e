import type { ManifestRow, ManifestWriter } from '@lagoon/manifest'
import type { CommandContext } from '../output/command.js'
import { describeFailure } from '../output/describe-failure.js'
import { formatCount, formatRate } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { RowPortions } from './rows.js'

const noteEveryMs = 10_000
/** Rows that are said one by one: a wrong column has as many bad rows as there are. */
const reportedRefusals = 20

/** Writes rows into manifests. Answers how many no manifest can hold; the first are said, and how many more there were. */
export async function writeRows(
  writer: ManifestWriter,
  rows: RowPortions,
  emit: CommandContext['emit'],
): Promise<number> {
  const startedAt = performance.now()
  let noteAt = startedAt + noteEveryMs
  let seen = 0
  let refused = 0
  const refuse = (why: string): void => {
    refused += 1
    if (refused <= reportedRefusals) emit({ type: 'note', message: printable(`left out: ${why}`) })
  }
  for await (const portion of rows) {
    for (const row of portion) {
      const why = 'problem' in row ? row.problem : refusalOf(writer, row)
      if (why !== null) refuse(why)
      const idle = writer.idle()
      if (idle !== null) await idle
    }
    seen += portion.length
    const now = performance.now()
    if (now < noteAt) continue
    noteAt = now + noteEveryMs
    const rate = formatRate((seen * 1000) / (now - startedAt))
    emit({ type: 'note', message: `${formatCount(seen)} objects so far, ${rate} objects/s` })
  }
  if (refused > reportedRefusals)
    emit({ type: 'note', message: `left out: ${formatCount(refused - reportedRefusals)} more` })
  return refused
}

/** Writes a row, or says why no manifest can hold it. */
function refusalOf(writer: ManifestWriter, row: ManifestRow): string | null {
  try {
    writer.write(row)
    return null
  } catch (error) {
    if (describeFailure(error).data.code !== 'LAGOON_MANIFEST_ROW_REFUSED') throw error
    return (error as Error).message
  }
}
