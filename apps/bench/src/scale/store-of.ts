import { createStore, type Store } from '@lagoon/transfer'
import type { StoreAccess } from '../s3/sign-request.js'

/** A bucket, as the product's own client of a store. */
export function storeOf({ url, region, ...credentials }: StoreAccess, bucket: string): Store {
  return createStore({ endpointUrl: url, region, bucket, credentials })
}
