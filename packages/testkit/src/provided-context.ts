import type { StorePair } from './s3/store-endpoint.js'

declare module 'vitest' {
  interface ProvidedContext {
    lagoon: StorePair
  }
}
