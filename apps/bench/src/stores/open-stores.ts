import type { Shape } from '@lagoon/s3-sandbox'
import type { Session } from '../session.js'
import { environmentPair } from './environment-pair.js'
import { startMinioPair } from './minio-pair.js'
import { startSandboxPair } from './sandbox-pair.js'
import type { StoreKind, StorePair } from './store-pair.js'

/** Where to measure. */
export interface StoreChoice {
  kind: StoreKind
  /** How a sandbox behaves under load. */
  shape: Shape
  /** False: a sandbox makes objects up and keeps no bytes. Default true. */
  keepBytes?: boolean
}

/** The pair to measure between; the session closes it. `needBytes` is what both stores together will have to hold. */
export async function openStores(
  choice: StoreChoice,
  needBytes: number,
  session: Session,
): Promise<StorePair> {
  const pair = await start(choice, needBytes)
  session.defer(() => pair.close())
  return pair
}

async function start({ kind, shape, keepBytes }: StoreChoice, needBytes: number): Promise<StorePair> {
  switch (kind) {
    case 'minio':
      return startMinioPair(needBytes)
    case 'sandbox':
      return startSandboxPair(shape, { keepBytes: keepBytes ?? true })
    case 'environment':
      return environmentPair(process.env)
  }
}
