import { asSyncError } from '../as-sync-error.js'
import { describeError } from '../ports/errors.js'
import type { ManifestRef, ManifestWarning } from '../ports/manifests.js'
import type { RunContext } from './context.js'

/** What finding manifests needs of a run. */
interface FindContext extends Pick<RunContext, 'stop' | 'stopWith'> {
  readonly options: Pick<RunContext['options'], 'manifests' | 'watch' | 'onEvent'>
}

/**
 * The manifests to process. Null if the run is stopped in the meantime, and in a later round of a watch also if they can't be listed:
 * if that may be temporary, the next round tries again, else the run ends. The first round reports if there are none.
 */
export async function findManifests(
  { options, stop, stopWith }: FindContext,
  round: number,
): Promise<ManifestRef[] | null> {
  const { manifests, watch, onEvent } = options
  const refs: ManifestRef[] = []
  try {
    const onWarning = (warning: ManifestWarning): void => onEvent({ type: 'warning', ...warning })
    for await (const ref of manifests.discover(stop, onWarning)) refs.push(ref)
  } catch (error) {
    if (stop.aborted) return null
    if (watch === undefined || round === 1) throw asSyncError(error, 'listing')
    if (!watch.isPassing(error)) stopWith(asSyncError(error, 'listing'))
    else {
      const { message, hint } = describeError(error)
      onEvent({
        type: 'warning',
        code: 'LAGOON_SYNC_SCAN_FAILED',
        message: `can't scan for manifests at present: ${message}`,
        ...(hint === undefined ? {} : { hint }),
      })
    }
    return null
  }
  if (refs.length === 0 && round === 1 && !stop.aborted) {
    const prefixes = await manifests.suggestPrefixes(stop)
    onEvent({
      type: 'warning',
      code: 'LAGOON_SYNC_NO_MANIFEST',
      message: `no manifest was found, so there is nothing to copy${watch === undefined ? '' : ' yet'}`,
      hint:
        prefixes.length > 0
          ? `These prefixes of the bucket hold .parquet files: ${prefixes.join(', ')}. Set the option \`manifestPrefix\` to one of them.`
          : 'No prefix of the source bucket holds .parquet files at its first level. Put manifests there, or set the option `manifestPrefix`.',
    })
  }
  return refs
}
