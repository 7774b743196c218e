import { openState } from '../../dist/index.js'

/** Opens a state as all programs do, with room for its directory however full the disk is. */
export function open(directory, options = {}) {
  const identity = { source: 'http://a/one', destination: 'http://b/two' }
  return openState({ directory, identity, diskFloorBytes: 0, ...options })
}
