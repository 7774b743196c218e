import type { KeyBatch, RowProblem } from './key-batch.js'
import { selectRows } from './select-rows.js'
import { type VersionRules, severalVersions } from './version-rules.js'

/** What the rows of a batch say about their versions, if columns for it are read. */
export interface RowFlags {
  latest?: readonly (boolean | null)[] | undefined
  deleted?: readonly (boolean | null)[] | undefined
}

/** The batch without rows that name no current version, and with a problem for each row that contradicts an earlier one. */
export function judgeRows(batch: KeyBatch, { latest, deleted }: RowFlags, rules: VersionRules): KeyBatch {
  const taken: boolean[] = []
  const contradicting: number[] = []
  for (const [index, key] of batch.keys.entries()) {
    const verdict = rules.judge({
      // A row without a usable key contradicts none.
      identity: key === null ? null : (batch.destinationKeys?.[index] ?? key),
      versionId: batch.versionIds?.[index] ?? null,
      latest: latest?.[index] ?? null,
      deleted: deleted?.[index] ?? null,
    })
    taken.push(verdict !== 'left-out')
    if (verdict === 'problem') contradicting.push(index)
  }
  return selectRows(withProblems(batch, contradicting), (index) => taken[index]!)
}

function withProblems(batch: KeyBatch, contradicting: readonly number[]): KeyBatch {
  if (contradicting.length === 0) return batch
  const keys = [...batch.keys]
  const added = contradicting.map((index): RowProblem => {
    const problem = { index, ...severalVersions(keys[index]!) }
    keys[index] = null
    return problem
  })
  return { ...batch, keys, problems: [...batch.problems, ...added].toSorted((a, b) => a.index - b.index) }
}
