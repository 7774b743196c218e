import {
  openSeenKeys,
  openState,
  openStateReadOnly,
  type ReadonlyState,
  type SeenKeys,
  type State,
} from '@lagoon/state-lmdb'
import { temporaryDirectory, type Cleanup } from '../cleanup.js'
import type { Identity } from '../rows/job-identity.js'
import type { ResolvedOptions } from '../options/options.js'

/** The state of the job, for writing. `onError` is called once if it can't be written. */
export async function openCopy(
  { dataDir: directory, drain, onEvent }: ResolvedOptions,
  identity: Identity,
  cleanup: Cleanup,
  onError: (error: Error) => void,
): Promise<{ kind: 'copy'; state: State }> {
  const state = await openState({
    directory,
    identity,
    onError,
    ...(drain === undefined ? {} : { signal: drain }),
    onLeaseWait: ({ pid, host, until }) =>
      onEvent({
        type: 'warning',
        code: 'LAGOON_SYNC_LEASE_WAIT',
        message:
          `process ${pid} on ${host} used the data directory last and may still run: ` +
          `waiting until ${until.toISOString()}, when its lease ends`,
      }),
  })
  cleanup.add(() => state.close())
  return { kind: 'copy', state }
}

/** What earlier runs did, read-only, and an empty set of keys for what is planned. */
export async function openPlan(
  { dataDir: directory }: ResolvedOptions,
  identity: Identity,
  cleanup: Cleanup,
): Promise<{ kind: 'plan'; state: ReadonlyState; planned: SeenKeys }> {
  const state = await openStateReadOnly({ directory, identity })
  cleanup.add(() => state.close())
  return { kind: 'plan', state, planned: await openPlanned(cleanup) }
}

/** An empty set of keys for what is planned, in a temporary directory that is removed at the end. */
export async function openPlanned(cleanup: Cleanup): Promise<SeenKeys> {
  const planned = openSeenKeys(await temporaryDirectory('lagoon-plan-', cleanup))
  cleanup.add(() => planned.close())
  return planned
}
