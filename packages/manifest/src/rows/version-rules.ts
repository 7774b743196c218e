import { VersionTable } from './version-table.js'
import type { Flag } from './flag.js'
import type { KeyProblem } from './key-rules.js'

/** What a row says about the version that it names; `null` if it says nothing. */
interface RowVersion {
  /** Destination key: rows that differ in it do not contradict each other. `null`: none. */
  identity: string | null
  versionId: string | null
  latest: Flag
  deleted: Flag
}

/** Why a row is not taken that should not be left out: it contradicts an earlier one, or a flag of it is not understood. */
export type VersionProblem = 'several-versions' | 'unclear'

export type RowVerdict = 'taken' | 'left-out' | VersionProblem

/** How to judge versions. */
interface VersionRulesOptions {
  /** Old versions and delete markers are left out. */
  currentOnly: boolean
  /** Rows that contradict an earlier one are problems. */
  oneVersion: boolean
  /** Rows are expected to name versions. Else this is learned from the first one that does. */
  versioned: boolean
}

/**
 * Decides which rows stand for the current object. Invariants:
 *
 * 1. A row that is marked as an old version or a delete marker is left out, unless every version was requested.
 * 2. A row whose mark is not understood is a problem, as if it said that it may be either.
 * 3. If rows name versions of one object and none is marked as the latest, the first one counts and each that contradicts it is a
 *    problem: the order of rows never decides silently, unless every version was requested.
 *
 * Remembers the rows for which the third rule may matter, at some 20 bytes each.
 */
export class VersionRules {
  readonly #currentOnly: boolean
  readonly #oneVersion: boolean
  readonly #table = new VersionTable()
  /** Whether rows without a version are remembered as well, because others have one. */
  #versioned: boolean

  constructor({ currentOnly, oneVersion, versioned }: VersionRulesOptions) {
    this.#currentOnly = currentOnly
    this.#oneVersion = oneVersion
    this.#versioned = versioned
  }

  /** Whether a row may contradict others that come much earlier, if nothing says which one is the latest. */
  get comparesRows(): boolean {
    return this.#oneVersion
  }

  judge({ identity, versionId, latest, deleted }: RowVersion): RowVerdict {
    if (this.#currentOnly && (latest === 'unclear' || deleted === 'unclear')) return 'unclear'
    if (this.#currentOnly && latest !== null) return latest && deleted !== true ? 'taken' : 'left-out'
    if (versionId !== null || deleted !== null) this.#versioned = true
    const version = `${deleted === true ? 'deleted ' : ''}${versionId ?? ''}`
    const isCompared = this.#oneVersion && this.#versioned && identity !== null
    if (isCompared && !this.#table.agrees(identity, version)) return 'several-versions'
    return this.#currentOnly && deleted === true ? 'left-out' : 'taken'
  }
}

/** The problem of a row that is skipped for that reason. */
export function versionProblem(problem: VersionProblem, key: string): KeyProblem {
  if (problem === 'unclear') {
    const message = 'the row says whether it is the latest version in a way that is not understood'
    return { key, code: 'LAGOON_MANIFEST_ROW_MALFORMED', message }
  }
  return {
    key,
    code: 'LAGOON_MANIFEST_KEY_SEVERAL_VERSIONS',
    message:
      'an earlier row names another version of this object, and no column says which one is the latest',
  }
}
