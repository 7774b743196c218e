export { createManualClock, type ManualClock } from './manual-clock.js'
export type { MemoryCall, MemoryFault } from './memory-call.js'
export type { MemoryConnection } from './memory-connection.js'
export {
  createMemoryEngine,
  createMemoryServer,
  type MemoryServer,
  type MemoryServerOptions,
  type MemorySnapshot,
} from './memory-server.js'
