export {
  type DiscoverOptions,
  type SuggestOptions,
  discoverManifests,
  suggestPrefixes,
} from './discover/discover-manifests.js'
export { type LeftOut } from './discover/left-out.js'
export { ManifestError, type ManifestErrorCode, type ManifestErrorDetails } from './errors.js'
export { type InspectOptions, type ManifestDescription, inspectManifest } from './open/inspect-manifest.js'
export { type KeyBatch, type RowProblem } from './rows/key-batch.js'
export { type KeyProblem, type KeyProblemCode } from './rows/key-rules.js'
export { LIST_GROUP_ROWS } from './lists/batch-builder.js'
export { type InventoryFile } from './inventory/inventory-document.js'
export { type KeyListSource, fileSource, objectSource, streamSource } from './lists/key-list-source.js'
export { type ListFormatName } from './lists/list-format.js'
export { type Inventory, openInventory } from './inventory/open-inventory.js'
export { type KeyListOptions, openKeyList } from './lists/open-key-list.js'
export { type BatchOptions, type KeyReader, type ManifestReader, type RowRange } from './manifest-reader.js'
export {
  type ListedObject,
  type ManifestRef,
  type ManifestStore,
  type ReadOptions,
} from './manifest-store.js'
export { localInventory } from './local/local-inventory.js'
export { localManifest } from './local/local-manifest.js'
export { openManifest } from './open/open-manifest.js'
export { openStream } from './lists/open-stream.js'
export {
  type ManifestWriterOptions,
  type OpenOptions,
  type ReportFormat,
  type ReportMode,
  type ReportOptions,
  type SortOptions,
} from './options.js'
export { type RowFilter, checkRowFilter } from './rows/row-filter.js'
export { sortRows } from './sort/sort-rows.js'
export { type ManifestRow } from './write/manifest-row.js'
export { type ManifestWriter, type WrittenManifest, createManifestWriter } from './write/manifest-writer.js'
export {
  type ReportBuffer,
  type ReportRow,
  type ReportWriter,
  createReportBuffer,
  createReportWriter,
} from './write/report-writer.js'
