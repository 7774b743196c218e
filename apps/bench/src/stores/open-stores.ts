import type { Session } from '../session.js'
import { environmentPair } from './environment-pair.js'
import { startMinioPair } from './minio-pair.js'
import type { StoreKind, StorePair } from './store-pair.js'

/** The pair to measure between; the session closes it. `needBytes` is what both stores together will have to hold. */
export async function openStores(kind: StoreKind, needBytes: number, session: Session): Promise<StorePair> {
  const pair = kind === 'minio' ? await startMinioPair(needBytes) : environmentPair(process.env)
  session.defer(() => pair.close())
  return pair
}
