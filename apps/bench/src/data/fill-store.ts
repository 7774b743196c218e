import { join } from 'node:path'
import type { PlannedWorkload } from '../run/plan.js'
import type { Session } from '../session.js'
import type { StorePair } from '../stores/store-pair.js'
import { makeLake, type Lake } from './lake.js'
import { makeMadeUpLake } from './made-up-lake.js'

/** Fills the source with a workload. Objects of a sandbox are made up when they are read, so that it has as many as a long run takes. */
export function fillStore(pair: StorePair, planned: PlannedWorkload, session: Session): Promise<Lake> {
  const { signal } = session
  const shared = { access: pair.source, ...planned, signal }
  if (pair.kind === 'sandbox') return makeMadeUpLake(shared)
  return makeLake({ ...shared, directory: join(session.directory, planned.workload.name) })
}
