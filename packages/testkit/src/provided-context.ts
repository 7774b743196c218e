import type { StorePair } from './store-endpoint.js'

declare module 'vitest' {
  interface ProvidedContext {
    lagoon: StorePair
  }
}
