import type { Flag } from './flag.js'
import type { KeyBatch, RowProblem } from './key-batch.js'
import { type KeyProblem, otherBucket } from './key-rules.js'
import { selectRows } from './select-rows.js'
import { type VersionRules, versionProblem } from './version-rules.js'

/** What the rows of a batch say beside what a batch carries, if columns for it are read. */
export interface RowFlags {
  latest?: readonly Flag[] | undefined
  deleted?: readonly Flag[] | undefined
  /** The row has a time at which its version was replaced or deleted. */
  replaced?: readonly boolean[] | undefined
  /** The row names another bucket. */
  elsewhere?: readonly boolean[] | undefined
}

/** How rows are judged. */
export interface RowJudge {
  bucket: string
  /** `null` if no column says anything about versions. */
  versions: VersionRules | null
}

/**
 * The batch without rows that name no current version, and with a problem for each row that names another bucket, contradicts an
 * earlier row, or marks its version in a way that is not understood.
 */
export function judgeRows(batch: KeyBatch, flags: RowFlags, { bucket, versions }: RowJudge): KeyBatch {
  const { latest, deleted, replaced, elsewhere } = flags
  const leftOut = new Set<number>()
  const problems = new Map<number, KeyProblem>()
  for (const [index, key] of batch.keys.entries()) {
    if (elsewhere?.[index]) {
      if (key !== null) problems.set(index, otherBucket(bucket, key))
      continue
    }
    const verdict = versions?.judge({
      // A row without a usable key contradicts none.
      identity: key === null ? null : (batch.destinationKeys?.[index] ?? key),
      versionId: batch.versionIds?.[index] ?? null,
      latest: replaced?.[index] ? false : (latest?.[index] ?? null),
      deleted: deleted?.[index] ?? null,
    })
    if (verdict === 'left-out') leftOut.add(index)
    else if (verdict !== undefined && verdict !== 'taken' && key !== null) {
      problems.set(index, versionProblem(verdict, key))
    }
  }
  return selectRows(withProblems(batch, problems), (index) => !leftOut.has(index))
}

function withProblems(batch: KeyBatch, found: ReadonlyMap<number, KeyProblem>): KeyBatch {
  if (found.size === 0) return batch
  const keys = batch.keys.map((key, index) => (found.has(index) ? null : key))
  const added = [...found].map(([index, problem]): RowProblem => ({ index, ...problem }))
  return { ...batch, keys, problems: [...batch.problems, ...added].toSorted((a, b) => a.index - b.index) }
}
