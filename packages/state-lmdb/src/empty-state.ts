import type { ReadonlyManifestState, ReadonlyState } from './types.js'

/** What a directory without state looks like to a reader. */
export function emptyState(): ReadonlyState {
  const manifest: ReadonlyManifestState = {
    finished: null,
    isRowGroupSettled: () => false,
    settledRows: () => ({ rows: 0, failed: 0 }),
    failures: () => [].values(),
  }
  return {
    manifest: () => manifest,
    lookup: (keys) => new Uint8Array(keys.length),
    counts: () => ({ complete: 0, failed: 0, manifestsFinished: 0 }),
    failures: () => [].values(),
    manifests: () => [].values(),
    runs: () => [].values(),
    uploads: { get: () => undefined, entries: () => [].values() },
    close: () => Promise.resolve(),
  }
}
