import type { Shape } from '@lagoon/s3-sandbox'
import type { Session } from '../session.js'
import { serveCertificate } from './certificate.js'
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
  /** Stores that the bench starts speak TLS. Default false. */
  tls?: boolean
}

/** The pair to measure between; the session closes it. `needBytes` is what both stores together will have to hold. */
export async function openStores(
  choice: StoreChoice,
  needBytes: number,
  session: Session,
): Promise<StorePair> {
  const pair = await start(choice, needBytes, session)
  session.defer(() => pair.close())
  return pair
}

async function start(
  { kind, shape, keepBytes = true, tls: overTls = false }: StoreChoice,
  needBytes: number,
  session: Session,
): Promise<StorePair> {
  const tls = overTls ? await serveCertificate(session) : null
  switch (kind) {
    case 'minio':
      return startMinioPair(needBytes, tls)
    case 'sandbox':
      return startSandboxPair(shape, { keepBytes, tls })
    case 'environment':
      return environmentPair(process.env)
  }
}
